/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include "base/pages.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#ifdef UNIT_ASAN
#include <sanitizer/asan_interface.h>
#endif

/* With AddressSanitizer short arrays move more often, and no small copy is left. */
#ifdef UNIT_ASAN
#define MOST_MOVES 60
#define SMALL_COPIES 0
#else
#define MOST_MOVES 20
#define SMALL_COPIES ((size_t)256 * 1024)
#endif

/* The size of allocations beside an array. */
#define OTHER ((size_t)100000)

static void memory_is_aligned_for_any_type(void **state)
{
	/* But long double. */
	union any {
		long long number;
		double real;
		void *address;
		void (*function)(void);
	};

	(void)state;
	for (size_t size = 1; size < 70; size++)
		assert_int_equal((uintptr_t)arena_alloc(&unit_arena, size) % _Alignof(union any), 0);
	arena_dup(&unit_arena, S("a"));
	assert_int_equal((uintptr_t)arena_alloc(&unit_arena, 100000) % _Alignof(union any), 0);
}

static void memory_is_zero_even_when_it_was_used_before(void **state)
{
	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t size = 1; size < 50000; size = size * 3 + 1) {
			unsigned char *bytes = arena_alloc(&unit_arena, size);

			for (size_t i = 0; i < size; i++)
				assert_int_equal(bytes[i], 0);
			memset(bytes, 0xff, size);
		}
		arena_reset(&unit_arena);
	}
}

static void allocations_do_not_overlap(void **state)
{
	static const size_t sizes[] = { 1, 15, 16, 17, 4000, 16384, 16385, 65536, 70000, 3 };
	unsigned char *taken[20 * COUNT(sizes)];

	(void)state;
	for (size_t i = 0; i < COUNT(taken); i++) {
		taken[i] = arena_alloc(&unit_arena, sizes[i % COUNT(sizes)]);
		memset(taken[i], (int)i, sizes[i % COUNT(sizes)]);
	}
	for (size_t i = 0; i < COUNT(taken); i++)
		for (size_t k = 0; k < sizes[i % COUNT(sizes)]; k++)
			assert_int_equal(taken[i][k], (unsigned char)i);
}

static void nothing_is_never_null(void **state)
{
	(void)state;
	assert_non_null(arena_alloc(&unit_arena, 0));
	assert_non_null(arena_array(&unit_arena, 0, 8));
	assert_non_null(arena_array(&unit_arena, 8, 0));
}

static void empty_text_is_a_c_string_too(void **state)
{
	struct str copy = arena_dup(&unit_arena, (struct str){ 0 });

	(void)state;
	assert_int_equal(copy.len, 0);
	assert_string_equal(copy.ptr, "");
}

static void copies_end_in_a_nul_that_does_not_count(void **state)
{
	struct str copy = arena_dup(&unit_arena, str_slice(S("abcdef"), (struct span){ 0, 3 }));

	(void)state;
	assert_int_equal(copy.len, 3);
	assert_string_equal(copy.ptr, "abc");
	copy = arena_dup(&unit_arena, S("a\0b"));
	assert_int_equal(copy.len, 3);
	assert_memory_equal(copy.ptr, "a\0b", 4);
}

