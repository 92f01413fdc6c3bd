#include "app/run.h"

#include "app/report.h"
#include "app/table.h"
#include "base/utf8.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"
/* From this much input on, memory in large pages saves more than it wastes. */
#define MUCH ((size_t)1024 * 1024)

struct running {
	const struct run_input *input;
	struct arena *arena;
	struct arena scratch; /* for one document at a time */
	struct ignore ignore;
	struct manifest manifest;
	struct lock lock;
	struct commits commits;
	struct policy policy; /* what the options make of it, and the command */
	struct plan plan;
	struct stream *streams; /* of the files, then of the externals */
	/* Everything that is printed: pieces of files and what stands between them. */
	struct str *pieces;
	size_t count, room;
	size_t printed; /* bytes of them, before edits */
	struct report_edit *edits;
	size_t edit_count, edit_room;
};

/* Is there a file with something in it behind file `i`? */
static bool has_successor(const struct run_input *input, size_t i)
{
	for (size_t k = i + 1; k < input->file_count; k++)
		if (input->files[k].text.len > 0)
			return true;
	return false;
}

/* The text of a file as it is read and printed: a line that another file follows has an end. */
static struct str complete(struct running *r, const struct run_file *file, bool is_followed)
{
	struct str text = file->text;
	char *longer;

	if (str_starts_with(text, BOM))
		text = str_skip(text, strlen(BOM));
	if (!is_followed || text.len == 0 || text.ptr[text.len - 1] == '\n')
		return text;
	longer = arena_alloc(r->arena, text.len + 1);
	memcpy(longer, text.ptr, text.len);
	longer[text.len] = '\n';
	return (struct str){ .ptr = longer, .len = text.len + 1 };
}

/* An error in bytes that are not text, so that nothing could be parsed. */
static bool explain_bytes(const struct stream *stream, struct err *err)
{
	size_t i = 0;

	while (i + 1 < stream->count && stream->documents[i].text.to <= err->at)
		i++;
	err->at -= stream->documents[i].text.from;
	return place_explain(place_of(stream, &stream->documents[i], NULL, err->at), (struct str){ 0 },
			     (struct str){ 0 }, err);
}

static bool split(struct running *r, struct stream *stream, struct str name, struct str text, struct err *err)
{
	struct utf8_facts facts = { .carriage = true, .odd_breaks = true };
	bool ok = utf8_check(text, &facts, err);

	stream_split(stream, name, text, facts, r->arena);
	return ok || explain_bytes(stream, err);
}

/* Could a document of the input be an object? The text alone is looked at, since it may be no YAML. */
static bool mentions_objects(const struct run_input *input)
{
	static const char word[] = "apiVersion";

	for (size_t i = 0; i < input->file_count; i++) {
		struct str text = input->files[i].text;

		if (text.len > 0 && memmem(text.ptr, text.len, word, strlen(word)))
			return true;
	}
	return false;
}

/* Prose, a program's warnings or a values file must not pass for a release of which nothing is to be stamped. */
static bool refuse_no_manifests(const struct run_input *input, struct err *err)
{
	struct str name = input->file_count == 1 ? input->files[0].name : str_from("the input");

	return err_set(err, "%.*s: these are no manifests: no document has an apiVersion and a kind", STR_ARG(name));
}

static bool add_stream(struct running *r, size_t index, struct err *err)
{
	const struct run_input *input = r->input;
	bool external = index >= input->file_count;
	const struct run_file *file = external ? &input->externals[index - input->file_count] : &input->files[index];
	struct str text = complete(r, file, !external && has_successor(input, index));

	if (!split(r, &r->streams[index], file->name, text, err))
		return false;
	if (manifest_add(&r->manifest, &r->streams[index], external ? SCOPE_EXTERNAL : SCOPE_STREAM, err))
		return true;
	/* Of prose it helps nobody to know where it is no YAML. */
	return external || r->manifest.has_objects || mentions_objects(input) ? false : refuse_no_manifests(input, err);
}

static bool add_streams(struct running *r, struct err *err)
{
	const struct run_input *input = r->input;
	size_t total = input->file_count + input->external_count;

	r->streams = arena_array(r->arena, total, sizeof(*r->streams));
	for (size_t i = 0; i < total; i++)
		if (!add_stream(r, i, err))
			return false;
	return !r->manifest.has_content || r->manifest.has_objects || refuse_no_manifests(input, err);
}

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
	if (!r->policy.wants_details)
		return;
	r->edits = arena_grow(r->arena, r->edits, r->edit_count, &r->edit_room, sizeof(*r->edits));
	r->edits[r->edit_count++] = (struct report_edit){
		.at = { base + edit->at.from, base + edit->at.to },
		.text = edit->text,
	};
}

static void print_stream(struct running *r, size_t index)
{
	const struct edits *edits = &r->plan.edits[index];
	struct str text = r->streams[index].text;
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
		struct str whole = r->input->files[i].text, text = r->streams[i].text;

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
	resolve_object(&r->manifest, options->object_namespace.len > 0 ? options->object_namespace : options->policy.ns,
		       c);
	if (c->outcome != OUTCOME_RESOLVED)
		return err_set(err, "%s %.*s %s", object_kind_name(kind), STR_ARG(name), outcome_explain(c->outcome));
	return resolve_digest(&r->manifest, r->input->secret_key, c, r->arena, err);
}

