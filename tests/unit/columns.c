/* SPDX-License-Identifier: Apache-2.0 */
#include "app/columns.h"

#include "unit.h"

static const struct column layout[] = {
	{ "NAME", COLUMNS_MIDDLE, 8 },
	{ "STAMP", COLUMNS_WHOLE, 0 },
	{ "KEYS", COLUMNS_LIST, 6 },
};

static struct columns table;

static struct columns_row *begin(bool has_headings)
{
	columns_init(&table, layout, COUNT(layout), has_headings);
	return columns_add_row(&table);
}

static void add(struct columns_row *row, size_t column, const char *part)
{
	columns_add(&table, row, column, str_from(part));
}

static struct str print(size_t width, bool colour)
{
	struct buf text = { 0 };

	columns_print(&table, width, colour, &text);
	columns_release(&table);
	return buf_keep(&text, &unit_arena);
}

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
	struct columns_row *row = begin(false);

	(void)state;
	add(row, 0, "a");
	add(row, 1, "12");
	add(row, 2, "k");
	row = columns_add_row(&table);
	add(row, 0, "longer");
	add(row, 2, "l");
	assert_str(print(80, false), "NAME    STAMP  KEYS\n"
				     "a       12     k\n"
				     "longer         l\n");
}

static void a_name_loses_its_middle_and_a_list_its_end(void **state)
{
	struct columns_row *row = begin(false);

	(void)state;
	add(row, 0, "a-name-that-is-far-too-long");
	add(row, 1, "1234");
	add(row, 2, "first");
	add(row, 2, "second");
	add(row, 2, "third");
	assert_str(print(34, false), "NAME           STAMP  KEYS\n"
				     "a-nam...-long  1234   first +2\n");
}

static void no_line_is_wider_than_the_width(void **state)
{
	(void)state;
	for (size_t width = 27; width < 90; width++) {
		struct columns_row *row = begin(true);
		struct str text, line;

		columns_head(&table, row, str_from("Deployment/shop/with-a-name-of-some-length"));
		columns_explain(&table, row, str_from("is not in the input, and nobody knows where it is"));
		add(row, 0, "ConfigMap/with-a-name-of-some-length");
		add(row, 1, "123456");
		add(row, 2, "a.first.key");
		add(row, 2, "another");
		add(row, 2, "and-one-more");
		text = print(width, false);
		while (text.ptr) {
			line = str_cut(&text, '\n');
			assert_true(line.len <= width);
		}
	}
}

static void everything_is_printed_without_a_width(void **state)
{
	struct columns_row *row = begin(false);

	(void)state;
	add(row, 0, "a-name-that-is-far-too-long");
	add(row, 1, "1");
	for (size_t i = 0; i < 6; i++)
		add(row, 2, i % 2 == 0 ? "even" : "odd");
	assert_str(print(COLUMNS_UNLIMITED, false),
		   "NAME                         STAMP  KEYS\n"
		   "a-name-that-is-far-too-long  1      even, odd, even, odd, even, odd\n");
}

static void a_few_parts_are_enough_where_there_is_room_for_more(void **state)
{
	struct columns_row *row = begin(false);

	(void)state;
	add(row, 0, "a");
	for (size_t i = 0; i < 57; i++)
		add(row, 2, i % 2 == 0 ? "e" : "o");
	assert_str(print(200, false), "NAME  STAMP  KEYS\na            e, o, e, o +53\n");
}

static void a_part_that_is_repeated_is_printed_once(void **state)
{
	struct columns_row *row = begin(false);

	(void)state;
	add(row, 0, "a");
	add(row, 2, "web volume v (line 4)");
	add(row, 2, "web volume v (line 4)");
	add(row, 2, "");
	assert_str(print(80, false), "NAME  STAMP  KEYS\na            web volume v (line 4)\n");
}

static void characters_count_and_not_bytes(void **state)
{
	struct columns_row *row = begin(false);

	(void)state;
	add(row, 0, "\xc3\xa4\xc3\xb6\xc3\xbc");
	add(row, 1, "1");
	assert_str(print(80, false), "NAME  STAMP  KEYS\n\xc3\xa4\xc3\xb6\xc3\xbc   1\n");
}

static void a_colour_does_not_count_for_the_width(void **state)
{
	struct columns_row *row = begin(false);

	(void)state;
	row->colour = "\033[32m";
	row->coloured = 1;
	add(row, 0, "a");
	add(row, 1, "1");
	add(row, 2, "k");
	assert_str(print(80, true), "NAME  STAMP  KEYS\na     \033[32m1\033[0m      k\n");
}

static void control_characters_are_shown_and_not_obeyed(void **state)
{
	struct columns_row *row = begin(true);
	struct str text;

	(void)state;
	columns_head(&table, row, str_from("x\033[2J"));
	columns_explain(&table, row, str_from("y\033[2J"));
	add(row, 0, "z\033[2J");
	text = print(80, false);
	assert_int_equal(str_find(text, '\033'), text.len);
}

static void a_long_line_goes_on_indented(void **state)
{
	struct buf text = { 0 };

	(void)state;
	columns_print_line(str_from("note: words that go on and on"), 16, &text);
	assert_str(buf_keep(&text, &unit_arena), "note: words that\n    go on and on\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(columns_are_as_wide_as_their_widest_cell),
		TEST(a_name_loses_its_middle_and_a_list_its_end),
		TEST(no_line_is_wider_than_the_width),
		TEST(everything_is_printed_without_a_width),
		TEST(a_few_parts_are_enough_where_there_is_room_for_more),
		TEST(a_part_that_is_repeated_is_printed_once),
		TEST(characters_count_and_not_bytes),
		TEST(a_colour_does_not_count_for_the_width),
		TEST(control_characters_are_shown_and_not_obeyed),
		TEST(a_long_line_goes_on_indented),
	};

	return unit_run(tests);
}
