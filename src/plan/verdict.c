#include "plan/verdict.h"

#include "base/map.h"

void problems_add(struct problems *problems, enum problem_type type, struct str what, size_t document,
		  struct arena *arena)
{
	problems->items =
		arena_grow(arena, problems->items, problems->count, &problems->room, sizeof(*problems->items));
	problems->items[problems->count++] = (struct problem){
		.type = type,
		.what = arena_dup(arena, what),
		.document = document,
	};
}

size_t problems_count(const struct problems *problems, enum problem_type type)
{
	struct arena arena = { 0 };
	struct map seen;
	size_t count;

	map_init(&seen, &arena);
	for (size_t i = 0; i < problems->count; i++)
		if (problems->items[i].type == type)
			map_set(&seen, problems->items[i].what, &problems->items[i]);
	count = seen.count;
	arena_release(&arena);
	return count;
}

/* Documents that had to wait for a server or the cluster were planned last. */
static const struct problem *first_of(const struct problems *problems, enum problem_type type)
{
	const struct problem *first = NULL;

	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->items[i];

		if (problem->type == type && (!first || problem->document < first->document))
			first = problem;
	}
	return first;
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
