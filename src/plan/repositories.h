/* SPDX-License-Identifier: Apache-2.0 */
/*
 * repositories: the stamps of one workload's git refs: one for each repository, under a name that tells it from the others.
 */
#ifndef PLAN_REPOSITORIES_H
#define PLAN_REPOSITORIES_H

#include "plan/checkouts.h"
#include "plan/stamp.h"

/*
 * Names the repositories of the checkouts that are resolved (checkout->repository), and appends their stamps, of which
 * each has the distinct commits of its repository; and a stamp for each variable that is lifted into env. With
 * `has_owners` the stamps tell the checkouts where they are written.
 */
void repositories_add_stamps(struct checkouts *checkouts, bool has_owners, struct stamps *stamps);

#endif
