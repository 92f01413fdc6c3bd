/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sort.h"

#include "base/str.h"
#include "unit.h"

static void what_is_there_twice_is_kept_once(void **state)
{
	static const struct {
		size_t items[6], count, sorted[6], kept;
	} rows[] = {
		{ { 0 }, 0, { 0 }, 0 },
		{ { 7 }, 1, { 7 }, 1 },
		{ { 3, 1, 2 }, 3, { 1, 2, 3 }, 3 },
		{ { 5, 5, 5 }, 3, { 5 }, 1 },
		{ { 2, 9, 2, 0, 9, 2 }, 6, { 0, 2, 9 }, 3 },
		/* A difference does not fit into an int. */
		{ { (size_t)-1, 1, (size_t)1 << 40 }, 3, { 1, (size_t)1 << 40, (size_t)-1 }, 3 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t items[6];

		memcpy(items, rows[i].items, sizeof(items));
		assert_int_equal(sort_unique(items, rows[i].count, sizeof(*items), sort_compare_sizes), rows[i].kept);
		assert_memory_equal(items, rows[i].sorted, rows[i].kept * sizeof(*items));
	}
	assert_int_equal(sort_unique(NULL, 0, sizeof(size_t), sort_compare_sizes), 0);
}

static void the_first_that_is_not_less_is_found(void **state)
{
	static const size_t items[] = { 2, 4, 4, 4, 9 };
	static const struct {
		size_t key, count, at;
	} rows[] = {
		{ 0, 5, 0 }, { 2, 5, 0 },  { 3, 5, 1 }, { 4, 5, 1 }, { 5, 5, 4 },
		{ 9, 5, 4 }, { 10, 5, 5 }, { 4, 1, 1 }, { 4, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
			sort_lower_bound(items, rows[i].count, sizeof(*items), &rows[i].key, sort_compare_sizes),
			rows[i].at);
	assert_int_equal(sort_lower_bound(NULL, 0, sizeof(*items), &rows[0].key, sort_compare_sizes), 0);
}

static void items_of_any_size_are_moved_whole(void **state)
{
	struct str items[] = { STR("b"), STR("a"), STR("b"), STR(""), STR("a") };

	(void)state;
	assert_int_equal(sort_unique(items, COUNT(items), sizeof(*items), str_compare_qsort), 3);
	assert_str(items[0], "");
	assert_str(items[1], "a");
	assert_str(items[2], "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_there_twice_is_kept_once),
		TEST(the_first_that_is_not_less_is_found),
		TEST(items_of_any_size_are_moved_whole),
	};

	return unit_run(tests);
}
