/* SPDX-License-Identifier: Apache-2.0 */
/*
 * collections: the globs and label selectors by which a workload consumes ConfigMaps and Secrets, and what becomes of each.
 *
 * People name them by annotations and --also; "selections" to them.
 */
#ifndef PLAN_COLLECTIONS_H
#define PLAN_COLLECTIONS_H

#include "kube/collection.h"
#include "plan/draft.h"
#include "plan/problems.h"
#include "plan/stamp.h"

struct gathering {
	struct collection collection;
	enum reference_via via; /* VIA_ANNOTATION or VIA_OPTION */
	size_t at;              /* where the annotation stands in the document, or the workload */
	enum outcome outcome;
	struct str why;              /* a sentence in place of outcome_explain, or empty */
	struct collected *collected; /* NULL if it has not been looked for */
	size_t left_out;             /* objects that it fits and that are ignored or excluded */
	bool is_exempt;              /* it may fit nothing */
};

struct collections {
	struct gathering *items;
	size_t count, room;
	struct map seen;               /* kind and text of each */
	struct placements *placements; /* of each item's stamp; NULL: nobody wants to know */
};

/*
 * Finds what a workload selects, decides what becomes of it, and computes the digests. Everything is in the arena of the
 * tree. Fails, with the whole context, on a selector that is none, where an object can't be read, and when there is too
 * much to look at.
 */
CHECKED bool collections_find(const struct draft *draft, struct collections *collections, struct err *err);
/* Notes the objects that a workload selects as named. Fails as collections_find does. */
CHECKED bool collections_note_named(const struct draft *draft, struct err *err);
/* Does a stamp cover all that it fits? */
bool collections_is_covered(const struct gathering *gathering);
/* Appends a stamp for each collection that is resolved. */
void collections_add_stamps(const struct collections *collections, struct stamps *stamps);
/* Adds those that fit nothing to `mistakes`, and to `problems` those of which nobody knows what they mean. */
void collections_note(const struct draft *draft, const struct collections *collections, struct mistakes *mistakes,
		      struct problems *problems);

#endif
