/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run: the whole program, whatever the manifests and the options are.
 *
 * Where it succeeds, the output is the input with the edits of the report; they are insertions, or replace what says
 * nothing, unless there are aliases or earlier stamps; a second run changes nothing; and a report, and checking the
 * whole document, change no byte. Where it fails, there is one message, and it is never about a bug of ours.
 *
 * The first two bytes of the input choose options. The rest is the manifests; a byte 0x1e ends them, and what follows
 * is an external file, and behind another one, a second file of manifests.
 */
#include "check.h"

#include "app/digestcommand.h"
#include "app/listcommand.h"
#include "base/buf.h"

#include <jansson.h>
#include <string.h>

#define MAX_ARGUMENTS 24
#define PART_END '\x1e'
#define BOM "\xef\xbb\xbf"

/* What one input of the fuzzer comes to. */
struct job {
	struct options options;
	struct render_file files[2];
	size_t file_count;
	struct render_file external;
	bool has_key;
};

struct arguments {
	char *items[MAX_ARGUMENTS];
	int count;
};

static void add_argument(struct arguments *arguments, struct arena *arena, const char *text)
{
	char *copy = arena_alloc(arena, strlen(text) + 1);

	strcpy(copy, text);
	arguments->items[arguments->count++] = copy;
}

/* Options as a command line, so that they are read as they are in earnest. */
static void choose_options(struct choices *choices, struct arena *arena, struct job *job)
{
	static const char *const injects[] = { "--inject=annotations", "--inject=env", "--inject=both",
					       "--inject=both" };
	static const char *const volumes[] = { "--volumes=all", "--volumes=subpath", "--volumes=none",
					       "--volumes=all" };
	static const char *const more[] = { "--namespace=prod", "--secrets=off", "--strict" };
	static const char *const less_often[] = {
		"--kind=batch/Job=spec.template",
		"--kind=/Pod=metadata",
		"--ignore=configmap/a*",
		"--ignore=x/*",
		"--exclude=*/*=secret/*",
		"--unresolved-ok=*",
		"--report=r",
		"--log=l",
	};
	struct arguments arguments = { .count = 0 };
	unsigned first = choice_byte(choices), second = choice_byte(choices);
	struct err err;

	add_argument(&arguments, arena, "rollstamp");
	add_argument(&arguments, arena, injects[first & 3]);
	if ((first & 3) == 3)
		add_argument(&arguments, arena, "--change-cause");
	add_argument(&arguments, arena, volumes[first >> 2 & 3]);
	if ((first >> 2 & 3) == 3)
		add_argument(&arguments, arena, "--drop-checksums=*sum*");
	for (unsigned i = 0; i < 3; i++)
		if (first & 16u << i)
			add_argument(&arguments, arena, more[i]);
	for (unsigned i = 0; i < 8; i++)
		if (second & 1u << i)
			add_argument(&arguments, arena, less_often[i]);
	add_argument(&arguments, arena, "first.yaml");
	job->has_key = first & 128;
	arguments.items[arguments.count] = NULL;
	CHECK(options_read(arguments.count, arguments.items, NULL, arena, &job->options, &err));
}

static void choose_files(const struct choices *choices, struct arena *arena, struct job *job)
{
	struct str rest = choice_rest(choices);

	job->files[0] = (struct render_file){ STR("first.yaml"), check_copy(arena, str_cut(&rest, PART_END)) };
	job->external = (struct render_file){ STR("external.yaml"), check_copy(arena, str_cut(&rest, PART_END)) };
	job->files[1] = (struct render_file){ STR("second.yaml"), check_copy(arena, rest) };
	job->file_count = rest.len > 0 ? 2 : 1;
}

/* Stands in for the servers: every ref but a tag is there; hosts that begin with `x` fail. */
static bool answer(void *context, struct remote_query *queries, size_t count, struct arena *arena, struct err *err)
{
	(void)context;
	(void)err;
	for (size_t i = 0; i < count; i++) {
		struct remote_query *query = &queries[i];

		if (memmem(query->url.ptr, query->url.len, "//x", 3)) {
			query->failure = str_from("no answer");
			continue;
		}
		query->commits = arena_array(arena, query->name_count, sizeof(*query->commits));
		for (size_t k = 0; k < query->name_count; k++)
			if (!str_starts_with(query->names[k], "refs/tags/"))
				query->commits[k] = arena_printf(arena, "%040zx", query->names[k].len);
	}
	return true;
}

static bool no_cluster(void *context, const struct live_want *wants, size_t count, struct arena *arena,
		       struct str *manifests, struct err *err)
{
	(void)context;
	(void)wants;
	(void)count;
	(void)arena;
	(void)manifests;
	return err_set(err, "no cluster");
}

static bool run_job(const struct job *job, enum verify_extent extent, struct arena *arena, struct run_output *output,
		    struct err *err)
{
	struct run_input input = {
		.options = &job->options,
		.render.files = job->files,
		.render.file_count = job->file_count,
		.render.externals = &job->external,
		.render.external_count = 1,
		.render.extent = extent,
		.render.ask = answer,
		.render.live = no_cluster,
	};

	if (job->has_key)
		input.render.secret_key = str_from("key");
	return run(&input, arena, output, err);
}

/* The input as it is printed: with what stands between two files. */
static struct str join_files(const struct job *job, struct arena *arena)
{
	struct str first = job->files[0].text, second = job->files[1].text;
	struct buf joined = { 0 };
	struct str copy;

