/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/bygit.h"

#include "unit.h"

#define A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B40 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C64 "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static struct str commits[3];

/* What the text says of HEAD, refs/heads/main and refs/tags/v1. */
static bool read_text(const char *text)
{
	static const struct str names[] = { STR("HEAD"), STR("refs/heads/main"), STR("refs/tags/v1") };
	struct map index;

	map_init(&index, &unit_arena);
	for (size_t i = 0; i < COUNT(names); i++) {
		commits[i] = (struct str){ 0 };
		map_set(&index, names[i], &commits[i]);
	}
	return bygit_read(str_from(text), &index, &unit_arena);
}

static void full_names_count_and_others_do_not(void **state)
{
	(void)state;
	assert_true(read_text(A40 "\tHEAD\n" B40 "\trefs/heads/a/main\n" B40 "\trefs/heads/refs/heads/main\n" A40
				  "\trefs/heads/main\n" B40 "\tmain\n" B40 "\trefs/remotes/origin/HEAD\n"));
	assert_str(commits[0], A40);
	assert_str(commits[1], A40);
	assert_str(commits[2], "");
}

static void a_tag_is_what_it_tags(void **state)
{
	(void)state;
	assert_true(read_text(A40 "\trefs/tags/v1\n" B40 "\trefs/tags/v1^{}\n"));
	assert_str(commits[2], B40);
	/* In any order. */
	assert_true(read_text(B40 "\trefs/tags/v1^{}\n" A40 "\trefs/tags/v1\n"));
	assert_str(commits[2], B40);
}

static void no_refs_are_a_listing_and_long_hashes_are_commits(void **state)
{
	(void)state;
	assert_true(read_text(""));
	assert_str(commits[0], "");
	assert_true(read_text(C64 "\tHEAD\n"));
	assert_str(commits[0], C64);
}

static void what_is_no_listing_is_none(void **state)
{
	static const char *const rows[] = {
		"usage: git ls-remote\n",
		"\n",
		A40 "\n",
		A40 " HEAD\n",
		"\tHEAD\n",
		"a\tHEAD\n",
		A40 "a\tHEAD\n",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\tHEAD\n",
		"ref: refs/heads/main\tHEAD\n",
		A40 "\tHEAD\nwarning: x\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(!read_text(rows[i]), rows[i]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(full_names_count_and_others_do_not),
		TEST(a_tag_is_what_it_tags),
		TEST(no_refs_are_a_listing_and_long_hashes_are_commits),
		TEST(what_is_no_listing_is_none),
	};

	return unit_run(tests);
}
