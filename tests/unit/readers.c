/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readers: `block` and libyaml read the same trees.
 *
 *     readers [DIRECTORY...]       (default: ROLLSTAMP_CORPUS)
 *
 * For every document of every file below the directories: if block takes it, libyaml does, and both trees are the same to
 * the last field; and the same of every document cut short somewhere, and with a byte of it changed. Prints how many
 * documents block takes.
 *
 * Exit status 77, with a reason: there is no directory.
 */
#include "trees.h"

#include "base/err.h"
#include "base/file.h"
#include "base/utf8.h"
#include "yaml/block.h"
#include "yaml/stream.h"
#include "yaml/tree.h"

#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Changed copies of each document. */
#define VARIANTS 6

static struct {
	size_t files, documents, taken, bytes, taken_bytes, variants, taken_variants, failures;
} seen;

static struct arena arena; /* for one document */

static void complain(const char *path, size_t line, struct str difference)
{
	struct buf out = { 0 };

	err_print_safe(&out, difference);
	printf("%s:%zu: %.*s\n", path, line, (int)out.len, out.len > 0 ? out.ptr : "");
	buf_release(&out);
	seen.failures++;
}

/* Is it block's? Then it must be libyaml's, too. */
static bool compare(const char *path, size_t line, struct str text)
{
	struct node *ours = NULL, *theirs = NULL;
	struct str difference;
	struct err err;

	arena_reset(&arena);
	if (!block_parse(text, &arena, &ours))
		return false;
	if (!tree_parse_by_library(text, READER_STRICT, &arena, &theirs, &err)) {
		complain(path, line, arena_printf(&arena, "libyaml refuses what block takes: %s", err.text));
		return true;
	}
	difference = trees_difference(ours, theirs, &arena);
	if (difference.len > 0)
		complain(path, line, difference);
	return true;
}

/* The first is cut off, the others have one byte changed. They differ from document to document, not from run to run. */
static void compare_variants(const char *path, size_t line, struct str text)
{
	static const char bytes[] = " \n:-#'\"|>[{,\t.&\\a0";
	uint64_t state = text.len * UINT64_C(0x9e3779b97f4a7c15) + line;

	for (size_t i = 0; i < VARIANTS && text.len > 0; i++) {
		char *copy = malloc(text.len);
		size_t at;

		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		at = (size_t)(state >> 33) % text.len;
		if (!copy)
			arena_out_of_memory();
		memcpy(copy, text.ptr, text.len);
		copy[at] = bytes[(size_t)(state >> 20) % (sizeof(bytes) - 1)];
		seen.variants++;
		seen.taken_variants += compare(path, line, (struct str){ copy, i == 0 ? at : text.len });
		free(copy);
	}
}

static void compare_documents(const char *path, struct str text)
{
	struct utf8_facts facts = { .carriage = true, .odd_breaks = true };
	struct arena documents = { 0 };
	struct stream stream;

	stream_split(&stream, str_from(path), text, facts, &documents);
	for (size_t i = 0; i < stream.count; i++) {
		const struct document *document = &stream.documents[i];
		struct str one = stream_text(&stream, document);
		size_t line = stream_line(&stream, document->body);
		bool is_taken = compare(path, line, one);

		seen.documents++;
		seen.bytes += one.len;
		seen.taken += is_taken;
		seen.taken_bytes += is_taken ? one.len : 0;
		if (document->has_content && !is_taken && getenv("SHOW"))
			printf("%s:%zu\n", path, line);
		compare_variants(path, line, one);
	}
	arena_release(&documents);
}

static int compare_file(const char *path, const struct stat *status, int type, struct FTW *where)
{
	struct buf contents = { 0 };
	struct err err;

	(void)status;
	(void)where;
	if (type != FTW_F)
		return 0;
	seen.files++;
	if (file_read(path, 0, &contents, &err))
		compare_documents(path, buf_str(&contents));
	else
		complain(path, 0, str_from(err.text));
	buf_release(&contents);
	return 0;
}

int main(int argc, char *argv[])
{
	const char *corpus = getenv("ROLLSTAMP_CORPUS");

	if (argc < 2 && !(corpus && *corpus)) {
		puts("ROLLSTAMP_CORPUS names no directory of manifests");
		return 77;
	}
	if (argc < 2)
		nftw(corpus, compare_file, 16, FTW_PHYS);
	for (int i = 1; i < argc; i++)
		nftw(argv[i], compare_file, 16, FTW_PHYS);
	printf("%zu files, %zu documents of %zu bytes: block takes %zu of %zu bytes; of %zu variants it takes %zu; %zu "
	       "wrong\n",
	       seen.files, seen.documents, seen.bytes, seen.taken, seen.taken_bytes, seen.variants, seen.taken_variants,
	       seen.failures);
	arena_release(&arena);
	return seen.failures > 0 || seen.taken == 0 || seen.taken_variants == 0;
}
