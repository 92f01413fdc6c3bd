/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/selector.h"

#include "unit.h"

/* "KEY=VALUE KEY=VALUE" */
static struct labels labels_of(const char *text)
{
	struct labels labels = { .items = arena_array(&unit_arena, 8, sizeof(struct label)) };
	struct str rest = str_from(text);

	while (rest.len > 0) {
		struct str value = str_cut(&rest, ' '), key = str_cut(&value, '=');

		labels.items[labels.count++] = (struct label){ .key = key, .value = value };
	}
	return labels;
}

static void labels_must_meet_every_requirement(void **state)
{
	static const struct {
		const char *selector, *labels;
		bool matches;
	} rows[] = {
		{ "a", "a=1", true },
		{ "a", "b=1", false },
		{ "!a", "b=1", true },
		{ "! a", "a=", false },
		{ "a=1", "a=1", true },
		{ " a == 1 ", "a=1", true },
		{ "a=1", "a=2", false },
		{ "a=1", "a=2 a=1", true },
		{ "a=1", "a=1 a=2", false },
		{ "a=", "a=", true },
		{ "a=", "b=", false },
		{ "a=,b", "a= b=", true },
		{ "a!=1", "a=2", true },
		{ "a!=1", "", true },
		{ "a!=1", "a=1", false },
		{ "a!=", "a=", false },
		{ "a in (1,2)", "a=2", true },
		{ "a in(2 , 1)", "a=1", true },
		{ "a in (1,2)", "a=3", false },
		{ "a in ()", "a=", true },
		{ "a in (1,)", "a=", true },
		{ "a in (,)", "a=1", false },
		{ "a notin (1,2)", "a=3", true },
		{ "a notin (1,2)", "b=1", true },
		{ "a notin (1,2)", "a=1", false },
		{ "in in (in)", "in=in", true },
		{ "notin", "notin=1", true },
		{ "a>9", "a=10", true },
		{ "a>9", "a=9", false },
		{ "a>9", "a=x", false },
		{ "a>9", "", false },
		{ "a<9", "a=-1", true },
		{ "a,b,c", "a=1 b=1", false },
		{ "a=1,b!=2,!c", "a=1 b=3", true },
		{ "example.com/a=1", "example.com/a=1", true },
		{ "a.b_c-d=E.F_g-h", "a.b_c-d=E.F_g-h", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct labels labels = labels_of(rows[i].labels);
		struct selector selector;

		unit_assert_succeeds(selector_parse(str_from(rows[i].selector), &unit_arena, &selector, &unit_err),
				     rows[i].selector, __FILE__, __LINE__);
		assert_for(selector_matches(&selector, &labels) == rows[i].matches, rows[i].selector);
	}
}

static void what_kubernetes_does_not_take_is_refused(void **state)
{
	static const struct {
		const char *selector, *error;
	} rows[] = {
		{ "", "the name of a label is missing at its end" },
		{ " ", "the name of a label is missing at its end" },
		{ "a,", "the name of a label is missing at its end" },
		{ ",a", "',' stands where the name of a label is expected" },
		{ "a,,b", "',' stands where the name of a label is expected" },
		{ "a b", "'b' stands where =, !=, in, notin, <, > or a comma is expected" },
		{ "a=b c", "'c' stands where a comma is expected" },
		{ "!a=b", "'=' stands where a comma is expected" },
		{ "a=!b", "'!' stands where a value is expected" },
		{ "a in b", "'b' stands where a list in parentheses is expected" },
		{ "a in", "a list in parentheses is missing at its end" },
		{ "a in (b", "a comma or the end of the list is missing at its end" },
		{ "a in (b c)", "'c' stands where a comma or the end of the list is expected" },
		{ "a)", "')' stands where" },
		{ "a>b", "'b' is no integer" },
		{ "a<", "'' is no integer" },
		{ "a>99999999999999999999", "is no integer" },
		{ "-a", "'-a' can't be the name of a label" },
		{ "/a", "'/a' can't be the name of a label" },
		{ "a/", "'a/' can't be the name of a label" },
		{ "a/b/c", "'a/b/c' can't be the name of a label" },
		{ "Example.com/a", "can't be the name of a label" },
		{ "a..b/c", "can't be the name of a label" },
		{ "a=b/c", "'b/c' can't be the value of a label" },
		{ "a=b*", "'b*' can't be the value of a label" },
		{ "a=\xc3\xa4", "can't be the value of a label" },
		{ "a123456789012345678901234567890123456789012345678901234567890123", "can't be the name of a label" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct selector selector;

		unit_assert_fails(selector_parse(str_from(rows[i].selector), &unit_arena, &selector, &unit_err),
				  rows[i].error, rows[i].selector, __FILE__, __LINE__);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(labels_must_meet_every_requirement),
		TEST(what_kubernetes_does_not_take_is_refused),
	};

	return unit_run(tests);
}
