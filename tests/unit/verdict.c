#include "plan/verdict.h"

#include "unit.h"

static struct problems problems;

static void add(enum problem_type type, const char *what, size_t document)
{
	problems_add(&problems, type, str_from(what), document, &unit_arena);
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
	problems = (struct problems){ 0 };
	assert_str(verdict(12, 9), "");
}

static void one_problem_is_named(void **state)
{
	(void)state;
	problems = (struct problems){ 0 };
	add(PROBLEM_UNRESOLVED, "ConfigMap frconfig", 0);
	assert_str(verdict(1, 1), "1 stamp in 1 workload; not resolved: ConfigMap frconfig: see rollstamp list");
}

static void what_several_workloads_lack_counts_once(void **state)
{
	(void)state;
	problems = (struct problems){ 0 };
	add(PROBLEM_UNRESOLVED, "ConfigMap a", 0);
	add(PROBLEM_UNRESOLVED, "Secret b", 1);
	add(PROBLEM_UNRESOLVED, "ConfigMap a", 2);
	assert_str(verdict(12, 9),
		   "12 stamps in 9 workloads; not resolved: ConfigMap a (and 1 more): see rollstamp list");
	assert_int_equal(problems_count(&problems, PROBLEM_UNRESOLVED), 2);
	assert_int_equal(problems_count(&problems, PROBLEM_FINDING), 0);
}

static void the_first_one_of_the_input_is_named_though_it_was_found_late(void **state)
{
	(void)state;
	problems = (struct problems){ 0 };
	add(PROBLEM_UNRESOLVED, "Secret late", 7);
	add(PROBLEM_UNRESOLVED, "Secret early", 2);
	add(PROBLEM_UNRESOLVED, "Secret beside it", 2);
	assert_str(verdict(0, 0),
		   "0 stamps in 0 workloads; not resolved: Secret early (and 2 more): see rollstamp list");
}

static void every_type_has_its_own_part(void **state)
{
	(void)state;
	problems = (struct problems){ 0 };
	add(PROBLEM_NOTE, "--ignore=old", 0);
	add(PROBLEM_FINDING, "annotation rollstamp.io/ignored of Deployment web", 0);
	add(PROBLEM_UNRESOLVED, "Secret a", 0);
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
		TEST(the_first_one_of_the_input_is_named_though_it_was_found_late),
		TEST(every_type_has_its_own_part),
	};

	return unit_run(tests);
}
