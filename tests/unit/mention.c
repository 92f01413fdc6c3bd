/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/mention.h"

#include "unit.h"
#include "yaml/tree.h"

#include <string.h>

#define WORD ".io/ab"

static void a_word_is_found_in_whatever_way_it_is_written(void **state)
{
	static const char *const texts[] = {
		"x.io/ab",
		"\"\\x2eio/ab\"",
		"\".\\x69\\u006f/ab\"",
		"\".io\\/ab\"",
		"\".i\\U0000006F/ab\"",
		"\".io/a\\x62\"",
		"\"\\x2e\\x69\\x6f\\x2f\\x61\\x62\"",
		"\"x.i\\\n  o/ab\"",
		"\"x.i\\\r\n\to/ab\"",
		"\"x\\\n .io/ab\"",
		"\".i\\\r o/ab\"",
		"\".i\\\xc2\x85o/ab\"",
		"\".i\\\xe2\x80\xa8 o/ab\"",
		"\".\\\n  \\\n  \\x69\\\no/\\\n ab\"",
		"\"\\\\ \\x2a.i\\x6f/ab\"",
		"\"..io\\x2fab\"",
		"\"\\x2e.io\\x2fab\"",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct node *root;

		assert_for(mention_of(str_from(texts[i]), WORD), texts[i]);
		/* The reader agrees. */
		assert_succeeds(tree_parse(str_from(texts[i]), READER_STRICT, &unit_arena, &root, &unit_err));
		assert_for(str_contains(root->value, WORD), texts[i]);
	}
}

static void another_word_is_not(void **state)
{
	static const char *const texts[] = {
		"",
		"\\",
		"\\x",
		"\\x2",
		"\\u002",
		".io/a",
		".io/a\\",
		"\".io/a\\x63\"",
		"\".io/a\\x6g\"",
		"\".io/a\\x\"",
		"\".io/a\\n\"",
		"\".io/a\\u0162\"",
		"\".io/a\\U10000062\"",
		"\".io/a\\U00010062\"",
		"\".io/a\\\n\"",
		"\".io/a\n b\"",
		"\".io/a\\\\x62\"",
		"\"\\x2eio/a\"",
		"\\u002eio\\u002fa",
		"\".io /ab\"",
	};

	static const char *const words[] = { "nothing", WORD, NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_for(!mention_of(str_from(texts[i]), WORD), texts[i]);
	assert_false(mention_of_any(S("\"x.io/a\""), words));
	assert_true(mention_of_any(S("\"\\x2eio/ab\""), words));
}

/* Every cut of a text ends within it. */
static void what_is_cut_off_is_not_read(void **state)
{
	static const char text[] = "\"\\x2e\\\r\n  i\\u006f\\/\\U00000061\\x62";

	(void)state;
	for (size_t length = 0; length <= strlen(text); length++) {
		char *copy = arena_alloc(&unit_arena, length + 1);

		memcpy(copy, text, length);
		assert_for(mention_of((struct str){ copy, length }, WORD) == (length == strlen(text)), text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_word_is_found_in_whatever_way_it_is_written),
		TEST(another_word_is_not),
		TEST(what_is_cut_off_is_not_read),
	};

	return unit_run(tests);
}
