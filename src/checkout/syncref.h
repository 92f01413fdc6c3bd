/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syncref: the git ref that a container checks out with git-sync, which it is, or which its scripts start.
 */
#ifndef CHECKOUT_SYNCREF_H
#define CHECKOUT_SYNCREF_H

#include "checkout/clones.h"
#include "checkout/search.h"

/* Could variables of git-sync be among those of the container? Then its words must be read. */
bool syncref_may_be(struct search *l);
/* Adds what the container checks out, if it starts git-sync by itself; `may_be` is the answer of syncref_may_be. */
bool syncref_look(struct search *l, bool may_be);
/* Adds what the git-syncs check out that the scripts of the container start, which are in `clones`. */
void syncref_look_at_started(struct search *l, const struct clones *clones);

#endif