static void printf_takes_texts_of_any_length(void **state)
{
	char wide[9001];
	struct str text = arena_printf(&unit_arena, "%s-%d", "x", 42);

	(void)state;
	assert_str(text, "x-42");
	assert_string_equal(text.ptr, "x-42");
	memset(wide, 'w', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	text = arena_printf(&unit_arena, "%s!", wide);
	assert_int_equal(text.len, sizeof(wide));
	assert_int_equal(text.ptr[sizeof(wide) - 1], '!');
}

static void growing_keeps_what_was_there(void **state)
{
	size_t *items = NULL, room = 0, moves = 0;

	(void)state;
	for (size_t i = 0; i < 10000; i++) {
		size_t *before = items;

		items = arena_grow(&unit_arena, items, i, &room, sizeof(*items));
		moves += items != before;
		assert_true(room > i);
		items[i] = i;
	}
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(items[i], i);
	assert_true(moves < MOST_MOVES);
}

static void an_array_that_grew_is_in_memory_once(void **state)
{
	size_t *items = NULL, room = 0;

	(void)state;
	for (size_t i = 0; i < 1000000; i++) {
		items = arena_grow(&unit_arena, items, i, &room, sizeof(*items));
		items[i] = i;
		/* Others, on both sides of it. */
		if (i % 50000 == 0)
			arena_alloc(&unit_arena, OTHER);
	}
	for (size_t i = 0; i < 1000000; i++)
		assert_int_equal(items[i], i);
	assert_true(unit_arena.held <= room * sizeof(*items) + 20 * OTHER + SMALL_COPIES);
}

static void a_large_array_is_zero_where_it_grew(void **state)
{
	unsigned char *items = NULL;
	size_t room = 0, filled = 0;

	(void)state;
	for (int round = 0; round < 3; round++) {
		arena_reset(&unit_arena);
		for (items = NULL, room = filled = 0; filled < 1000000; filled = room) {
			items = arena_grow(&unit_arena, items, filled, &room, sizeof(*items));
			for (size_t i = filled; i < room; i++)
				assert_int_equal(items[i], 0);
			memset(items, 0xff, room);
		}
	}
}

static void a_released_arena_is_an_empty_one(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	arena_alloc(&arena, 10);
	arena_alloc(&arena, 100000);
	arena_release(&arena);
	assert_null(arena.blocks);
	assert_int_equal(arena.left, 0);
	arena_release(&arena);
	assert_non_null(arena_alloc(&arena, 1));
	arena_release(&arena);
}

static void adopted_memory_stays_until_the_arena_goes(void **state)
{
	char *bytes = malloc(1000);
	struct arena arena = { 0 };

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'a', 1000);
	arena_adopt(&arena, bytes, 1000, 0);
	for (int i = 0; i < 1000; i++)
		memset(arena_alloc(&arena, 300), 'b', 300);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(bytes[i], 'a');
	arena_reset(&arena);
	assert_non_null(arena_alloc(&arena, 300));
	arena_release(&arena);
}

static void room_behind_what_was_adopted_is_used(void **state)
{
	const size_t used = 1000001;
	struct arena arena = { 0 };
	char *bytes = pages_reserve(2 * PAGES_HUGE);
	size_t room = 0, *items = NULL;

	(void)state;
	assert_non_null(bytes);
	arena_alloc(&arena, 1);
	memset(bytes, 'a', used);
	/* As it may be behind a reset. */
	memset(bytes + used, 'x', PAGES_HUGE - used);
	arena_adopt(&arena, bytes, used, 2 * PAGES_HUGE);
	for (int i = 0; i < 40; i++) {
		size_t size = i % 2 == 0 ? 13 : 90000;
		char *taken = arena_alloc(&arena, size);

#ifndef UNIT_ASAN
		/* Twelve large ones fill what is left of the first page. */
		if (size == 90000)
			assert_int_equal(i < 24, taken >= bytes + used && taken + size <= bytes + PAGES_HUGE);
#endif
		for (size_t k = 0; k < size; k++)
			assert_int_equal(taken[k], 0);
		memset(taken, 'b', size);
		if (i % 3 == 0)
			arena_drop(&arena, taken, size);
	}
	for (size_t i = 0; i < 100000; i++) {
		items = arena_grow(&arena, items, i, &room, sizeof(*items));
		items[i] = i;
	}
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(items[i], i);
	for (size_t i = 0; i < used; i++)
		assert_int_equal(bytes[i], 'a');
	arena_release(&arena);
}

#ifdef UNIT_ASAN
static void an_address_into_an_array_that_grew_shows(void **state)
{
	size_t *items = NULL, room = 0;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		size_t *before = items;

		items = arena_grow(&unit_arena, items, i, &room, sizeof(*items));
		items[i] = i;
		assert_true(!before || __asan_address_is_poisoned(before));
	}
}

static void an_overrun_shows(void **state)
{
	char *first = arena_alloc(&unit_arena, 13), *second = arena_alloc(&unit_arena, 100000);

	(void)state;
	assert_true(__asan_address_is_poisoned(first + 13));
	assert_false(__asan_address_is_poisoned(first + 12));
	assert_true(__asan_address_is_poisoned(second + 100000));
}

