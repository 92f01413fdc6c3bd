/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lines.h"
#include "yaml/marks.h"

#include "unit.h"

static size_t byte_at(struct marks *marks, size_t index)
{
	return marks_byte(marks, (struct mark_index){ index });
}

static void in_ascii_an_index_is_an_offset(void **state)
{
	struct marks marks;

	(void)state;
	marks_init(&marks, S("abc\ndef"));
	assert_int_equal(byte_at(&marks, 0), 0);
	assert_int_equal(byte_at(&marks, 5), 5);
	assert_int_equal(byte_at(&marks, 7), 7);
}

/* Code points of one to four bytes: at 0, 1, 3, 6, 10 and 11. */
#define MIXED "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z"

static void code_points_are_counted_forwards_and_backwards(void **state)
{
	static const size_t offsets[] = { 0, 1, 3, 6, 10, 11 };
	struct marks marks;

	(void)state;
	for (size_t from = 0; from < COUNT(offsets); from++)
		for (size_t to = 0; to < COUNT(offsets); to++) {
			marks_init(&marks, S(MIXED));
			assert_int_equal(byte_at(&marks, from), offsets[from]);
			assert_int_equal(byte_at(&marks, to), offsets[to]);
			assert_int_equal(byte_at(&marks, from), offsets[from]);
		}
}

static void what_lies_behind_the_end_is_the_end(void **state)
{
	struct marks marks;

	(void)state;
	marks_init(&marks, S("abc"));
	assert_int_equal(byte_at(&marks, 100), 3);
	assert_int_equal(byte_at(&marks, 1), 1);
	marks_init(&marks, S(MIXED));
	assert_int_equal(byte_at(&marks, 100), 11);
	assert_int_equal(byte_at(&marks, 2), 3);
	marks_init(&marks, (struct str){ 0 });
	assert_int_equal(byte_at(&marks, 0), 0);
	assert_int_equal(byte_at(&marks, 1), 0);
}

static void only_a_line_feed_makes_a_line(void **state)
{
	(void)state;
	assert_int_equal(lines_number(S("a\nb\nc"), 0), 1);
	assert_int_equal(lines_number(S("a\nb\nc"), 1), 1);
	assert_int_equal(lines_number(S("a\nb\nc"), 2), 2);
	assert_int_equal(lines_number(S("a\nb\nc"), 4), 3);
	assert_int_equal(lines_number(S("a\nb\n"), 100), 3);
	assert_int_equal(lines_number(S("a\rb\xc2\x85\xe2\x80\xa8z"), 9), 1);
	assert_int_equal(lines_number((struct str){ 0 }, 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(in_ascii_an_index_is_an_offset),
		TEST(code_points_are_counted_forwards_and_backwards),
		TEST(what_lies_behind_the_end_is_the_end),
		TEST(only_a_line_feed_makes_a_line),
	};

	return unit_run(tests);
}
