/* SPDX-License-Identifier: Apache-2.0 */
#include "app/render.h"

#include "base/lines.h"
#include "base/utf8.h"
#include "yaml/mention.h"

#include <string.h>

/* From this much input on, memory in large pages saves more than it wastes. */
#define MUCH ((size_t)1024 * 1024)
/* From here on lines are not counted anew for each ref. */
#define LONG ((size_t)64 * 1024)

void render_init(struct render *render, const struct render_input *input, const struct policy *policy,
		 struct arena *arena)
{
	*render = (struct render){ .input = input, .arena = arena, .policy = *policy };
	if (render_length(input) >= MUCH) {
		arena_expect_much(arena);
		arena_expect_much(&render->scratch);
	}
	render->ignore = (struct ignore){
		.kinds = &render->policy.kinds,
		.patterns = render->policy.ignores.items,
		.count = render->policy.ignores.count,
	};
	manifest_init(&render->manifest, &render->ignore, render->policy.ns, arena, &render->scratch);
	render->manifest.takes_resource_list = input->takes_resource_list;
}

void render_release(struct render *render)
{
	plan_release(&render->plan);
	manifest_release(&render->manifest);
	arena_release(&render->scratch);
}

size_t render_length(const struct render_input *input)
{
	size_t total = 0;

	for (size_t i = 0; i < input->file_count; i++)
		total += input->files[i].text.len;
	for (size_t i = 0; i < input->external_count; i++)
		total += input->externals[i].text.len;
	return total;
}

/* Is there a file with something in it behind file `i`? */
static bool has_successor(const struct render_input *input, size_t i)
{
	for (size_t k = i + 1; k < input->file_count; k++)
		if (input->files[k].text.len > 0)
			return true;
	return false;
}

/* The text of a file as it is read and printed: a line that another file follows has an end. */
static struct str complete(struct render *r, const struct render_file *file, bool is_followed)
{
	struct str text = utf8_skip_bom(file->text);
	char *longer;

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

static bool split(struct render *r, struct stream *stream, struct str name, struct str text, struct err *err)
{
	struct utf8_facts facts = { .carriage = true, .odd_breaks = true };
	bool ok = utf8_check(text, &facts, err);

	stream_split(stream, name, text, facts, r->arena);
	return ok || explain_bytes(stream, err);
}

/* Could a document of the input be an object? The text alone is looked at, since it may be no YAML. */
static bool mentions_objects(const struct render_input *input)
{
	for (size_t i = 0; i < input->file_count; i++)
		if (mention_of(input->files[i].text, "apiVersion"))
			return true;
	return false;
}

/* Prose, a program's warnings or a values file must not pass for a release of which nothing is to be stamped. */
static bool refuse_no_manifests(const struct render_input *input, struct err *err)
{
	struct str name = input->file_count == 1 ? input->files[0].name : str_from("the input");

	return err_set(err, "%.*s: these are no manifests: no document has an apiVersion and a kind", STR_ARG(name));
}

static bool add_stream(struct render *r, size_t index, struct err *err)
{
	const struct render_input *input = r->input;
	bool external = index >= input->file_count;
	const struct render_file *file = external ? &input->externals[index - input->file_count] : &input->files[index];
	struct str text = complete(r, file, !external && has_successor(input, index));

	if (!split(r, &r->streams[index], file->name, text, err))
		return false;
	if (manifest_add(&r->manifest, &r->streams[index], external ? SCOPE_EXTERNAL : SCOPE_STREAM, err))
		return true;
	/* Of prose it helps nobody to know where it is no YAML. */
	return external || r->manifest.has_objects || mentions_objects(input) ? false : refuse_no_manifests(input, err);
}

static bool add_streams(struct render *r, struct err *err)
{
	const struct render_input *input = r->input;
	size_t total = input->file_count + input->external_count;

	r->streams = arena_array(r->arena, total, sizeof(*r->streams));
	for (size_t i = 0; i < total; i++)
		if (!add_stream(r, i, err))
			return false;
	return !r->manifest.has_content || r->manifest.has_objects || refuse_no_manifests(input, err);
}

/* Makes commits of its own, unless several renders share them. */
static bool init_commits(struct render *r, struct err *err)
{
	const struct render_input *input = r->input;

	if (input->commits)
		return true;
	if (!lock_parse(input->lock, r->arena, &r->lock, err))
		return err_prefix(err, "%s", r->policy.lock.ptr);
	commits_init(&r->commits, &r->policy, input->lock.ptr ? &r->lock : NULL, input->ask, input->ask_context,
		     r->arena);
	return true;
}

static void start_plan(struct render *r)
{
	const struct plan_input input = {
		.policy = &r->policy,
		.manifest = &r->manifest,
		.commits = r->input->commits ? r->input->commits : &r->commits,
		.unused = r->input->unused,
		.streams = r->streams,
		.stream_count = r->input->file_count,
		.secret_key = r->input->secret_key,
		.ask = r->input->live,
		.ask_context = r->input->live_context,
		.watch = r->input->watch,
		.watch_context = r->input->watch_context,
		.extent = r->input->extent,
	};

	plan_init(&r->plan, &input, r->arena);
}

bool render_read(struct render *r, struct err *err)
{
	const struct render_input *input = r->input;

	if (!init_commits(r, err) || !add_streams(r, err))
		return false;
	/* Of refs alone few lines are asked for, unless there are many in one text. */
	for (size_t i = 0; r->policy.wants_places && i < input->file_count + input->external_count; i++)
		if (!r->policy.refs_only || r->streams[i].text.len >= LONG)
			r->streams[i].lines = lines_index(r->streams[i].text, r->arena);
	start_plan(r);
	if (render_length(input) >= MUCH)
		arena_expect_much(&r->plan.tree);
	return true;
}
