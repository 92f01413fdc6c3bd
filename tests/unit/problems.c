/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "plan/problems.h"

#include "unit.h"

#include <string.h>

static struct stream stream;
static struct problems problems;

static void begin(void)
{
	struct str text = str_from("kind: Deployment\nmetadata: {name: web}\n");

	stream_split(&stream, str_from("input"), text, (struct utf8_facts){ 0 }, &unit_arena);
	problems_init(&problems, &unit_arena);
}

/* `what` of Deployment `name`, at byte `at` of the only document. */
static void refuse(struct problems *to, const char *what, const char *name, size_t at)
{
	const struct refusal refusal = {
		.what = str_from(what),
		.kind = str_from("Deployment"),
		.name = str_from(name),
		.place = place_of(&stream, &stream.documents[0], NULL, at),
		.message = arena_printf(&unit_arena, "%s is not there", what),
	};

	problems_refuse(to, &refusal);
}

#define PLACE "Deployment web (line 2 of rendered document 1, input line 2): "

static void nothing_that_is_refused_is_allowed(void **state)
{
	(void)state;
	begin();
	assert_succeeds(problems_allow(&problems, &unit_err));
	problems_add(&problems, PROBLEM_UNRESOLVED, str_from("Secret s"));
	assert_succeeds(problems_allow(&problems, &unit_err));
}

static void the_first_refusal_is_told_with_its_place(void **state)
{
	(void)state;
	begin();
	refuse(&problems, "Secret s", "web", 20);
	assert_false(problems_allow(&problems, &unit_err));
	assert_string_equal(unit_err.text, PLACE "Secret s is not there");
}

static void the_others_are_named(void **state)
{
	(void)state;
	begin();
	refuse(&problems, "Secret s", "web", 20);
	refuse(&problems, "ConfigMap c", "api", 0);
	refuse(&problems, "ConfigMap d", "api", 0);
	assert_false(problems_allow(&problems, &unit_err));
	assert_string_equal(unit_err.text,
			    PLACE "Secret s is not there; also unresolved: ConfigMap c of Deployment api, "
				  "ConfigMap d of Deployment api");
}

static void words_without_a_meaning_are_not_called_unresolved(void **state)
{
	(void)state;
	begin();
	problems_add(&problems, PROBLEM_FINDING, str_from("annotation rollstamp.io/x of Deployment api"));
	refuse(&problems, "Secret s", "web", 20);
	refuse(&problems, "annotation rollstamp.io/x", "api", 0);
	assert_false(problems_allow(&problems, &unit_err));
	assert_string_equal(unit_err.text,
			    PLACE "Secret s is not there; also: annotation rollstamp.io/x of Deployment api");
}

static void of_very_many_only_the_number_is_told(void **state)
{
	(void)state;
	begin();
	for (size_t i = 0; i < 1 + PROBLEMS_NAMED; i++)
		refuse(&problems, "Secret s", "web", 20);
	assert_false(problems_allow(&problems, &unit_err));
	assert_null(strstr(unit_err.text, "more"));
	refuse(&problems, "Secret s", "web", 20);
	refuse(&problems, "Secret s", "web", 20);
	assert_false(problems_allow(&problems, &unit_err));
	assert_non_null(strstr(unit_err.text, "Secret s of Deployment web and 2 more (see rollstamp list)"));
}

static void problems_are_put_behind_one_another(void **state)
{
	struct problems early, late;

	(void)state;
	begin();
	problems_init(&early, &unit_arena);
	problems_init(&late, &unit_arena);
	problems_add(&late, PROBLEM_UNRESOLVED, str_from("Secret late"));
	for (size_t i = 0; i < PROBLEMS_NAMED + 5; i++)
		refuse(&late, "Secret late", "api", 0);
	problems_add(&early, PROBLEM_UNRESOLVED, str_from("Secret early"));
	refuse(&early, "Secret early", "web", 20);
	problems_move(&problems, &early);
	problems_move(&problems, &late);
	assert_str(problems.items[0].what, "Secret early");
	assert_str(problems.items[1].what, "Secret late");
	assert_false(problems_allow(&problems, &unit_err));
	assert_non_null(strstr(unit_err.text, PLACE "Secret early is not there; also unresolved: Secret late"));
	assert_non_null(strstr(unit_err.text, " and 5 more (see rollstamp list)"));
	problems_reset(&problems);
	assert_succeeds(problems_allow(&problems, &unit_err));
	assert_int_equal(problems_count(&problems, PROBLEM_UNRESOLVED), 0);
}

static void what_is_there_twice_counts_once(void **state)
{
	(void)state;
	begin();
	problems_add(&problems, PROBLEM_UNRESOLVED, str_from("Secret s"));
	problems_add(&problems, PROBLEM_UNRESOLVED, str_from("Secret s"));
	problems_add(&problems, PROBLEM_NOTE, str_from("Secret s"));
	assert_int_equal(problems_count(&problems, PROBLEM_UNRESOLVED), 1);
	assert_int_equal(problems_count(&problems, PROBLEM_FINDING), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_that_is_refused_is_allowed),
		TEST(the_first_refusal_is_told_with_its_place),
		TEST(the_others_are_named),
		TEST(words_without_a_meaning_are_not_called_unresolved),
		TEST(of_very_many_only_the_number_is_told),
		TEST(problems_are_put_behind_one_another),
		TEST(what_is_there_twice_counts_once),
	};

	return unit_run(tests);
}