static void use_behind_a_reset_shows(void **state)
{
	char *first = arena_alloc(&unit_arena, 13);

	(void)state;
	arena_reset(&unit_arena);
	assert_true(__asan_address_is_poisoned(first));
}
#else
static void a_reset_keeps_one_block(void **state)
{
	char *first = arena_alloc(&unit_arena, 16);

	(void)state;
	for (int i = 0; i < 100; i++)
		arena_alloc(&unit_arena, 10000);
	arena_alloc(&unit_arena, 1000000);
	arena_reset(&unit_arena);
	assert_non_null(unit_arena.blocks);
	/* Nothing but that block: as many bytes as fit into it need no other. */
	for (size_t left = unit_arena.left; left >= 16; left -= 16)
		arena_alloc(&unit_arena, 16);
	assert_int_equal(unit_arena.left, 0);
	(void)first;
	arena_alloc(&unit_arena, 16);
	assert_true(unit_arena.left > 0);
}

static void a_reset_gives_large_pages_back(void **state)
{
	(void)state;
	arena_expect_much(&unit_arena);
	for (int i = 0; i < 500; i++)
		arena_alloc(&unit_arena, 10000);
	assert_true(unit_arena.held >= 5000000);
	arena_reset(&unit_arena);
	assert_true(unit_arena.held < 100000);
}

static void what_is_dropped_is_held_no_more(void **state)
{
	size_t before;
	char *large;

	(void)state;
	arena_alloc(&unit_arena, 16);
	before = unit_arena.held;
	large = arena_alloc(&unit_arena, 1000000);
	assert_true(unit_arena.held > before);
	arena_drop(&unit_arena, large, 1000000);
	arena_drop(&unit_arena, NULL, 1000000);
	assert_int_equal(unit_arena.held, before);
}

static void a_large_one_leaves_the_room_of_the_current_block(void **state)
{
	char *before = arena_alloc(&unit_arena, 32), *after;

	(void)state;
	arena_alloc(&unit_arena, 1000000);
	after = arena_alloc(&unit_arena, 32);
	assert_ptr_equal(after, before + 32);
}
#endif

static void ask_for_too_much(void *argument)
{
	(void)argument;
	arena_array(&unit_arena, SIZE_MAX / 2, 3);
}

static void ask_for_all(void *argument)
{
	(void)argument;
	arena_alloc(&unit_arena, SIZE_MAX);
}

static void ask_for_more_than_the_limit(void *argument)
{
	(void)argument;
	arena_alloc(&unit_arena, 1000);
	arena_alloc(&unit_arena, ARENA_LIMIT);
}

static void an_arena_above_its_limit_is_one_line_and_status_1(void **state)
{
	struct str output;
	int status = unit_in_child(ask_for_more_than_the_limit, NULL, &output);

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	assert_str(output, "rollstamp: this input takes more than 4 GiB of memory: give it in smaller parts\n");
}

static void out_of_memory_is_one_line_and_status_1(void **state)
{
	struct str output;
	int status = unit_in_child(ask_for_too_much, NULL, &output);

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	assert_str(output, "rollstamp: out of memory\n");
	status = unit_in_child(ask_for_all, NULL, &output);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	assert_str(output, "rollstamp: out of memory\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(memory_is_aligned_for_any_type),
		TEST(memory_is_zero_even_when_it_was_used_before),
		TEST(allocations_do_not_overlap),
		TEST(adopted_memory_stays_until_the_arena_goes),
		TEST(room_behind_what_was_adopted_is_used),
		TEST(nothing_is_never_null),
		TEST(empty_text_is_a_c_string_too),
		TEST(copies_end_in_a_nul_that_does_not_count),
		TEST(printf_takes_texts_of_any_length),
		TEST(growing_keeps_what_was_there),
		TEST(an_array_that_grew_is_in_memory_once),
		TEST(a_large_array_is_zero_where_it_grew),
		TEST(a_released_arena_is_an_empty_one),
#ifdef UNIT_ASAN
		TEST(an_address_into_an_array_that_grew_shows),
		TEST(an_overrun_shows),
		TEST(use_behind_a_reset_shows),
#else
		TEST(a_reset_keeps_one_block),
		TEST(a_reset_gives_large_pages_back),
		TEST(what_is_dropped_is_held_no_more),
		TEST(a_large_one_leaves_the_room_of_the_current_block),
#endif
		TEST(an_arena_above_its_limit_is_one_line_and_status_1),
		TEST(out_of_memory_is_one_line_and_status_1),
	};

	return unit_run(tests);
}
