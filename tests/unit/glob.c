/* SPDX-License-Identifier: Apache-2.0 */
#include "base/glob.h"

#include "unit.h"

static void glob_star_matches_nothing_too(void **state)
{
	(void)state;
	assert_true(glob_matches(S("*"), S("")));
	assert_true(glob_matches(S("a*b"), S("ab")));
	assert_true(glob_matches(S(""), S("")));
	assert_false(glob_matches(S(""), S("a")));
}

static void glob_star_matches_dots_and_slashes(void **state)
{
	(void)state;
	assert_true(glob_matches(S("*"), S(".a/b.c")));
	assert_true(glob_matches(S("a*c"), S("a/./c")));
}

static void glob_matches_the_whole_text(void **state)
{
	(void)state;
	assert_false(glob_matches(S("a"), S("ab")));
	assert_false(glob_matches(S("b"), S("ab")));
	assert_true(glob_matches(S("?b"), S("ab")));
	assert_false(glob_matches(S("?"), S("ab")));
	assert_true(glob_matches(S("[a-c]x"), S("bx")));
	assert_false(glob_matches(S("[!a-c]x"), S("bx")));
	assert_true(glob_matches(S("a\\*"), S("a*")));
	assert_false(glob_matches(S("a\\*"), S("ab")));
}

/* The items of a list, with ` | ` between them. */
static struct str cut_all(const char *list)
{
	struct str rest = str_from(list);
	struct buf text = { 0 };
	const char *between = "";

	while (rest.ptr) {
		struct str item = glob_cut(&rest);

		buf_printf(&text, "%s%.*s", between, STR_ARG(item));
		between = " | ";
	}
	return buf_keep(&text, &unit_arena);
}

static void glob_lists_are_cut_outside_of_brackets(void **state)
{
	static const struct {
		const char *list, *items;
	} rows[] = {
		{ "a", "a" },
		{ "", "" },
		{ "a,b", "a | b" },
		{ ",a,,", " | a |  | " },
		{ "[a,b]*,c", "[a,b]* | c" },
		{ "x[!a,b],[^,]", "x[!a,b] | [^,]" },
		{ "[],],b", "[],] | b" },
		{ "[!],],b", "[!],] | b" },
		{ "[a\\],b],c", "[a\\],b] | c" },
		{ "[[:digit:],b]*,c", "[[:digit:],b]* | c" },
		{ "[^[:alpha:][:digit:],],c", "[^[:alpha:][:digit:],] | c" },
		/* These are no classes. */
		{ "[[:a,b:],c]", "[[:a,b:] | c]" },
		{ "[[:alpha],c]", "[[:alpha] | c]" },
		{ "[[:", "[[:" },
		{ "[[:alpha", "[[:alpha" },
		{ "a\\,b,c", "a\\,b | c" },
		{ "a\\[b,c]", "a\\[b | c]" },
		/* A bracket that does not close means itself. */
		{ "[a,b", "[a | b" },
		{ "[", "[" },
		{ "a,[!", "a | [!" },
		{ "a\\", "a\\" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_row(cut_all(rows[i].list), rows[i].items, rows[i].list);
}

static void glob_reads_no_further_than_its_texts(void **state)
{
	(void)state;
	assert_true(glob_matches(str_slice(S("web*"), (struct span){ 0, 3 }),
				 str_slice(S("webserver"), (struct span){ 0, 3 })));
}

static void glob_never_matches_a_nul(void **state)
{
	(void)state;
	assert_false(glob_matches(S("a"), S("a\0b")));
	assert_false(glob_matches(S("a\0b"), S("a")));
	assert_false(glob_matches(S("*"), S("a\0b")));
}

static void glob_tells_cases_apart_unless_asked_not_to(void **state)
{
	(void)state;
	assert_false(glob_matches(S("deployment"), S("Deployment")));
	assert_true(glob_matches_nocase(S("deploy*"), S("Deployment")));
	assert_true(glob_matches_nocase(S("[c-d]eployment"), S("Deployment")));
	assert_false(glob_matches_nocase(S("deploy"), S("Deployment")));
}

static void glob_begins_as_its_head_does(void **state)
{
	(void)state;
	assert_str(glob_head(S("dash-*")), "dash-");
	assert_str(glob_head(S("a?b*")), "a");
	assert_str(glob_head(S("[ab]")), "");
	assert_str(glob_head(S("a\\*")), "a");
	assert_str(glob_head(S("plain")), "plain");
	assert_str(glob_head(S("a\0b")), "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(glob_star_matches_nothing_too), TEST(glob_star_matches_dots_and_slashes),
		TEST(glob_matches_the_whole_text),   TEST(glob_reads_no_further_than_its_texts),
		TEST(glob_never_matches_a_nul),      TEST(glob_tells_cases_apart_unless_asked_not_to),
		TEST(glob_begins_as_its_head_does),  TEST(glob_lists_are_cut_outside_of_brackets),
	};

	return unit_run(tests);
}
