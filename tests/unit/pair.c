/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/pair.h"

#include "unit.h"

#include <string.h>

static void pairs_are_read(void **state)
{
	static const struct {
		const char *text, *repository, *ref, *default_ref;
		bool pins;
	} rows[] = {
		{ "A:B", "A", "B", "HEAD", false },         { "A:B:main", "A", "B", "main", false },
		{ "A:B:pin", "A", "B", "HEAD", true },      { "A:B:pin:pin", "A", "B", "pin", true },
		{ "A:B:main:pin", "A", "B", "main", true }, { "A:B:feature/x", "A", "B", "feature/x", false },
		{ "_a1:b_2", "_a1", "b_2", "HEAD", false },
	};
	static const char *const wrong[] = { "",         "A",         "A:",           ":B",          "A:B:",
					     "A:B::pin", "A:B:main:", "A:B:m:pinned", "A:B:m:pin:",  "1A:B",
					     "A:1B",     "A-B:C",     "A B:C",        "A:B:m:pin:x", "A:B:pin:m" };
	struct pair pair;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_succeeds(pair_parse(str_from(rows[i].text), &pair, &unit_err));
		assert_row(pair.repository, rows[i].repository, rows[i].text);
		assert_row(pair.refs[0], rows[i].ref, rows[i].text);
		assert_row(pair.refs[1], "", rows[i].text);
		assert_row(pair.default_ref, rows[i].default_ref, rows[i].text);
		assert_for(pair.pins == rows[i].pins, rows[i].text);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct pair before = { .repository = S("kept") };

		pair = before;
		assert_for(!pair_parse(str_from(wrong[i]), &pair, &unit_err), wrong[i]);
		assert_for(strstr(unit_err.text, "write REPO_VAR:REF_VAR[:DEFAULT_REF][:pin]") != NULL, wrong[i]);
		assert_for(memcmp(&pair, &before, sizeof(pair)) == 0, wrong[i]);
	}
}

static void the_known_pairs_are_those_of_the_table(void **state)
{
	static const char *const table[] = {
		"GIT_REPO GIT_CHECKOUT_BRANCH master pin",     "GIT_REPO GIT_BRANCH,GIT_REF HEAD",
		"GIT_REPO_URL GIT_BRANCH,GIT_COMMIT_SHA HEAD", "REPO_URL REPO_BRANCH HEAD",
		"CONFIG_REPO_URL CONFIG_REPO_BRANCH HEAD",     "CONFIG_REPO CONFIG_REPO_BRANCH HEAD",
	};
	const struct pair *known;
	size_t count;

	(void)state;
	known = pair_known(&count);
	assert_int_equal(count, COUNT(table));
	for (size_t i = 0; i < count; i++) {
		const struct pair *pair = &known[i];

		assert_row(arena_printf(&unit_arena, "%.*s %.*s%s%.*s %.*s%s", STR_ARG(pair->repository),
					STR_ARG(pair->refs[0]), pair->refs[1].len > 0 ? "," : "",
					STR_ARG(pair->refs[1]), STR_ARG(pair->default_ref), pair->pins ? " pin" : ""),
			   table[i], table[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pairs_are_read),
		TEST(the_known_pairs_are_those_of_the_table),
	};

	return unit_run(tests);
}
