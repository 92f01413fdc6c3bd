#include "plan/result.h"

void result_init(struct result *result, struct arena *arena)
{
	*result = (struct result){ .arena = arena };
	edits_init(&result->edits, arena);
	remarks_init(&result->remarks, arena);
	problems_init(&result->problems, arena);
}

void result_reset(struct result *result)
{
	result->waits = false;
	result->edits.count = 0;
	result->workload_count = 0;
	remarks_reset(&result->remarks);
	problems_reset(&result->problems);
	result->counts = (struct verdict_counts){ 0 };
	result->needs_look = false;
}

struct workload *result_add_workload(struct result *result)
{
	struct workload *workload;

	result->workloads = arena_grow(result->arena, result->workloads, result->workload_count, &result->workload_room,
				       sizeof(*result->workloads));
	workload = &result->workloads[result->workload_count++];
	*workload = (struct workload){ 0 };
	return workload;
}

void result_append(struct result *result, const struct result *from)
{
	for (size_t i = 0; i < from->workload_count; i++)
		*result_add_workload(result) = from->workloads[i];
	problems_append(&result->problems, &from->problems);
	result->counts.stamps += from->counts.stamps;
	result->counts.workloads += from->counts.workloads;
	result->needs_look = result->needs_look || from->needs_look;
}

struct result *result_keep(const struct result *result)
{
	struct result *copy = ARENA_NEW(result->arena, struct result);

	result_init(copy, result->arena);
	/* Most documents have one workload, and a list that grows would begin with more. */
	copy->workloads = arena_array(result->arena, result->workload_count, sizeof(*copy->workloads));
	copy->workload_room = result->workload_count;
	for (size_t i = 0; i < result->edits.count; i++)
		edits_add(&copy->edits, result->edits.items[i].at, result->edits.items[i].text);
	remarks_append(&copy->remarks, &result->remarks);
	result_append(copy, result);
	return copy;
}
