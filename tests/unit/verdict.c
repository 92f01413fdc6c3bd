/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/verdict.h"

#include "unit.h"

static struct problems problems;

static void add(enum problem_type type, const char *what)
{
	problems_add(&problems, type, str_from(what));
}

static struct str verdict(size_t stamps, size_t workloads)
{
	struct verdict_counts counts = { .stamps = stamps, .workloads = workloads };
	struct buf line = { 0 };

	verdict_print(&problems, &counts, &line);
	return buf_keep(&line, &unit_arena);
}

static void nothing_is_said_without_a_problem(void **state)
{
	(void)state;
	problems_init(&problems, &unit_arena);
	assert_str(verdict(12, 9), "");
}

static void one_problem_is_named(void **state)
{
	(void)state;
	problems_init(&problems, &unit_arena);
	add(PROBLEM_UNRESOLVED, "ConfigMap frconfig");
	assert_str(verdict(1, 1), "1 stamp in 1 workload; not resolved: ConfigMap frconfig: see rollstamp list");
}

static void what_several_workloads_lack_counts_once(void **state)
{
	(void)state;
	problems_init(&problems, &unit_arena);
	add(PROBLEM_UNRESOLVED, "ConfigMap a");
	add(PROBLEM_UNRESOLVED, "Secret b");
	add(PROBLEM_UNRESOLVED, "ConfigMap a");
	assert_str(verdict(12, 9),
		   "12 stamps in 9 workloads; not resolved: ConfigMap a (and 1 more): see rollstamp list");
	assert_int_equal(problems_count(&problems, PROBLEM_UNRESOLVED), 2);
	assert_int_equal(problems_count(&problems, PROBLEM_FINDING), 0);
}

static void the_first_problem_of_a_type_is_named(void **state)
{
	(void)state;
	problems_init(&problems, &unit_arena);
	add(PROBLEM_NOTE, "--ignore=old");
	add(PROBLEM_UNRESOLVED, "Secret z");
	add(PROBLEM_UNRESOLVED, "Secret a");
	add(PROBLEM_UNRESOLVED, "Secret b");
	assert_str(verdict(0, 0),
		   "0 stamps in 0 workloads; not resolved: Secret z (and 2 more); fits nothing: --ignore=old: see "
		   "rollstamp list");
}

static void every_type_has_its_own_part(void **state)
{
	(void)state;
	problems_init(&problems, &unit_arena);
	add(PROBLEM_NOTE, "--ignore=old");
	add(PROBLEM_FINDING, "annotation rollstamp.io/ignored of Deployment web");
	add(PROBLEM_UNRESOLVED, "Secret a");
	assert_str(verdict(2, 1),
		   "2 stamps in 1 workload; not resolved: Secret a; without a meaning: annotation "
		   "rollstamp.io/ignored of Deployment web; fits nothing: --ignore=old: see rollstamp list");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_said_without_a_problem),
		TEST(one_problem_is_named),
		TEST(what_several_workloads_lack_counts_once),
		TEST(the_first_problem_of_a_type_is_named),
		TEST(every_type_has_its_own_part),
	};

	return unit_run(tests);
}
