#include "app/run.h"

#include "app/report.h"
#include "app/table.h"
#include "base/lines.h"
#include "base/utf8.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"
struct running {
	const struct run_input *input;
	struct arena *arena;
	struct render_input from;
	struct render render;
	/* Everything that is printed: pieces of files and what stands between them. */
	struct str *pieces;
	size_t count, room;
	size_t printed; /* bytes of them, before edits */
	struct report_edit *edits;
	size_t edit_count, edit_room;
};

static void print(struct running *r, struct str text)
{
	if (text.len == 0)
		return;
	r->pieces = arena_grow(r->arena, r->pieces, r->count, &r->room, sizeof(*r->pieces));
	r->pieces[r->count++] = text;
	r->printed += text.len;
}

static void print_edit(struct running *r, size_t base, const struct edit *edit)
{
	print(r, edit->text);
	r->printed -= edit->text.len;
	if (!r->render.policy.wants_details)
		return;
	r->edits = arena_grow(r->arena, r->edits, r->edit_count, &r->edit_room, sizeof(*r->edits));
	r->edits[r->edit_count++] = (struct report_edit){
		.at = { base + edit->at.from, base + edit->at.to },
		.text = edit->text,
	};
}

static void print_stream(struct running *r, size_t index)
{
	const struct edits *edits = &r->render.plan.edits[index];
	struct str text = r->render.streams[index].text;
	size_t base = r->printed, at = 0;

	for (size_t i = 0; i < edits->count; i++) {
		const struct edit *edit = &edits->items[i];

		print(r, str_slice(text, (struct span){ at, edit->at.from }));
		print_edit(r, base, edit);
		r->printed += edit->at.to - edit->at.from;
		at = edit->at.to;
	}
	print(r, str_skip(text, at));
}

/* Between two files stands a `---` line, unless the next one begins with one. */
static void print_files(struct running *r)
{
	struct str last = { 0 };

	for (size_t i = 0; i < r->input->file_count; i++) {
		struct str whole = r->input->files[i].text, text = r->render.streams[i].text;

		if (text.len == 0 && (whole.len == 0 || r->input->file_count > 1))
			continue;
		if (last.len == 0) {
			if (str_starts_with(whole, BOM))
				print(r, str_slice(whole, (struct span){ 0, strlen(BOM) }));
		} else {
			if (!stream_begins_with_separator(text))
				print(r, str_from("---\n"));
		}
		print_stream(r, i);
		last = text.len > 0 ? text : last;
	}
}

/* All of an object's keys, in the shape of a consumption. */
static bool digest_whole(struct running *r, enum object_kind kind, struct str name, struct consumption *c,
			 struct err *err)
{
	const struct options *options = r->input->options;

	*c = (struct consumption){ .kind = kind, .name = name, .all_keys = true };
	resolve_object(&r->render.manifest,
		       options->object_namespace.len > 0 ? options->object_namespace : options->policy.ns, c);
	if (c->outcome != OUTCOME_RESOLVED)
		return err_set(err, "%s %.*s %s", object_kind_name(kind), STR_ARG(name), outcome_explain(c->outcome));
	return resolve_digest(&r->render.manifest, r->input->secret_key, c, r->arena, err);
}

/* The one workload that `digest --for` names. */
static const struct workload *find_workload(const struct running *r, struct err *err)
{
	const struct options *options = r->input->options;
	struct str kind = options->for_kind, name = options->for_name, ns = options->for_namespace;
	const struct workload *found = NULL;

	for (size_t i = 0; i < r->render.plan.whole.workload_count; i++) {
		const struct workload *workload = &r->render.plan.whole.workloads[i];

		if (!str_equal_nocase(workload->kind, kind) || !str_equal(workload->name, name) ||
		    (ns.len > 0 && !str_equal(workload->ns, ns)))
			continue;
		if (found) {
			err_set(err, "there are several %.*s %.*s in the input: write --for=%.*s/NAMESPACE/%.*s",
				STR_ARG(workload->kind), STR_ARG(name), STR_ARG(kind), STR_ARG(name));
			return NULL;
		}
		found = workload;
	}
	if (!found)
		err_set(err, "no workload %.*s/%.*s that is stamped is in the input", STR_ARG(kind), STR_ARG(name));
	return found;
}

/* What one workload takes of the object. */
static bool digest_consumed(struct running *r, enum object_kind kind, struct str name, struct consumption *c,
			    struct err *err)
{
	struct str wanted = r->input->options->object_namespace;
	const struct workload *workload;

