/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Block: whatever our own reader takes, libyaml reads as the very same tree, and so is the rest where an entry is known.
 *
 * The first byte of the input says whether the rest is text, or choices for plain block text (blocks.h) or for YAML in all
 * of its styles (grammar.h). With BLOCK_COUNTS set in the environment, how many inputs block took is told at the end: where
 * it takes few, nothing has been shown.
 */
#include "../unit/trees.h"
#include "blocks.h"
#include "check.h"
#include "grammar.h"

#include "yaml/block.h"
#include "yaml/tree.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned long long inputs, taken;

static void tell_counts(void)
{
	fprintf(stderr, "block took %llu of %llu inputs\n", taken, inputs);
}

static void check_text(struct str text)
{
	struct node *ours = NULL, *theirs = NULL;
	struct arena arena;
	struct err err;

	inputs++;
	arena_init(&arena);
	if (block_parse(text, &arena, &ours)) {
		taken++;
		CHECK_OF(tree_parse_by_library(text, READER_STRICT, &arena, &theirs, &err), text);
		if (trees_difference(ours, theirs, &arena).len > 0)
			check_failed(__FILE__, __LINE__, trees_difference(ours, theirs, &arena).ptr, "%.*s",
				     STR_ARG(text));
		if (trees_rest_difference(text, &arena).len > 0)
			check_failed(__FILE__, __LINE__, trees_rest_difference(text, &arena).ptr, "%.*s",
				     STR_ARG(text));
	}
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct choices choices = { data, size };
	unsigned kind = choice_byte(&choices) % 16;
	struct buf text = { 0 };
	struct arena arena;

	if (inputs == 0 && getenv("BLOCK_COUNTS"))
		atexit(tell_counts);
	if (kind < 12)
		blocks_document(&choices, &text);
	else if (kind < 13)
		grammar_document(&choices, &text);
	else
		buf_add(&text, choice_rest(&choices));
	arena_init(&arena);
	check_text(check_copy(&arena, buf_str(&text)));
	arena_release(&arena);
	buf_release(&text);
	return 0;
}
