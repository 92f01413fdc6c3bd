/* SPDX-License-Identifier: Apache-2.0 */
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

static void move_workloads(struct result *result, struct result *from)
{
	for (size_t i = 0; i < from->workload_count; i++)
		*result_add_workload(result) = from->workloads[i];
	from->workload_count = 0;
}

/* Nothing is copied where nothing is there yet: the workloads of one long list would need their memory twice. */
static void swap_workloads(struct result *result, struct result *from)
{
	struct workload *workloads = result->workloads;
	size_t room = result->workload_room;

	result->workloads = from->workloads;
	result->workload_count = from->workload_count;
	result->workload_room = from->workload_room;
	from->workloads = workloads;
	from->workload_count = 0;
	from->workload_room = room;
}

void result_move(struct result *result, struct result *from)
{
	if (result->workload_count == 0)
		swap_workloads(result, from);
	else
		move_workloads(result, from);
	problems_move(&result->problems, &from->problems);
	result->counts.stamps += from->counts.stamps;
	result->counts.workloads += from->counts.workloads;
	from->counts = (struct verdict_counts){ 0 };
}

struct result *result_keep(struct result *result)
{
	struct result *kept = ARENA_NEW(result->arena, struct result);

	result_init(kept, result->arena);
	for (size_t i = 0; i < result->edits.count; i++)
		edits_add(&kept->edits, result->edits.items[i].at, result->edits.items[i].text);
	remarks_move(&kept->remarks, &result->remarks);
	result_move(kept, result);
	return kept;
}
