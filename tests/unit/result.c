/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/result.h"

#include "unit.h"

static struct result result, whole;

static void begin(void)
{
	result_init(&result, &unit_arena);
	result_init(&whole, &unit_arena);
}

/* Something of every kind, by a name. */
static void plan(struct result *to, const char *name)
{
	struct identity identity = { .kind = S("Deployment"), .name = str_from(name) };
	const struct stream *stream = unit_stream(S("kind: Deployment\n"));

	edits_add(&to->edits, (struct span){ 0, 0 }, str_from(name));
	result_add_workload(to)->name = str_from(name);
	remarks_pass_over(&to->remarks, &identity, place_of(stream, &stream->documents[0], NULL, 0), "why");
	problems_add(&to->problems, PROBLEM_UNRESOLVED, str_from(name));
	to->counts.stamps += 2;
	to->counts.workloads += 1;
}

static void a_result_that_is_reset_is_empty(void **state)
{
	(void)state;
	begin();
	plan(&result, "a");
	result.waits = true;
	result.problems.needs_look = true;
	result_reset(&result);
	assert_false(result.waits);
	assert_false(result.problems.needs_look);
	assert_int_equal(result.edits.count + result.workload_count + result.remarks.passed_over_count +
				 result.problems.count + result.counts.stamps + result.counts.workloads,
			 0);
}

static void results_go_behind_one_another(void **state)
{
	(void)state;
	begin();
	plan(&result, "a");
	plan(&result, "b");
	result_move(&whole, &result);
	assert_int_equal(result.workload_count + result.problems.count + result.counts.stamps, 0);
	plan(&result, "c");
	result_move(&whole, &result);
	assert_int_equal(whole.workload_count, 3);
	assert_str(whole.workloads[0].name, "a");
	assert_str(whole.workloads[2].name, "c");
	assert_int_equal(whole.problems.count, 3);
	assert_str(whole.problems.items[1].what, "b");
	assert_str(whole.problems.items[2].what, "c");
	assert_int_equal(whole.counts.stamps, 6);
	assert_int_equal(whole.counts.workloads, 3);
	/* Others keep these for the run. */
	assert_int_equal(whole.edits.count + whole.remarks.passed_over_count, 0);
}

static void a_result_that_is_kept_stays_when_another_document_is_planned(void **state)
{
	const struct result *kept;

	(void)state;
	begin();
	plan(&result, "a");
	kept = result_keep(&result);
	result_reset(&result);
	plan(&result, "b");
	assert_int_equal(kept->workload_count, 1);
	assert_str(kept->workloads[0].name, "a");
	assert_int_equal(kept->edits.count, 1);
	assert_str(kept->edits.items[0].text, "a");
	assert_int_equal(kept->remarks.passed_over_count, 1);
	assert_str(kept->remarks.passed_over[0].name, "a");
	assert_str(kept->problems.items[0].what, "a");
	assert_int_equal(kept->counts.stamps, 2);
	assert_str(result.workloads[0].name, "b");
	assert_int_equal(result.counts.stamps, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_result_that_is_reset_is_empty),
		TEST(results_go_behind_one_another),
		TEST(a_result_that_is_kept_stays_when_another_document_is_planned),
	};

	return unit_run(tests);
}
