/* SPDX-License-Identifier: Apache-2.0 */
/*
 * result: what planning one document has given: its edits, and what reports and the verdict say of it.
 *
 * A document may have to wait until servers have been asked, and is planned again then. So nothing goes to the run as a
 * whole until its result is complete, and the results of all documents are put together in the order of the input.
 */
#ifndef PLAN_RESULT_H
#define PLAN_RESULT_H

#include "plan/findings.h"
#include "plan/verdict.h"

struct result {
	struct arena *arena; /* for the run: everything in the lists lives there */
	bool waits;          /* something that has been noted must be asked for first: nothing else here counts */
	struct edits edits;  /* offsets into the document's text */
	struct workload *workloads; /* if the policy wants details */
	size_t workload_count, workload_room;
	struct remarks remarks;
	struct problems problems;
	struct verdict_counts counts;
};

void result_init(struct result *result, struct arena *arena);
/* Empties the result for another document, and keeps its room. */
void result_reset(struct result *result);
/* Moves everything into a result of its own, in the arena, so that `result` can take another document's. */
struct result *result_keep(struct result *result);
/* Adds a workload, all zero. Its address is valid until the next one is added. */
struct workload *result_add_workload(struct result *result);
/*
 * Moves everything of `from`, whose arena is the same one, behind what is there; but its edits and remarks, which others keep
 * for the run.
 */
void result_move(struct result *result, struct result *from);

#endif
