/* SPDX-License-Identifier: Apache-2.0 */
/*
 * annotation: the git refs that the annotation rollstamp.io/git names.
 */
#ifndef CHECKOUT_ANNOTATION_H
#define CHECKOUT_ANNOTATION_H

#include "checkout/search.h"

/* Adds what `annotations`, which may be NULL, say: URL#REF, URL#REF ... */
void annotation_look(struct search *l, struct node *annotations);

#endif
