/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/block.h"
#include "yaml/scalar.h"
#include "yaml/tree.h"

#include "trees.h"
#include "unit.h"

#include <string.h>

/* Texts that are ours: libyaml reads the same tree. */
static const char *const ours[] = {
	"a: b\n",
	"a: b",
	"a:\n",
	"a:",
	"---\na: b\n",
	"--- # c\n\n  # d\na: b\n# e\n\n",
	"\n\n# c\na: b\n   ",
	"  a: b\n  c: d\n",
	/* Collections in each other. */
	"a:\n  b:\n    c: d\n  e: f\ng: h\n",
	"- a\n- b\n",
	"-\n- a\n-\n",
	"- - a\n  - b\n- - - c\n",
	"- a: b\n  c: d\n-   e: f\n    g: h\n",
	"a:\n- b\n- c: d\n  e: f\ng: h\n",
	"a:\n  - b\n  -\n    c: d\n",
	"- a:\n  - b\n  c: d\n- e:\n- f\n",
	"a:\n- - b\n- c\n",
	"a: # c\n\n  # d\n  b: c # e\n",
	"a:\n    b\nc:\n  'd'\ne:\n   [f]\ng:\n  |\n  h\n",
	/* Plain text. */
	"a: b c  d # e\nf: g#h i:j -k\n",
	"a: -1\nb: http://x:80/#y\nc: a, b]}\n",
	"a: b\n  c\n  d  \n\n\n  e\nf: g\n",
	"a: b\n  - c\n  \"d\n  # e\nf: g\n",
	"- a\n  b\n- c\n",
	"\xc3\xa4: \xe2\x82\xac\nb: {\xf0\x9f\x98\x80: c}\n",
	"---a: b\n...b: c\n-c: d\n",
	/* Quoted text. */
	"'a': 'b''c' # d\n\"e\": \"f\\n\\\"\\\\\\/\\u00e4\\x41\"\n",
	"a: ''\nb: \"\"\nc: ' # '\nd: \": \"\n",
	"\"a\tb\": 'c\td'\n",
	"\"<<\": a\n",
	"a: <<\n",
	/* Literal and folded text. */
	"a: |\n  b\n   c\n\n  d\ne: f\n",
	"a: >\n  b\n  c\n\n  d\n   e\n\n  f\n",
	"a: |-\n  b\n\n\nc: >+\n  d\n\n\ne: f\n",
	"a: |+\n\n\nb: |\nc: >-\n",
	"a: |2\n    b\nc: |1-\n  d\n",
	"- |\n a\n- >-\n  b\n",
	"a: |\n  b\n # c\nd: e\n",
	"a: | # c\n  b\n",
	"a: |\n  b\n  ",
	"a: |\n  b\n    ",
	"a: |\n      \nb: c\n",
	"a: |\n  b\n  \tc\n   \t\n  d\t\n",
	"a: |2\n  \tb\n",
	/* Collections in brackets. */
	"a: []\nb: {}\nc: [ ]\n",
	"a: [b, \"c\", 'd', [e], {f: g}] # h\n",
	"a: {b: c d, \"e\": [f]}\n",
	"- [a:b, c-d, -e, f.g/h]\n",
};

static struct node *parse_block(struct str text)
{
	struct node *root = NULL;

	return block_parse(text, &unit_arena, &root) ? root : NULL;
}

static void what_is_ours_is_read_as_libyaml_reads_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ours); i++) {
		struct str text = str_from(ours[i]);
		struct node *block = parse_block(text), *library = NULL;
		struct err err;

		assert_for(block, ours[i]);
		assert_for(tree_parse_by_library(text, READER_STRICT, &unit_arena, &library, &err), ours[i]);
		assert_row(trees_difference(block, library, &unit_arena), "", ours[i]);
		assert_for(tree_is_judged(text, &unit_arena), ours[i]);
	}
}

/* Texts that are not ours, though libyaml reads many of them. */
static const char *const others[] = {
	"",
	"\n",
	"# c\n",
	"---\n",
	"a\n",
	"'a'\n",
	"[]\n",
	"{\"a\": 1}\n",
	"|\n a\n",
	/* What has a meaning of its own. */
	"a: &b c\n",
	"a: *b\n",
	"a: !!str b\n",
	"? a\n: b\n",
	"<<: a\n",
	"%YAML 1.1\n---\na: b\n",
	"--- a: b\n",
	"--- - a\n",
	"a: b\n---\nc: d\n",
	"a: b\n...\n",
	"a: b\n... \n",
	"a: b\n...\t\n",
	/* Tabs, carriage returns and characters that are line breaks for libyaml or are refused. */
	"a:\tb\n",
	"a: b\t\n",
	"a: b\tc\n",
	"\ta: b\n",
	"a:\n\tb: c\n",
	"a: b\n\t\n",
	"a: |\n\tb\n",
	"a: |\n  \n \tb\n",
	"a: |\n  \tb\n",
	"a: |\n      \n  b: c\n",
	"a: b\r\n",
	"a: b\rc: d\n",
	"a: b\xc2\x85"
	"c: d\n",
	"a: 'b\xe2\x80\xa8'\n",
	"a: 'b\xe2\x80\xa9'\n",
	"\xef\xbb\xbf"
	"a: b\n",
	"a: '\x01'\n",
	"a: '\x7f'\n",
	"a: '\xc2\x80'\n",
	"a: '\xef\xbf\xbe'\n",
	"a: '\xff'\n",
	/* A column that is not open, and what is no entry of the collection there. */
	"a:\n    b: c\n  d: e\n",
	"  a: b\nc: d\n",
	"a: b\n  c: d\n",
	"a: 'b'\n  c: d\n",
	"- a\nb: c\n",
	"a: b\n- c\n",
	"a: b\nc\n",
	"a:\n  - b\n- c\n",
	"- a: b\n  - c\n",
	"a: b\n  # c\n  d\n",
	/* Keys. */
	"a : b\n",
	"a:b\n",
	"'a' : b\n",
	"\"a\":b\n",
	"[a]: b\n",
	"a: b: c\n",
	"a: b:\n",
	"a\n b: c\n",
	"- a\n  b: c\n",
	/* Text. */
	"a: \"b\n  c\"\n",
	"a: 'b\n  c'\n",
	"a: 'b'#c\n",
	"a: 'b'c\n",
	"a: \"\\z\"\n",
	"a: \"\\ud83d\\ude00\"\n",
	"a: \"\\u12\"\n",
	"a: \"b\\\n",
	"a: - b\n",
	"a: ? b\n",
	"a: @b\n",
	"a: %b\n",
	"a: #b: c\n  d\n  e: f\n",
	"a: |x\n",
	"a: |0\n",
	"a: |#c\n",
	"a: |+-\n",
	/* Brackets. */
	"a: [b\n  ]\n",
	"a: [b,]\n",
	"a: [b: c]\n",
	"a: {b}\n",
	"a: {b: }\n",
	"a: {b:c}\n",
	"a: {<<: b}\n",
	"a: [b] c\n",
	"a: [b]#c\n",
};

