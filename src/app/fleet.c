/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fleet.h"

void fleet_init(struct fleet *fleet, const struct render_input *input, const struct policy *policy, struct arena *arena)
{
	*fleet = (struct fleet){ .input = input, .arena = arena, .policy = *policy };
	fleet->policy.refs_only = true;
	fleet->policy.keeps_going = true;
	fleet->policy.wants_details = fleet->policy.wants_places = true;
	fleet->policy.locked = false;
}

void fleet_release(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++)
		render_release(&fleet->renders[i]);
}

/* What is read of one render meanwhile, in memory that a thousand of them can't each keep. */
static void forget_trees(struct render *render)
{
	arena_release(&render->scratch);
	arena_release(&render->plan.tree);
}

static bool begin(struct fleet *fleet, size_t i, struct err *err)
{
	struct render_input *input = &fleet->inputs[i];
	struct render *render = &fleet->renders[i];
	bool ok;

	*input = *fleet->input;
	input->files = &fleet->input->files[i];
	input->file_count = 1;
	input->commits = &fleet->commits;
	input->unused = &fleet->unused;
	render_init(render, input, &fleet->policy, fleet->arena);
	fleet->count = i + 1;
	ok = render_read(render, err) && plan_begin(&render->plan, err);
	forget_trees(render);
	return ok;
}

static bool finish(struct fleet *fleet, size_t i, struct err *err)
{
	struct render *render = &fleet->renders[i];
	bool ok = plan_make(&render->plan, err);

	unused_manifest(&fleet->unused, &render->manifest);
	forget_trees(render);
	return ok;
}

bool fleet_read(struct fleet *fleet, struct err *err)
{
	const struct render_input *input = fleet->input;

	if (!lock_parse(input->lock, fleet->arena, &fleet->lock, err))
		return err_prefix(err, "%s", fleet->policy.lock.ptr);
	commits_init(&fleet->commits, &fleet->policy, &fleet->lock, input->ask, input->ask_context, fleet->arena);
	unused_init(&fleet->unused, &fleet->policy, fleet->arena);
	fleet->inputs = arena_array(fleet->arena, input->file_count, sizeof(*fleet->inputs));
	fleet->renders = arena_array(fleet->arena, input->file_count, sizeof(*fleet->renders));
	for (size_t i = 0; i < input->file_count; i++)
		if (!begin(fleet, i, err))
			return false;
	if (!commits_ask_all(&fleet->commits, err))
		return false;
	for (size_t i = 0; i < fleet->count; i++)
		if (!finish(fleet, i, err))
			return false;
	return true;
}

/* Counts the refs, and puts them into `refs` unless that is NULL. */
static size_t collect(const struct fleet *fleet, struct fleet_ref *refs)
{
	size_t n = 0;

	for (size_t i = 0; i < fleet->count; i++) {
		const struct result *whole = &fleet->renders[i].plan.whole;

		for (size_t k = 0; k < whole->workload_count; k++)
			for (size_t g = 0; g < whole->workloads[k].git_count; g++, n++)
				if (refs)
					refs[n] = (struct fleet_ref){
						.file = &fleet->input->files[i],
						.workload = &whole->workloads[k],
						.git = &whole->workloads[k].gits[g],
					};
	}
	return n;
}

struct fleet_ref *fleet_refs(const struct fleet *fleet, size_t *count)
{
	struct fleet_ref *refs = arena_array(fleet->arena, collect(fleet, NULL), sizeof(*refs));

	*count = collect(fleet, refs);
	return refs;
}