/* The one workload that `digest --for` names. */
static const struct workload *find_workload(const struct running *r, struct err *err)
{
	const struct options *options = r->input->options;
	struct str kind = options->for_kind, name = options->for_name, ns = options->for_namespace;
	const struct workload *found = NULL;

	for (size_t i = 0; i < r->plan.whole.workload_count; i++) {
		const struct workload *workload = &r->plan.whole.workloads[i];

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

	if (!plan_make(&r->plan, err) || !(workload = find_workload(r, err)))
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
		report_json(&r->plan, NULL, 0, &text);
	else
		table_print(&r->plan, r->input->colour, r->input->options->output == OUTPUT_WIDE, &text);
	print(r, buf_keep(&text, r->arena));
}

static void make_reports(struct running *r, struct run_output *output)
{
	struct buf report = { 0 }, log = { 0 };

	if (r->input->options->report.ptr) {
		report_json(&r->plan, r->edits, r->edit_count, &report);
		output->report = buf_keep(&report, r->arena);
	}
	if (r->input->options->log.ptr) {
		table_print(&r->plan, false, true, &log);
		output->log = buf_keep(&log, r->arena);
	}
}

/* Made while there is a way to fail: once the manifests are out, nothing may need memory any more. */
static struct str make_verdict(struct running *r)
{
	struct buf verdict = { 0 }, line = { 0 };

	verdict_print(&r->plan.whole.problems, &r->plan.whole.counts, &verdict);
	if (verdict.len > 0) {
		buf_add_cstring(&line, "rollstamp: ");
		err_print_safe(&line, buf_str(&verdict));
		buf_add_char(&line, '\n');
	}
	buf_release(&verdict);
	return buf_keep(&line, r->arena);
}

static size_t total_length(const struct run_input *input)
{
	size_t total = 0;

	for (size_t i = 0; i < input->file_count; i++)
		total += input->files[i].text.len;
	for (size_t i = 0; i < input->external_count; i++)
		total += input->externals[i].text.len;
	return total;
}

static bool is_blank(const struct running *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (str_trim(r->pieces[i]).len > 0)
			return false;
	return true;
}

static bool read_lock(struct running *r, struct err *err)
{
	struct str text = r->input->lock;

	return lock_parse(text, r->arena, &r->lock, err) || err_prefix(err, "%s", r->policy.lock.ptr);
}

static void start_plan(struct running *r)
{
	const struct plan_input input = {
		.policy = &r->policy,
		.manifest = &r->manifest,
		.commits = &r->commits,
		.streams = r->streams,
		.stream_count = r->input->file_count,
		.secret_key = r->input->secret_key,
		.ask = r->input->live,
		.ask_context = r->input->live_context,
		.extent = r->input->extent,
	};

	plan_init(&r->plan, &input, r->arena);
}

static bool run_all(struct running *r, struct run_output *output, struct err *err)
{
	const struct options *options = r->input->options;

	if (!read_lock(r, err) || !add_streams(r, err))
		return false;
	commits_init(&r->commits, &r->policy, r->input->lock.ptr ? &r->lock : NULL, r->input->ask,
		     r->input->ask_context, r->arena);
	if (r->policy.wants_details && options->command != COMMAND_DIGEST)
		for (size_t i = 0; i < r->input->file_count + r->input->external_count; i++)
			r->streams[i].lines = lines_index(r->streams[i].text, r->arena);
	start_plan(r);
	if (total_length(r->input) >= MUCH)
		arena_expect_much(&r->plan.tree);
	if (options->command == COMMAND_DIGEST)
		return run_digest(r, err);
	if (!plan_make(&r->plan, err))
		return false;
	if (options->command == COMMAND_LIST)
		run_list(r);
	else
		print_files(r);
	/* Helm 4 takes empty output for a failure, and a chart all of whose templates are switched off gives it. */
	if (options->helm_plugin && is_blank(r))
		print(r, str_from("# rollstamp: no objects\n"));
	make_reports(r, output);
	output->lock_entries = r->commits.entries;
	output->lock_entry_count = r->commits.entry_count;
	output->has_trouble = plan_has_trouble(&r->plan);
	output->has_problems = r->plan.whole.needs_look;
	if (options->command == COMMAND_STAMP)
		output->verdict = make_verdict(r);
	return true;
}

/* What the command makes of the caller's policy. */
static struct policy policy_of(const struct options *options)
{
	struct policy policy = options->policy;

	policy.keeps_going = options->command == COMMAND_LIST;
	policy.wants_details = options->report.ptr || options->log.ptr || options->command != COMMAND_STAMP;
	return policy;
}

bool run(const struct run_input *input, struct arena *arena, struct run_output *output, struct err *err)
{
	struct running r = { .input = input, .arena = arena, .policy = policy_of(input->options) };
	struct run_output made = { 0 };
	bool ok;

	arena_init(&r.scratch);
	if (total_length(input) >= MUCH) {
		arena_expect_much(arena);
		arena_expect_much(&r.scratch);
	}
	r.ignore = (struct ignore){
		.kinds = &r.policy.kinds,
		.patterns = r.policy.ignores.items,
		.count = r.policy.ignores.count,
	};
	manifest_init(&r.manifest, &r.ignore, r.policy.ns, arena, &r.scratch);
	r.manifest.takes_resource_list = input->options->krm;
	ok = run_all(&r, &made, err);
	plan_release(&r.plan);
	manifest_release(&r.manifest);
	arena_release(&r.scratch);
	if (!ok)
		return false;
	made.pieces = r.pieces;
	made.count = r.count;
	*output = made;
	return true;
}
