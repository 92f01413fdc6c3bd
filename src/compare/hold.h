/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hold: what keeps the pods of a workload from changing although its template has changed.
 */
#ifndef COMPARE_HOLD_H
#define COMPARE_HOLD_H

#include "kube/kinds.h"

struct hold {
	bool is_paused;
	bool is_on_delete;
	long partition;    /* pods with a lower ordinal stay; 0: none do */
	const char *other; /* another sentence of kinds_effect, or NULL */
};

/* Reads what holds back `object`, of kind `kind`. */
struct hold hold_read(const struct kind *kind, struct node *object);
/* For people: "paused", "OnDelete", "partition 3"; empty if nothing does. In `arena`, or static. */
struct str hold_name(const struct hold *hold, struct arena *arena);
/*
 * What `before` held back and `after` does not, so that pods restart although the template is the same: "paused",
 * "OnDelete", "partition"; NULL for nothing.
 */
const char *hold_released(const struct hold *before, const struct hold *after);

#endif
