/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/verdict.h"

static const struct problem *first_of(const struct problems *problems, enum problem_type type)
{
	for (size_t i = 0; i < problems->count; i++)
		if (problems->items[i].type == type)
			return &problems->items[i];
	return NULL;
}

static const char *introduction(enum problem_type type)
{
	switch (type) {
	case PROBLEM_UNRESOLVED:
		return "not resolved";
	case PROBLEM_FINDING:
		return "without a meaning";
	case PROBLEM_NOTE:
		return "fits nothing";
	case PROBLEM_CAUSE:
		return "without a change-cause";
	case PROBLEM_TYPES:
		break;
	}
	return "";
}

static void print_type(const struct problems *problems, enum problem_type type, struct buf *to)
{
	const struct problem *first = first_of(problems, type);
	size_t count;

	if (!first)
		return;
	count = problems_count(problems, type);
	buf_printf(to, "; %s: %.*s", introduction(type), STR_ARG(first->what));
	if (count > 1)
		buf_printf(to, " (and %zu more)", count - 1);
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

void verdict_print(const struct problems *problems, const struct verdict_counts *counts, struct buf *to)
{
	if (problems->count == 0)
		return;
	buf_printf(to, "%zu stamp%s in %zu workload%s", counts->stamps, plural(counts->stamps), counts->workloads,
		   plural(counts->workloads));
	for (enum problem_type type = 0; type < PROBLEM_TYPES; type++)
		print_type(problems, type, to);
	buf_add_cstring(to, ": see rollstamp list");
}
