/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitrepo: the git refs of `gitRepo` volumes.
 */
#ifndef CHECKOUT_GITREPO_H
#define CHECKOUT_GITREPO_H

#include "checkout/search.h"

/* Adds what the volumes of the pod template check out, with the containers that mount them. */
void gitrepo_look(struct search *l);

#endif
