/* SPDX-License-Identifier: Apache-2.0 */
/*
 * soundness: what is left out for speed is left out rightly.
 *
 *     soundness [DIRECTORY...]       (default: ROLLSTAMP_CORPUS)
 *
 * For every .yaml and .json file below the directories:
 *  - a document that is not parsed, because it is plain and its kind can't matter, has no kind that matters when it is
 *    parsed after all;
 *  - what the lines of a plain ConfigMap or Secret tell of its identity is what its tree tells;
 *  - VERIFY_WINDOW and VERIFY_WHOLE come to the same end, in every --inject mode.
 *
 * Exit status 77, with a reason: there is no directory.
 */
#include "app/run.h"
#include "base/file.h"
#include "base/utf8.h"
#include "kube/identity.h"
#include "yaml/scalar.h"
#include "yaml/tree.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
	size_t files, documents, skipped, identities, stamped, failures;
} seen;

static struct arena arena; /* for one document, or one run */
static struct kinds kinds;

static void complain(const char *path, size_t line, const char *what, struct str detail)
{
	struct buf out = { 0 };

	err_print_safe(&out, detail);
	printf("%s:%zu: %s: %.*s\n", path, line, what, (int)out.len, out.len > 0 ? out.ptr : "");
	buf_release(&out);
	seen.failures++;
}

static void check_skipped(const char *path, const struct stream *stream, const struct document *document)
{
	struct node *root = NULL;
	struct str kind;
	struct err err;

	seen.skipped++;
	/* Leniently: what is refused otherwise must not matter either. */
	if (!tree_parse(stream_text(stream, document), READER_LENIENT, &arena, &root, &err) || !root)
		return;
	kind = scalar_get(root, "kind");
	if (kinds_matters(&kinds, kind))
		complain(path, stream_line(stream, document->body), "skipped, but its kind matters", kind);
}

static void check_identity(const char *path, const struct stream *stream, const struct document *document)
{
	struct identity plain, whole;
	struct node *root = NULL;
	struct err err;

	if (!identity_read_plain(stream, document, (struct str){ 0 }, &arena, &plain))
		return;
	if (!tree_parse(stream_text(stream, document), READER_STRICT, &arena, &root, &err) || !root)
		return;
	seen.identities++;
	whole = identity_read(root, (struct str){ 0 });
	if (!str_equal(plain.api_version, whole.api_version) || !str_equal(plain.kind, whole.kind) ||
	    !str_equal(plain.ns, whole.ns) || !str_equal(plain.name, whole.name) ||
	    identity_is_hook(&plain) != identity_is_hook(&whole) ||
	    identity_asks_ignored(&plain) != identity_asks_ignored(&whole))
		complain(path, stream_line(stream, document->body), "its lines tell another identity than its tree",
			 whole.name);
}

static void check_documents(const char *path, struct str text)
{
	struct arena documents = { 0 };
	struct utf8_facts facts;
	struct stream stream;
	struct err err;

	if (!utf8_check(text, &facts, &err))
		return;
	stream_split(&stream, str_from(path), text, facts, &documents);
	for (size_t i = 0; i < stream.count; i++) {
		const struct document *document = &stream.documents[i];

		seen.documents++;
		arena_reset(&arena);
		if (!document->plain)
			continue;
		if (!kinds_matters(&kinds, document->kind))
			check_skipped(path, &stream, document);
		else
			check_identity(path, &stream, document);
	}
	arena_release(&documents);
}

/* Everything that a run makes of it, as one text; on failure the message. */
static struct str run_once(const struct render_file *file, const struct options *options, enum verify_extent extent,
			   struct arena *keep)
{
	struct run_input input = {
		.options = options,
		.render = { .files = file, .file_count = 1, .extent = extent },
	};
	struct run_output output;
	struct buf out = { 0 };
	struct str result;
	struct err err;

	arena_reset(&arena);
	if (run(&input, &arena, &output, &err))
		for (size_t i = 0; i < output.count; i++)
			buf_add(&out, output.pieces[i]);
	else
		buf_printf(&out, "failed: %s", err.text);
	result = arena_dup(keep, buf_str(&out));
	buf_release(&out);
	return result;
}

static void check_mode(const char *path, struct str text, const char *mode)
{
	char *argv[] = { (char *)(uintptr_t) "rollstamp", (char *)(uintptr_t)mode, NULL };
	struct render_file file = { .name = str_from(path), .text = text };
	struct arena keep = { 0 };
	struct str window, whole;
	struct options options;
	struct err err;

	if (!options_read(2, argv, NULL, &keep, &options, &err)) {
		complain(path, 0, mode, str_from(err.text));
		return;
	}
	/* Nobody is there to be asked. */
	options.policy.git = GIT_OFF;
	window = run_once(&file, &options, VERIFY_WINDOW, &keep);
	whole = run_once(&file, &options, VERIFY_WHOLE, &keep);
	seen.stamped += !str_equal(window, text);
	if (!str_equal(window, whole))
		complain(path, 0, "VERIFY_WINDOW and VERIFY_WHOLE disagree with", str_from(mode));
	if (memmem(whole.ptr, whole.len, "this is a bug of rollstamp", strlen("this is a bug of rollstamp")))
		complain(path, 0, mode, whole.len < 1000 ? whole : str_from("a bug"));
	arena_release(&keep);
}

static int check_file(const char *path, const struct stat *status, int type, struct FTW *where)
{
	struct buf contents = { 0 };
	struct str name = str_from(path), text;
	struct err err;

	(void)status;
	(void)where;
	if (type != FTW_F || !(str_ends_with(name, ".yaml") || str_ends_with(name, ".json")))
		return 0;
	seen.files++;
	if (!file_read(path, 0, &contents, &err)) {
		complain(path, 0, "unreadable", str_from(err.text));
	} else {
		text = buf_str(&contents);
		check_documents(path, str_starts_with(text, "\xef\xbb\xbf") ? str_skip(text, 3) : text);
		check_mode(path, text, "--inject=annotations");
		check_mode(path, text, "--inject=env");
		check_mode(path, text, "--inject=both");
	}
	buf_release(&contents);
	return 0;
}

int main(int argc, char *argv[])
{
	const char *corpus = getenv("ROLLSTAMP_CORPUS");
	struct arena forever = { 0 };

	if (argc < 2 && !(corpus && *corpus)) {
		puts("ROLLSTAMP_CORPUS names no directory of manifests");
		return 77;
	}
	kinds_init(&kinds, &forever);
	if (argc < 2)
		nftw(corpus, check_file, 16, FTW_PHYS);
	for (int i = 1; i < argc; i++)
		nftw(argv[i], check_file, 16, FTW_PHYS);
	printf("%zu files, %zu documents: %zu skipped, %zu identities from lines; %zu runs that changed something; "
	       "%zu wrong\n",
	       seen.files, seen.documents, seen.skipped, seen.identities, seen.stamped, seen.failures);
	if (seen.skipped == 0 || seen.identities == 0 || seen.stamped == 0)
		puts("too little to show anything");
	arena_release(&arena);
	arena_release(&forever);
	return seen.failures > 0 || seen.skipped == 0 || seen.identities == 0 || seen.stamped == 0;
}
