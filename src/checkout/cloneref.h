/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cloneref: the refs that the `git clone`s of a container check out, and which of them are those of its pairs of
 * variables.
 */
#ifndef CHECKOUT_CLONEREF_H
#define CHECKOUT_CLONEREF_H

#include "checkout/clones.h"
#include "checkout/search.h"

/* What the command of the container clones, and what else it starts. */
struct clones cloneref_find(struct search *l);
/*
 * Adds what the command of the container clones, as cloneref_find has found it, and what it follows by itself. Its
 * pairs of variables must be there already: the clone of one of them is no other checkout.
 */
void cloneref_look(struct search *l, struct clones clones);
/* Adds what the postStart hook of the container clones and follows. */
void cloneref_look_at_hook(struct search *l);

#endif