	if (!plan_make(&r->render.plan, err) || !(workload = find_workload(r, err)))
		return false;
	/* Findings name another namespace than the workload's own only. */
	if (str_equal(wanted, workload->ns))
		wanted = (struct str){ 0 };
	for (size_t i = 0; i < workload->finding_count; i++) {
		const struct finding *finding = &workload->findings[i];

		if (finding->kind != kind || !str_equal(finding->name, name) || !str_equal(finding->ns, wanted))
			continue;
		if (finding->outcome != OUTCOME_RESOLVED)
			return err_set(err, "%s %.*s %s", object_kind_name(kind), STR_ARG(name),
				       outcome_explain(finding->outcome));
		*c = (struct consumption){ .kind = kind, .name = name };
		c->selection = finding->selection;
		memcpy(c->digest, finding->digest, sizeof(c->digest));
		return true;
	}
	return err_set(err, "%.*s %.*s consumes nothing of %s %.*s", STR_ARG(workload->kind), STR_ARG(workload->name),
		       object_kind_name(kind), STR_ARG(name));
}

static bool run_digest(struct running *r, struct err *err)
{
	const struct options *options = r->input->options;
	struct buf text = { 0 };
	enum object_kind kind = options->object_kind;
	struct str name = options->object_name;
	struct consumption c;
	bool ok;

	ok = options->for_name.ptr ? digest_consumed(r, kind, name, &c, err) : digest_whole(r, kind, name, &c, err);
	if (!ok)
		return false;
	if (options->preimage)
		selection_preimage(&c.selection, &text);
	else
		buf_printf(&text, "%s\n", c.digest);
	print(r, buf_keep(&text, r->arena));
	return true;
}

static void run_list(struct running *r)
{
	struct buf text = { 0 };

	if (r->input->options->output == OUTPUT_JSON)
		report_json(&r->render.plan, NULL, 0, &text);
	else
		table_print(&r->render.plan, r->input->colour, r->input->options->output == OUTPUT_WIDE, &text);
	print(r, buf_keep(&text, r->arena));
}

static void make_reports(struct running *r, struct run_output *output)
{
	struct buf report = { 0 }, log = { 0 };

	if (r->input->options->report.ptr) {
		report_json(&r->render.plan, r->edits, r->edit_count, &report);
		output->report = buf_keep(&report, r->arena);
	}
	if (r->input->options->log.ptr) {
		table_print(&r->render.plan, false, true, &log);
		output->log = buf_keep(&log, r->arena);
	}
}

/* Made while there is a way to fail: once the manifests are out, nothing may need memory any more. */
static struct str make_verdict(struct running *r)
{
	struct buf verdict = { 0 }, line = { 0 };

	verdict_print(&r->render.plan.whole.problems, &r->render.plan.whole.counts, &verdict);
	if (verdict.len > 0) {
		buf_add_cstring(&line, "rollstamp: ");
		err_print_safe(&line, buf_str(&verdict));
		buf_add_char(&line, '\n');
	}
	buf_release(&verdict);
	return buf_keep(&line, r->arena);
}

static bool is_blank(const struct running *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (str_trim(r->pieces[i]).len > 0)
			return false;
	return true;
}

static bool run_all(struct running *r, struct run_output *output, struct err *err)
{
	const struct options *options = r->input->options;

	if (!render_read(&r->render, err))
		return false;
	if (options->command == &command_digest)
		return run_digest(r, err);
	if (!plan_make(&r->render.plan, err))
		return false;
	if (options->command == &command_list)
		run_list(r);
	else
		print_files(r);
	/* Helm 4 takes empty output for a failure, and a chart all of whose templates are switched off gives it. */
	if (options->helm_plugin && is_blank(r))
		print(r, str_from("# rollstamp: no objects\n"));
	make_reports(r, output);
	output->lock_entries = r->render.commits.entries;
	output->lock_entry_count = r->render.commits.entry_count;
	output->has_trouble = plan_has_trouble(&r->render.plan);
	output->has_problems = r->render.plan.whole.needs_look;
	if (options->command == &command_stamp)
		output->verdict = make_verdict(r);
	return true;
}

/* What the command makes of the caller's policy. */
static struct policy policy_of(const struct options *options)
{
	struct policy policy = options->policy;

	policy.keeps_going = options->command == &command_list;
	policy.wants_details = options->report.ptr || options->log.ptr || options->command != &command_stamp;
	return policy;
}

static struct render_input input_of(const struct run_input *input, const struct policy *policy)
{
	return (struct render_input){
		.files = input->files,
		.file_count = input->file_count,
		.externals = input->externals,
		.external_count = input->external_count,
		.secret_key = input->secret_key,
		.lock = input->lock,
		.ask = input->ask,
		.ask_context = input->ask_context,
		.live = input->live,
		.live_context = input->live_context,
		.takes_resource_list = input->options->krm,
		.wants_lines = policy->wants_details && input->options->command != &command_digest,
		.extent = input->extent,
	};
}

bool run(const struct run_input *input, struct arena *arena, struct run_output *output, struct err *err)
{
	struct running r = { .input = input, .arena = arena };
	struct policy policy = policy_of(input->options);
	struct run_output made = { 0 };
	bool ok;

	r.from = input_of(input, &policy);
	render_init(&r.render, &r.from, &policy, arena);
	ok = run_all(&r, &made, err);
	render_release(&r.render);
	if (!ok)
		return false;
	made.pieces = r.pieces;
	made.count = r.count;
	*output = made;
	return true;
}
