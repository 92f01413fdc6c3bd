/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict: what a run says on stderr though it succeeded, in one line: what was stamped, and what needs a look.
 */
#ifndef PLAN_VERDICT_H
#define PLAN_VERDICT_H

#include "base/buf.h"
#include "plan/problems.h"

/* What was written. */
struct verdict_counts {
	size_t stamps;
	size_t workloads; /* with at least one stamp */
};

/*
 * Prints the line to `to`, without a newline, or nothing if there is no problem. Of every type the first problem is named,
 * and the number of different others.
 */
void verdict_print(const struct problems *problems, const struct verdict_counts *counts, struct buf *to);

#endif