static void what_is_not_ours_is_left_to_libyaml(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		assert_for(!parse_block(str_from(others[i])), others[i]);
		assert_for(!tree_is_judged(str_from(others[i]), &unit_arena), others[i]);
	}
}

/* `count` times `piece`, then `tail`. */
static struct str repeat(const char *piece, size_t count, const char *tail)
{
	struct buf text = { 0 };
	struct str copy;

	for (size_t i = 0; i < count; i++)
		buf_add_cstring(&text, piece);
	buf_add_cstring(&text, tail);
	copy = arena_dup(&unit_arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

static void what_is_deeper_than_any_document_may_be_is_not_ours(void **state)
{
	(void)state;
	assert_non_null(parse_block(repeat("- ", NODE_DEPTH, "a")));
	assert_null(parse_block(repeat("- ", NODE_DEPTH + 1, "a")));
	assert_non_null(parse_block(repeat("- ", NODE_DEPTH - 1, "[]")));
	assert_null(parse_block(repeat("- ", NODE_DEPTH, "[]")));
}

static void what_has_more_nodes_than_any_document_may_have_is_not_ours(void **state)
{
	(void)state;
	assert_non_null(parse_block(repeat("-\n", 200000, "")));
	assert_null(parse_block(repeat("-\n", 270000, "")));
}

static void a_limit_of_nodes_is_kept(void **state)
{
	struct node *root = NULL;

	(void)state;
	assert_true(block_parse_rest(S("a: b\nc: [d]\n"), (struct span){ 0 }, 6, &unit_arena, &root));
	assert_false(block_parse_rest(S("a: b\nc: [d]\n"), (struct span){ 0 }, 5, &unit_arena, &root));
}

static void the_rest_of_a_text_is_the_same_without_an_entry_that_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ours); i++)
		assert_row(trees_rest_difference(str_from(ours[i]), &unit_arena), "", ours[i]);
}

/* Where the caller has found out that it is YAML, nothing of it is looked at. */
static void what_is_known_is_not_read(void **state)
{
	struct node *root = NULL;

	(void)state;
	assert_true(block_parse_rest(S("a: b\nc: &d [e\nf: g\n"), (struct span){ 5, 14 }, 10, &unit_arena, &root));
	assert_str(scalar_get(root, "a"), "b");
	assert_str(scalar_get(root, "c"), "");
	assert_str(scalar_get(root, "f"), "g");
	assert_true(block_parse_rest(S("a: b\nc: &d [e\n"), (struct span){ 5, 14 }, 10, &unit_arena, &root));
	assert_null(root->child->next->next->next->next);
	/* The same bytes where no entry of the first mapping begins there. */
	assert_false(block_parse_rest(S("a:\n  c: &d [e\nf: g\n"), (struct span){ 5, 14 }, 10, &unit_arena, &root));
	/* What follows must be an entry. */
	assert_false(block_parse_rest(S("a: b\nc:\n- d\n"), (struct span){ 5, 8 }, 10, &unit_arena, &root));
}

static void a_key_that_is_longer_than_libyaml_allows_is_not_ours(void **state)
{
	(void)state;
	assert_non_null(parse_block(repeat("a", 1000, ": b\n")));
	assert_null(parse_block(repeat("a", 1001, ": b\n")));
	assert_null(parse_block(repeat("a", 1100, ": b\n")));
}

static void the_root_is_untouched_where_it_is_not_ours(void **state)
{
	struct node *root = (struct node *)state;

	assert_false(block_parse(S("a: b\nc: *d\n"), &unit_arena, &root));
	assert_ptr_equal(root, (struct node *)state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_ours_is_read_as_libyaml_reads_it),
		TEST(what_is_not_ours_is_left_to_libyaml),
		TEST(what_is_deeper_than_any_document_may_be_is_not_ours),
		TEST(what_has_more_nodes_than_any_document_may_have_is_not_ours),
		TEST(a_limit_of_nodes_is_kept),
		TEST(the_rest_of_a_text_is_the_same_without_an_entry_that_is_known),
		TEST(what_is_known_is_not_read),
		TEST(a_key_that_is_longer_than_libyaml_allows_is_not_ours),
		TEST(the_root_is_untouched_where_it_is_not_ours),
	};

	return unit_run(tests);
}
