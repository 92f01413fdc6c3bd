/* SPDX-License-Identifier: Apache-2.0 */
#include "app/contrast.h"

#include "compare/past.h"
#include "yaml/mention.h"

void contrast_init(struct contrast *contrast, const struct contrast_input *input, struct arena *arena)
{
	*contrast = (struct contrast){ .input = input, .arena = arena, .policy = *input->policy };
	contrast->policy.keeps_going = true;
	contrast->policy.wants_details = true;
	contrast->policy.only_compares = true;
	contrast->policy.strict = false;
	contrast->policy.live = false;
	contrast->policy.locked = false;
	contrast->policy.lock_fallback = false;
	contrast->policy.lock = (struct str){ 0 };
	if (contrast->policy.git == GIT_PIN)
		contrast->policy.git = GIT_OBSERVE;
}

void contrast_release(struct contrast *contrast)
{
	if (!contrast->input)
		return;
	render_release(&contrast->before);
	render_release(&contrast->after);
	side_release(&contrast->old);
	side_release(&contrast->side);
}

/* A commits_ask for refs that are told, and whose commits nobody is asked for. */
static bool ask_nobody(void *context, struct remote_query *queries, size_t count, struct arena *arena, struct err *err)
{
	(void)context;
	(void)queries;
	(void)count;
	(void)arena;
	return err_set(err, "a comparison asks no git server");
}

/* Could there be a stamp in it? */
static bool mentions_stamps(const struct render_file *files, size_t count)
{
	static const char *const words[] = { ".rollstamp.io/", "ROLLSTAMP_", NULL };

	for (size_t i = 0; i < count; i++)
		if (mention_of_any(files[i].text, words))
			return true;
	return false;
}

static bool is_past(const struct contrast_input *input)
{
	return input->before_count == 1 && past_is_report(input->before[0].text);
}

/* By which a side is planned that is stamped first, or taken as it is. */
static struct policy policy_for(const struct contrast *contrast, bool stamps)
{
	struct policy policy = contrast->policy;

	/* What is taken as it is has lost its checksums already, or keeps them. */
	if (!stamps) {
		policy.inject = 0;
		policy.drop_checksums = (struct policy_list){ 0 };
	}
	return policy;
}

/* Can values of the old side be those of the new one? A plan must not have changed trees but by annotations. */
static void share(struct contrast *contrast, bool stamps)
{
	const struct policy policy = policy_for(contrast, stamps);

	if (policy.drop_checksums.count == 0 && (policy.inject & INJECT_ENV) == 0)
		side_share(&contrast->side, &contrast->old, policy.inject != 0);
}

/* Plans one side. With `stamps` it is stamped, else taken as it is. */
static bool plan_side(struct contrast *contrast, struct render *render, struct render_input *from, struct side *side,
		      bool stamps, struct err *err)
{
	const struct policy policy = policy_for(contrast, stamps);

	render_release(render);
	from->ask = ask_nobody;
	from->watch = side_watch;
	from->watch_context = side;
	render_init(render, from, &policy, contrast->arena);
	if (!render_read(render, err) || !plan_make(&render->plan, err))
		return false;
	side_finish(side);
	side->manifest = &render->manifest;
	return true;
}

/* Nothing is a cluster that could not be asked, sooner than one that has nothing. */
static bool refuse_nothing(const struct contrast *contrast, struct err *err)
{
	const struct contrast_input *input = contrast->input;
	struct str name = input->before_count == 1 ? input->before[0].name : str_from("the old side");

	return err_set(
		err,
		"%.*s: there are no manifests in it, so there is nothing to compare with: could the cluster not be "
		"asked? Where nothing is installed yet, say --since=none",
		STR_ARG(name));
}

static void start_side(struct contrast *contrast, struct side *side)
{
	side_release(side);
	side_init(side, contrast->arena);
}

static bool plan_before(struct contrast *contrast, bool stamps, struct err *err)
{
	return plan_side(contrast, &contrast->before, &contrast->left, &contrast->old, stamps, err) &&
	       (contrast->before.manifest.has_objects || refuse_nothing(contrast, err));
}

static bool plan_after(struct contrast *contrast, bool stamps, struct err *err)
{
	return plan_side(contrast, &contrast->after, &contrast->right, &contrast->side, stamps, err);
}

static void set_inputs(struct contrast *contrast)
{
	const struct contrast_input *input = contrast->input;

	contrast->right = *input->after;
	contrast->left = *input->after;
	contrast->left.files = input->before;
	contrast->left.file_count = input->before_count;
	contrast->left.takes_resource_list = false;
}

static bool read_past(struct contrast *contrast, struct err *err)
{
	const struct render_file *file = &contrast->input->before[0];

	if (!past_read(&contrast->old, file->name, file->text, err))
		return false;
	side_finish(&contrast->old);
	return true;
}

/* The old side: manifests, or what a report tells of them. */
static bool read_before(struct contrast *contrast, bool stamps, struct err *err)
{
	return is_past(contrast->input) ? read_past(contrast, err) : plan_before(contrast, stamps, err);
}

static bool read_both(struct contrast *contrast, bool stamps, struct err *err)
{
	start_side(contrast, &contrast->old);
	start_side(contrast, &contrast->side);
	if (!is_past(contrast->input))
		share(contrast, stamps);
	return read_before(contrast, stamps, err) && plan_after(contrast, stamps, err) &&
	       side_complete(&contrast->old, &contrast->side, err);
}

bool contrast_read(struct contrast *contrast, struct err *err)
{
	const struct contrast_input *input = contrast->input;
	bool past = is_past(input), stamps;

	set_inputs(contrast);
	stamps = !past && !mentions_stamps(input->before, input->before_count) &&
		 !mentions_stamps(input->after->files, input->after->file_count);
	if (!read_both(contrast, stamps, err))
		return false;
	if (past && !contrast->side.has_stamps)
		return err_set(
			err,
			"%.*s is a report, which tells stamps alone, and the other side has none: compare it with "
			"what rollstamp has printed",
			STR_ARG(input->before[0].name));
	/* What looked like stamps were none. */
	if (!stamps && !past && !contrast->old.has_stamps && !contrast->side.has_stamps) {
		stamps = true;
		if (!read_both(contrast, stamps, err))
			return false;
	}
	why_compare(&contrast->old, &contrast->side, contrast->arena, &contrast->why);
	contrast->why.git_not_compared = stamps && (contrast->old.has_unasked_git || contrast->side.has_unasked_git);
	if (input->wants_unread && !past)
		why_find_unread(&contrast->before.manifest, &contrast->after.manifest, &contrast->why);
	return true;
}

bool contrast_read_before(struct contrast *contrast, struct side *after, struct err *err)
{
	const struct contrast_input *input = contrast->input;

	set_inputs(contrast);
	start_side(contrast, &contrast->old);
	if (input->before_count > 0 && !read_before(contrast, false, err))
		return false;
	why_compare(&contrast->old, after, contrast->arena, &contrast->why);
	return true;
}
