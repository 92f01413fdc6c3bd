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
	const char *other; /* what else holds back: a sentence of kinds_effect, or NULL */
};

/* Reads what holds back the workload `object`, of kind `kind`. The result borrows `other` from kinds_effect. */
struct hold hold_read(const struct kind *kind, struct node *object);
/* What holds back, for people: "paused", "OnDelete", "partition 3"; empty if nothing does. In the arena, or static. */
struct str hold_name(const struct hold *hold, struct arena *arena);
/*
 * What held pods back in `before` and no longer does in `after`, so that pods restart although the template is
 * unchanged: "paused", "OnDelete", "partition"; static, or NULL for nothing.
 */
const char *hold_released(const struct hold *before, const struct hold *after);

#endif
