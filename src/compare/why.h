/* SPDX-License-Identifier: Apache-2.0 */
/*
 * why: which workloads roll between two sides, and because of what.
 */
#ifndef COMPARE_WHY_H
#define COMPARE_WHY_H

#include "compare/reason.h"

enum why_verdict { WHY_SAME, WHY_MAY_ROLL, WHY_ROLLS, WHY_REFUSED, WHY_NEW, WHY_GONE, WHY_VERDICTS };

struct why_workload {
	enum why_verdict verdict;
	const struct side_workload *before, *after; /* NULL where the workload is new, or gone */
	struct str held_back;                       /* what holds back the new workload, or empty */
	bool stamps_alone;                          /* only stamps could be compared */
	struct reason *reasons;
	size_t reason_count;
};

/* An object that no template consumes, and that has changed. */
struct why_unread {
	const struct object *object;
	struct keys_changes keys;
};

struct why {
	struct arena *arena;
	struct keys keys;
	struct why_workload *items; /* in the order of the new side; behind them those that are gone */
	size_t count;
	size_t counts[WHY_VERDICTS];
	size_t after_count;  /* workloads of the new side */
	size_t first_stamps; /* workloads whose only reason is their first stamp */
	bool only_contents;  /* nothing differs but what ConfigMaps and Secrets hold */
	bool git_not_compared;
	struct why_unread *unread; /* by why_find_unread */
	size_t unread_count;
};

/* The name of a verdict as in JSON: "rolls", "may roll" ...; static. */
const char *why_verdict_name(enum why_verdict verdict);
/*
 * Compares two finished sides (see side_finish) and fills `why`, in the arena. The sides, and what they point to, are
 * borrowed, and must outlive `why`. Never fails.
 */
void why_compare(struct side *before, struct side *after, struct arena *arena, struct why *why);
/*
 * Adds to `why` the ConfigMaps and Secrets that no template of the new side names and whose contents have changed. An
 * object that can't be read is left out, since no template needs it.
 */
void why_find_unread(struct manifest *before, struct manifest *after, struct why *why);
/* The workload as the new side has it; of one that is gone, as the old side had it. */
const struct side_workload *why_subject(const struct why_workload *item);
/* The name of a workload for people: KIND/[NAMESPACE/]NAME, in the arena. */
struct str why_workload_name(const struct why_workload *item, struct arena *arena);
/* Reason `i` of a workload in one line for tables, in the arena; it says whether a checksum is the only reason. */
struct str why_reason_text(const struct why_workload *item, size_t i, struct arena *arena);
/* Appends the first line for people: "3 of 41 workloads roll". */
void why_print_headline(const struct why *why, struct buf *to);
/*
 * Appends how many workloads have the other verdicts, behind the text `before`: "1 may roll, 2 are new"; nothing if
 * there are none.
 */
void why_print_others(const struct why *why, const char *before, struct buf *to);
/* Appends an object that no template consumes: "configmap/x: key a changed". */
void why_print_unread(const struct why_unread *unread, struct buf *to);
/* Is a workload with this verdict one that a guard in CI counts: does it restart, may it, is it refused or gone? */
bool why_counts(enum why_verdict verdict);
/* How many workloads a guard in CI counts. */
size_t why_roll_count(const struct why *why);

#endif
