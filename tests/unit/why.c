/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/why.h"

#include "sides.h"
#include "unit.h"

#define WEB(name, ns, image)                                                                          \
	"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " name ", namespace: " ns "}\n" \
	"spec: {template: {spec: {containers: [{name: c, image: " image "}]}}}\n"
#define CONFIGMAP(name, value) \
	"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: " name "}\ndata: {k: " value "}\n"

/* "NAME VERDICT" of each workload. */
static struct str tell(const char *before, const char *after)
{
	const struct why *why = &sides_compare(before, after)->why;
	struct buf text = { 0 };

	for (size_t i = 0; i < why->count; i++)
		buf_printf(&text, "%s%.*s %s", i > 0 ? ", " : "",
			   STR_ARG(why_workload_name(&why->items[i], &unit_arena)),
			   why_verdict_name(why->items[i].verdict));
	return buf_keep(&text, &unit_arena);
}

static void workloads_are_told_in_the_order_of_the_new_side_and_those_that_are_gone_behind(void **state)
{
	(void)state;
	assert_str(tell(WEB("a", "''", "x") WEB("gone", "''", "x") WEB("b", "''", "x"),
			WEB("new", "''", "x") WEB("b", "''", "z") WEB("a", "''", "x")),
		   "Deployment/new new, Deployment/b rolls, Deployment/a same, Deployment/gone gone");
}

static void a_namespace_on_one_side_alone_is_no_other_one_unless_there_are_two(void **state)
{
	static const struct {
		const char *before, *after, *told;
	} rows[] = {
		{ WEB("a", "''", "x"), WEB("a", "one", "z"), "Deployment/one/a rolls" },
		{ WEB("a", "one", "x"), WEB("a", "''", "x"), "Deployment/a same" },
		{ WEB("a", "one", "x"), WEB("a", "two", "x"), "Deployment/two/a new, Deployment/one/a gone" },
		{ WEB("a", "''", "x"), WEB("a", "one", "x") WEB("a", "two", "x"),
		  "Deployment/one/a new, Deployment/two/a new, Deployment/a gone" },
		{ WEB("a", "''", "x") WEB("a", "one", "x"), WEB("a", "one", "x") WEB("a", "two", "z"),
		  "Deployment/one/a same, Deployment/two/a rolls" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_row(tell(rows[i].before, rows[i].after), rows[i].told, rows[i].after);
}

static void lines_for_people_count_and_use_the_right_words(void **state)
{
	static const struct {
		struct why why;
		const char *headline, *others;
	} rows[] = {
		{ { .after_count = 0 }, "0 of 0 workloads roll", "" },
		{ { .after_count = 1, .counts = { [WHY_ROLLS] = 1 } }, "1 of 1 workload rolls", "" },
		{ { .after_count = 2, .counts = { [WHY_ROLLS] = 1 } }, "1 of 2 workloads rolls", "" },
		{ { .after_count = 41,
		    .counts = { [WHY_ROLLS] = 3, [WHY_MAY_ROLL] = 1, [WHY_NEW] = 2, [WHY_GONE] = 1 } },
		  "3 of 41 workloads roll",
		  "; 1 may roll, 2 are new, 1 is gone" },
		{ { .after_count = 9, .counts = { [WHY_REFUSED] = 2 } },
		  "0 of 9 workloads roll",
		  "; 2 are refused by the API server" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf headline = { 0 }, others = { 0 };

		why_print_headline(&rows[i].why, &headline);
		why_print_others(&rows[i].why, "; ", &others);
		assert_row(buf_keep(&headline, &unit_arena), rows[i].headline, rows[i].headline);
		assert_row(buf_keep(&others, &unit_arena), rows[i].others, rows[i].headline);
	}
}

static void a_guard_counts_what_restarts_or_may_or_is_refused_or_gone(void **state)
{
	const struct why why = { .counts = { 100, 1, 20, 300, 4000, 50000 } };

	(void)state;
	assert_false(why_counts(WHY_SAME) || why_counts(WHY_NEW));
	assert_true(why_counts(WHY_MAY_ROLL) && why_counts(WHY_ROLLS) && why_counts(WHY_REFUSED) &&
		    why_counts(WHY_GONE));
	assert_int_equal(why_roll_count(&why), 1 + 20 + 300 + 50000);
}

static void a_checksum_is_told_to_be_the_only_reason_where_it_is(void **state)
{
	const struct why *why = &sides_compare(sides_deployment("Deployment", "", "checksum/a: one", "i:1", "").ptr,
					       sides_deployment("Deployment", "", "checksum/a: two", "i:1", "").ptr)
					 ->why;

	(void)state;
	assert_str(why_reason_text(&why->items[0], 0, &unit_arena), "checksum/a only");
	why = &sides_compare(sides_deployment("Deployment", "", "checksum/a: one", "i:1", "").ptr,
			     sides_deployment("Deployment", "", "checksum/a: two", "i:2", "").ptr)
		       ->why;
	assert_int_equal(why->items[0].reason_count, 2);
	assert_str(why_reason_text(&why->items[0], 0, &unit_arena), "checksum/a");
}

static void an_object_that_nobody_reads_is_told_only_if_it_changed(void **state)
{
	const struct why *why =
		&sides_compare(WEB("a", "''", "x") CONFIGMAP("same", "v") CONFIGMAP("other", "v")
				       CONFIGMAP("gone", "v"),
			       WEB("a", "''", "x") CONFIGMAP("same", "v") CONFIGMAP("other", "w") CONFIGMAP("new", "v"))
			 ->why;
	struct buf text = { 0 };

	(void)state;
	assert_int_equal(why->unread_count, 1);
	why_print_unread(&why->unread[0], &text);
	assert_str(buf_keep(&text, &unit_arena), "configmap/other: key k changed");
}

static void what_holds_back_is_told_of_what_rolls_alone(void **state)
{
	const struct why *why = &sides_compare(sides_deployment("Deployment", "  paused: true\n", "", "i:1", "").ptr,
					       sides_deployment("Deployment", "  paused: true\n", "", "i:2", "").ptr)
					 ->why;

	(void)state;
	assert_str(why->items[0].held_back, "paused");
	why = &sides_compare(sides_deployment("Deployment", "", "", "i:1", "").ptr,
			     sides_deployment("Deployment", "  paused: true\n", "", "i:1", "").ptr)
		       ->why;
	assert_int_equal(why->items[0].verdict, WHY_SAME);
	assert_str(why->items[0].held_back, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_SIDES(workloads_are_told_in_the_order_of_the_new_side_and_those_that_are_gone_behind),
		TEST_SIDES(a_namespace_on_one_side_alone_is_no_other_one_unless_there_are_two),
		TEST(lines_for_people_count_and_use_the_right_words),
		TEST(a_guard_counts_what_restarts_or_may_or_is_refused_or_gone),
		TEST_SIDES(a_checksum_is_told_to_be_the_only_reason_where_it_is),
		TEST_SIDES(an_object_that_nobody_reads_is_told_only_if_it_changed),
		TEST_SIDES(what_holds_back_is_told_of_what_rolls_alone),
	};

	return unit_run(tests);
}
