/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include "unit.h"

static void an_empty_map_has_nothing(void **state)
{
	struct map map;

	(void)state;
	map_init(&map, &unit_arena);
	assert_null(map_get(&map, S("a")));
	assert_null(map_get(&map, (struct str){ 0 }));
}

static void a_map_grows_and_keeps_everything(void **state)
{
	static int values[5000];
	struct map map;

	(void)state;
	map_init(&map, &unit_arena);
	for (size_t i = 0; i < COUNT(values); i++)
		map_set(&map, arena_printf(&unit_arena, "key-%zu", i), &values[i]);
	assert_int_equal(map.count, COUNT(values));
	for (size_t i = 0; i < COUNT(values); i++)
		assert_ptr_equal(map_get(&map, arena_printf(&unit_arena, "key-%zu", i)), &values[i]);
	assert_null(map_get(&map, S("key-5000")));
	assert_null(map_get(&map, S("key-")));
}

static void the_last_value_of_a_key_counts(void **state)
{
	struct map map;
	int first, second;

	(void)state;
	map_init(&map, &unit_arena);
	map_set(&map, S("k"), &first);
	map_set(&map, S("k"), &second);
	assert_int_equal(map.count, 1);
	assert_ptr_equal(map_get(&map, S("k")), &second);
}

static void keys_are_bytes(void **state)
{
	struct map map;
	int a, b, empty;

	(void)state;
	map_init(&map, &unit_arena);
	map_set(&map, S("x\0a"), &a);
	map_set(&map, S("x\0b"), &b);
	map_set(&map, (struct str){ 0 }, &empty);
	assert_ptr_equal(map_get(&map, S("x\0a")), &a);
	assert_ptr_equal(map_get(&map, S("x\0b")), &b);
	assert_ptr_equal(map_get(&map, S("")), &empty);
	assert_null(map_get(&map, S("x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_map_has_nothing),
		TEST(a_map_grows_and_keeps_everything),
		TEST(the_last_value_of_a_key_counts),
		TEST(keys_are_bytes),
	};

	return unit_run(tests);
}
