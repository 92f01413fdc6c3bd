/* SPDX-License-Identifier: Apache-2.0 */
/*
 * consumed: the ConfigMaps, Secrets and SecretProviderClasses that a workload consumes: which are stamped, and why others are not.
 */
#ifndef PLAN_CONSUMED_H
#define PLAN_CONSUMED_H

#include "plan/draft.h"
#include "plan/stamp.h"

struct consumed {
	struct consumption *items;
	size_t count;
	struct placements *placements; /* of each item's stamp; NULL: nobody wants to know */
	size_t reference_count;        /* of so many references the items are made */
};

/*
 * Puts together what the workload consumes, looks up the objects as far as they are known, and decides which are left out;
 * only once, unless references have gone from the draft. Fails, with the whole context, like draft_add_extras and where a
 * SecretProviderClass can't be read.
 */
CHECKED bool consumed_find(struct draft *draft, struct consumed *consumed, struct err *err);
/* Notes the objects that the cluster must be asked for, since they are nowhere else. Is that any? */
bool consumed_want(const struct draft *draft, const struct consumed *consumed);
/*
 * Decides what becomes of what has been found, and computes the digests. Fails, with the whole context, where an object
 * can't be read.
 */
CHECKED bool consumed_resolve(const struct draft *draft, struct consumed *consumed, struct err *err);
/* Appends a stamp for each object that is resolved. */
void consumed_add_stamps(const struct consumed *consumed, struct stamps *stamps);
/* Tells of the workload and its objects, for options of the command line that fit nothing. */
void consumed_tell(const struct draft *draft, const struct consumed *consumed);

#endif