	buf_add(&joined, first);
	if (job->file_count == 2) {
		if (str_starts_with(second, BOM) && first.len > 0)
			second = str_skip(second, strlen(BOM));
		if (first.len > 0 && !str_is(first, BOM) && first.ptr[first.len - 1] != '\n')
			buf_add_char(&joined, '\n');
		if (first.len > 0 && !str_is(first, BOM) && !str_starts_with(second, "---"))
			buf_add_cstring(&joined, "---\n");
		buf_add(&joined, second);
	}
	copy = check_copy(arena, buf_str(&joined));
	buf_release(&joined);
	return copy;
}

static bool contains(struct str text, const char *what)
{
	return text.ptr && memmem(text.ptr, text.len, what, strlen(what)) != NULL;
}

/* Could an edit have to replace something? Earlier stamps may hide behind escapes, null behind tags. */
static bool may_replace(const struct job *job, struct str input)
{
	return job->options.policy.drop_checksums.count > 0 || contains(input, ".rollstamp.io/") ||
	       contains(input, "rollstamp:") || contains(input, "ROLLSTAMP_") || contains(input, "\\") ||
	       contains(input, "*") || contains(input, "!");
}

static bool says_nothing(struct str text)
{
	return text.len == 0 || str_is(text, "~") || str_is(text, "null") || str_is(text, "Null") ||
	       str_is(text, "NULL");
}

/* Follows the report from the input to the output. */
static void check_report(const struct job *job, struct str report, struct str input, struct str output)
{
	json_t *root = json_loadb(report.ptr, report.len, JSON_ALLOW_NUL, NULL), *edit;
	size_t at = 0, i;
	bool replaces = may_replace(job, input);
	struct buf edited = { 0 };

	CHECK_OF(root, report);
	CHECK(json_is_array(json_object_get(root, "edits")));
	json_array_foreach(json_object_get(root, "edits"), i, edit)
	{
		size_t from = (size_t)json_integer_value(json_object_get(edit, "from"));
		size_t to = (size_t)json_integer_value(json_object_get(edit, "to"));
		const char *text = json_string_value(json_object_get(edit, "text"));

		CHECK(from >= at && to >= from && to <= input.len && text);
		CHECK(str_is_ascii(str_from(text)));
		CHECK_OF(replaces || says_nothing(str_slice(input, (struct span){ from, to })), input);
		buf_add(&edited, str_slice(input, (struct span){ at, from }));
		buf_add_cstring(&edited, text);
		at = to;
	}
	buf_add(&edited, str_skip(input, at));
	CHECK_OF(str_equal(buf_str(&edited), output), output);
	buf_release(&edited);
	json_decref(root);
}

static void check_again(const struct job *job, struct str output, struct arena *arena)
{
	struct job again = *job;
	struct run_output second;
	struct err err;

	again.files[0].text = output;
	again.file_count = 1;
	if (!run_job(&again, VERIFY_WINDOW, arena, &second, &err))
		check_failed(__FILE__, __LINE__, "the output is accepted", "%s\n%.*s", err.text, STR_ARG(output));
	CHECK_OF(str_equal(check_join(arena, second.pieces, second.count), output), output);
}

static void check_refusal(const struct job *job, const struct err *err)
{
	bool admits = strstr(err->text, "please report it") != NULL;

	/* An object may be called that: libFuzzer reads what we look for. */
	for (size_t i = 0; i < job->file_count; i++)
		admits = admits && !contains(job->files[i].text, "please");
	CHECK_OF(!admits, str_from(err->text));
	check_message(err);
	CHECK(err->at == ERR_NOWHERE);
}

/* `list`, and the digest of what the corpus calls `a` most often. */
static void check_commands(const struct job *job, struct arena *arena)
{
	struct job other = *job;
	struct run_output output;
	struct err err;

	other.options.report = other.options.log = (struct str){ 0 };
	other.options.command = &listcommand;
	if (!run_job(&other, VERIFY_WINDOW, arena, &output, &err))
		check_refusal(job, &err);
	other.options.command = &digestcommand;
	other.options.object_name = str_from("app");
	if (!run_job(&other, VERIFY_WINDOW, arena, &output, &err))
		check_refusal(job, &err);
}

static void check_job(const struct job *job, struct arena *arena)
{
	struct job reported = *job;
	struct run_output output, same;
	struct err err, same_err;
	bool ok = run_job(job, VERIFY_WINDOW, arena, &output, &err);
	struct str text;

	reported.options.report = reported.options.log = str_from("given");
	CHECK(run_job(&reported, VERIFY_WHOLE, arena, &same, &same_err) == ok);
	if (!ok) {
		check_refusal(job, &err);
		CHECK(str_is(str_from(err.text), same_err.text));
		return;
	}
	text = check_join(arena, output.pieces, output.count);
	CHECK_OF(str_equal(check_join(arena, same.pieces, same.count), text), text);
	CHECK(same.log.len > 0);
	check_report(job, same.report, join_files(job, arena), text);
	check_again(job, text, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct choices choices = { data, size };
	struct arena arena;
	struct job job;

	arena_init(&arena);
	choose_options(&choices, &arena, &job);
	choose_files(&choices, &arena, &job);
	check_job(&job, &arena);
	if (job.options.log.ptr)
		check_commands(&job, &arena);
	arena_release(&arena);
	return 0;
}
