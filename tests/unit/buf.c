/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "unit.h"

#include <string.h>

static void buf_starts_empty(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf);
	assert_str(buf_str(&buf), "");
	buf_release(&buf);
}

static void buf_appends_in_order(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	buf_add(&buf, S("a\0b"));
	buf_add(&buf, (struct str){ 0 });
	buf_add_cstring(&buf, "cd");
	buf_add_char(&buf, '\n');
	buf_add_repeated(&buf, ' ', 3);
	buf_add_repeated(&buf, 'x', 0);
	buf_printf(&buf, "%d%s", 7, "!");
	assert_str(buf_str(&buf), "a\0bcd\n   7!");
	buf_release(&buf);
	assert_int_equal(buf.len, 0);
	assert_null(buf.ptr);
}

static void what_is_kept_is_the_arenas(void **state)
{
	struct buf buf = { 0 };
	struct str kept;

	(void)state;
	buf_add_cstring(&buf, "text");
	kept = buf_keep(&buf, &unit_arena);
	assert_null(buf.ptr);
	assert_int_equal(buf.len, 0);
	buf_add_cstring(&buf, "else");
	assert_str(kept, "text");
	buf_release(&buf);
}

static void buf_grows_over_every_size(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	for (size_t i = 0; i < 3000; i++)
		buf_add_char(&buf, (char)('a' + i % 26));
	for (size_t i = 0; i < 3000; i++)
		assert_int_equal(buf.ptr[i], 'a' + i % 26);
	for (size_t i = 0; i < 600; i++)
		buf_printf(&buf, "%05zu", i);
	assert_int_equal(buf.len, 6000);
	assert_memory_equal(buf.ptr + 3000, "0000000001", 10);
	assert_memory_equal(buf.ptr + 5995, "00599", 5);
	buf_release(&buf);
}

static void buf_printf_fits_a_text_longer_than_its_room(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	buf_printf(&buf, "%5000s|", "x");
	assert_int_equal(buf.len, 5001);
	assert_memory_equal(buf.ptr + 4998, " x|", 3);
	buf_release(&buf);
}

static void buf_reserve_changes_nothing_but_the_room(void **state)
{
	struct buf buf = { 0 };
	char *before;

	(void)state;
	buf_add(&buf, S("abc"));
	buf_reserve(&buf, 100000);
	before = buf.ptr;
	assert_str(buf_str(&buf), "abc");
	assert_true(buf.room - buf.len >= 100000);
	buf_add_repeated(&buf, 'y', 100000);
	assert_ptr_equal(buf.ptr, before);
	buf_release(&buf);
}

static void a_large_buf_is_not_moved_within_its_size(void **state)
{
	struct buf buf;
	char *before;

	(void)state;
	buf_init_large(&buf, 10000000);
	buf_add(&buf, S("abc"));
	before = buf.ptr;
	buf_add_repeated(&buf, 'y', 9999997);
	assert_ptr_equal(buf.ptr, before);
	assert_memory_equal(buf.ptr, "abcy", 4);
	buf_release(&buf);
	assert_null(buf.ptr);
}

static void a_large_buf_grows_beyond_its_size(void **state)
{
	struct buf buf;

	(void)state;
	buf_init_large(&buf, 1);
	buf_add(&buf, S("abc"));
	buf_add_repeated(&buf, 'y', 10000000);
	buf_add(&buf, S("end"));
	assert_int_equal(buf.len, 10000006);
	assert_memory_equal(buf.ptr, "abcy", 4);
	assert_memory_equal(buf.ptr + 10000002, "yend", 4);
	buf_release(&buf);
}

static void what_cannot_be_reserved_grows_as_ever(void **state)
{
	struct buf buf;

	(void)state;
	buf_init_large(&buf, (size_t)1 << 60);
	buf_add(&buf, S("abc"));
	assert_str(buf_str(&buf), "abc");
	buf_release(&buf);
}

static void what_is_handed_over_is_not_moved(void **state)
{
	struct buf bufs[3] = { { 0 } };

	(void)state;
	buf_init_large(&bufs[1], 10000000);
	buf_init_growing(&bufs[2], 192 * 1024, 10000000);
	for (size_t i = 0; i < COUNT(bufs); i++) {
		struct str kept;
		char *before;

		buf_add_repeated(&bufs[i], 'y', 3000000);
		before = bufs[i].ptr;
		kept = buf_hand_over(&bufs[i], &unit_arena);
		assert_ptr_equal(kept.ptr, before);
		assert_null(bufs[i].ptr);
		memset(arena_alloc(&unit_arena, 3000), 'z', 3000);
		assert_int_equal(kept.len, 3000000);
		for (size_t k = 0; k < kept.len; k++)
			assert_int_equal(kept.ptr[k], 'y');
		assert_int_equal(buf_hand_over(&bufs[i], &unit_arena).len, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(buf_starts_empty),
		TEST(what_is_handed_over_is_not_moved),
		TEST(buf_appends_in_order),
		TEST(what_is_kept_is_the_arenas),
		TEST(buf_grows_over_every_size),
		TEST(buf_printf_fits_a_text_longer_than_its_room),
		TEST(a_large_buf_is_not_moved_within_its_size),
		TEST(a_large_buf_grows_beyond_its_size),
		TEST(what_cannot_be_reserved_grows_as_ever),
		TEST(buf_reserve_changes_nothing_but_the_room),
	};

	return unit_run(tests);
}
