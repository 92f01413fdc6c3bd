/* SPDX-License-Identifier: Apache-2.0 */
#include "app/stampcommand.h"

#include "app/contrast.h"
#include "app/guard.h"
#include "base/utf8.h"

#include <string.h>

/* What goes to stdout: pieces of the files, and what is written into them and between them. */
struct printing {
	const struct render *render;
	struct arena *arena;
	struct str *pieces;
	size_t count, room;
	size_t printed; /* so many bytes of the files stand in the pieces, and lines between them */
	struct report_edits edits;
};

static void print(struct printing *p, struct str text)
{
	if (text.len == 0)
		return;
	p->pieces = arena_grow(p->arena, p->pieces, p->count, &p->room, sizeof(*p->pieces));
	p->pieces[p->count++] = text;
	p->printed += text.len;
}

static void print_edit(struct printing *p, size_t base, const struct edit *edit)
{
	struct report_edits *edits = &p->edits;

	print(p, edit->text);
	p->printed -= edit->text.len;
	if (!p->render->policy.wants_details)
		return;
	edits->items = arena_grow(p->arena, edits->items, edits->count, &edits->room, sizeof(*edits->items));
	edits->items[edits->count++] = (struct report_edit){
		.at = { base + edit->at.from, base + edit->at.to },
		.text = edit->text,
	};
}

/* Room for `more` pieces: of a large stream, room that doubles would be half empty. */
static void expect(struct printing *p, size_t more)
{
	struct str *larger;

	if (p->room - p->count >= more)
		return;
	larger = arena_array(p->arena, p->count + more, sizeof(*larger));
	if (p->count > 0)
		memcpy(larger, p->pieces, p->count * sizeof(*larger));
	arena_drop(p->arena, p->pieces, p->room * sizeof(*larger));
	p->pieces = larger;
	p->room = p->count + more;
}

static void print_stream(struct printing *p, size_t index)
{
	const struct edits *edits = &p->render->plan.edits[index];
	struct str text = p->render->streams[index].text;
	size_t base = p->printed, at = 0;

	expect(p, edits->count * 2 + 1);
	for (size_t i = 0; i < edits->count; i++) {
		const struct edit *edit = &edits->items[i];

		print(p, str_slice(text, (struct span){ at, edit->at.from }));
		print_edit(p, base, edit);
		p->printed += edit->at.to - edit->at.from;
		at = edit->at.to;
	}
	print(p, str_skip(text, at));
}

/* Between two files stands a `---` line, unless the next one begins with one. */
static void print_files(struct printing *p)
{
	const struct render_input *input = p->render->input;
	struct str last = { 0 };

	for (size_t i = 0; i < input->file_count; i++) {
		struct str whole = input->files[i].text, text = p->render->streams[i].text;

		if (text.len == 0 && (whole.len == 0 || input->file_count > 1))
			continue;
		if (last.len == 0 && str_starts_with(whole, UTF8_BOM))
			print(p, str_from(UTF8_BOM));
		if (last.len > 0 && !stream_begins_with_separator(text))
			print(p, str_from("---\n"));
		print_stream(p, i);
		last = text.len > 0 ? text : last;
	}
}

/* The verdict is made while there is a way to fail: once the manifests are out, nothing may need memory any more. */
static struct str make_verdict(const struct plan *plan, struct arena *arena)
{
	struct buf verdict = { 0 }, line = { 0 };

	verdict_print(&plan->whole.problems, &plan->whole.counts, &verdict);
	if (verdict.len > 0) {
		buf_add_cstring(&line, "rollstamp: ");
		err_print_safe(&line, buf_str(&verdict));
		buf_add_char(&line, '\n');
	}
	buf_release(&verdict);
	return buf_keep(&line, arena);
}

static bool is_blank(const struct printing *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (str_trim(p->pieces[i]).len > 0)
			return false;
	return true;
}

/*
 * Refuses what makes more workloads restart than --max-rolls allows. `after` is what has been planned. Inlined, it would
 * have every run touch the pages of the stack that it needs.
 */
__attribute__((noinline)) static bool guard(const struct run_input *input, struct render *render, struct side *after,
					    struct err *err)
{
	const struct contrast_input sides = {
		.before = input->since,
		.before_count = input->since_count,
		.after = &input->render,
		.policy = &input->options->policy,
	};
	struct contrast contrast;
	bool ok;

	side_finish(after);
	contrast_init(&contrast, &sides, render->arena);
	ok = contrast_read_before(&contrast, after, err) || err_prefix(err, "--since");
	ok = ok && guard_check(&contrast.why, &input->options->max_rolls, err);
	contrast_release(&contrast);
	return ok;
}

static bool stamp(const struct run_input *input, struct render *render, struct side *after, struct run_output *output,
		  struct err *err)
{
	struct printing p = { .render = render, .arena = render->arena };

	if (!render_read(render, err) || !plan_make(&render->plan, err) ||
	    !commits_check_entries(&render->commits, err))
		return false;
	if (input->options->max_rolls.is_given && !guard(input, render, after, err))
		return false;
	print_files(&p);
	/* Helm 4 takes empty output for a failure, and a chart all of whose templates are switched off gives it. */
	if (input->options->helm_plugin && is_blank(&p))
		print(&p, str_from("# rollstamp: no objects\n"));
	output->pieces = p.pieces;
	output->count = p.count;
	run_report(input, render, &p.edits, output);
	output->has_commits = render->policy.git != GIT_OFF;
	output->lock_change = (struct lock_change){
		.add = render->commits.entries,
		.count = render->commits.entry_count,
		.prune = input->options->lock_prune,
	};
	output->verdict = make_verdict(&render->plan, render->arena);
	return true;
}

static bool run_stamp(const struct run_input *input, struct arena *arena, struct run_output *output, struct err *err)
{
	struct policy policy = input->options->policy;
	struct render_input from = input->render;
	struct render render;
	struct side after = { 0 }; /* for the guard */
	bool ok;

	policy.wants_details = policy.wants_places = input->options->report.ptr || input->options->log.ptr;
	if (input->options->max_rolls.is_given) {
		policy.wants_details = true;
		side_init(&after, arena);
		from.watch = side_watch;
		from.watch_context = &after;
	}
	render_init(&render, &from, &policy, arena);
	ok = stamp(input, &render, &after, output, err);
	render_release(&render);
	side_release(&after);
	return ok;
}

/* The guard needs both of its options. */
static bool check_stamp(const struct options *options, struct err *err)
{
	if (options->max_rolls.is_given == (options->since.len > 0))
		return true;
	if (options->max_rolls.is_given)
		return err_set(err,
			       "--max-rolls: compared with what? Add --since=OLD, the manifests that are deployed now, "
			       "or --since=none for a first install");
	return err_set(err, "--since is what --max-rolls compares with: add --max-rolls=N");
}

const struct command stampcommand = {
	.name = "",
	.usage = "[OPTION...] [FILE...]",
	.help = "Reads rendered Kubernetes manifests and prints them with the digests of the ConfigMaps and Secrets\n"
		"that each pod template consumes, and the commits of the git refs that it checks out, written into\n"
		"it, so that a change of them rolls the workload.\n"
		"Every other byte is printed as it came.\n",
	.check = check_stamp,
	.run = run_stamp,
};
