/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lines.h"
#include "base/str.h"
#include "base/utf8.h"

#include "unit.h"

static void str_of_a_null_pointer_is_empty(void **state)
{
	(void)state;
	assert_int_equal(str_from(NULL).len, 0);
	assert_true(str_equal(str_from(NULL), S("")));
	assert_true(str_is(str_from(NULL), ""));
	assert_int_equal(str_from("abc").len, 3);
}

static void slice_is_half_open(void **state)
{
	(void)state;
	assert_str(str_slice(S("abcdef"), (struct span){ 1, 3 }), "bc");
	assert_str(str_slice(S("abcdef"), (struct span){ 6, 6 }), "");
	assert_str(str_slice(S("abcdef"), (struct span){ 0, 6 }), "abcdef");
}

static void skip_stops_at_the_end(void **state)
{
	(void)state;
	assert_str(str_skip(S("abc"), 1), "bc");
	assert_str(str_skip(S("abc"), 3), "");
	assert_str(str_skip(S("abc"), 4), "");
	assert_null(str_skip((struct str){ 0 }, 5).ptr);
}

static void trim_knows_four_kinds_of_white_space(void **state)
{
	(void)state;
	assert_str(str_trim(S(" \t\r\n a b \n\r\t ")), "a b");
	assert_str(str_trim_end(S(" a \r\n")), " a");
	assert_str(str_trim(S("\v\fa")), "\v\fa");
	assert_str(str_trim(S(" \n ")), "");
	assert_str(str_trim((struct str){ 0 }), "");
}

static void equal_compares_all_bytes(void **state)
{
	(void)state;
	assert_true(str_equal(S("a\0b"), S("a\0b")));
	assert_false(str_equal(S("a\0b"), S("a\0c")));
	assert_false(str_equal(S("a"), S("ab")));
	assert_false(str_is(S("a\0"), "a"));
}

static void case_is_that_of_ascii_letters_only(void **state)
{
	(void)state;
	assert_true(str_equal_nocase(S("ConfigMap-1"), S("cONFIGmAP-1")));
	assert_false(str_equal_nocase(S("\xc3\x84"), S("\xc3\xa4")));
	/* '@' and '`', '[' and '{' are 0x20 apart, as letters are. */
	assert_false(str_equal_nocase(S("@["), S("`{")));
	assert_false(str_equal_nocase(S("ab"), S("abc")));
}

static void ascii_is_told_from_the_rest_at_every_place(void **state)
{
	char text[40];

	(void)state;
	assert_true(str_is_ascii((struct str){ 0 }));
	memset(text, 0x7f, sizeof(text));
	for (size_t length = 0; length <= sizeof(text); length++) {
		assert_true(str_is_ascii((struct str){ text, length }));
		for (size_t i = 0; i < length; i++) {
			text[i] = (char)0x80;
			assert_false(str_is_ascii((struct str){ text, length }));
			text[i] = 0x7f;
		}
	}
}

static void starts_and_ends_need_the_whole_affix(void **state)
{
	(void)state;
	assert_true(str_starts_with(S("---x"), "---"));
	assert_false(str_starts_with(S("--"), "---"));
	assert_true(str_ends_with(S("DeploymentList"), "List"));
	assert_true(str_ends_with(S("List"), "List"));
	assert_false(str_ends_with(S("ist"), "List"));
	assert_false(str_ends_with(S("Lists"), "List"));
}

static void order_is_that_of_unsigned_bytes(void **state)
{
	(void)state;
	assert_true(str_compare(S("a"), S("b")) < 0);
	assert_true(str_compare(S("a"), S("ab")) < 0);
	assert_true(str_compare(S("Z"), S("a")) < 0);
	assert_true(str_compare(S("\xc3\xa4"), S("z")) > 0);
	assert_int_equal(str_compare(S("ab"), S("ab")), 0);
	assert_int_equal(str_compare(S(""), (struct str){ 0 }), 0);
	assert_true(str_compare((struct str){ 0 }, S("a")) < 0);
}

static void find_gives_the_length_for_what_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(str_find(S("a=b=c"), '='), 1);
	assert_int_equal(str_find(S("abc"), '='), 3);
	assert_int_equal(str_find(S("a\0b"), '\0'), 1);
	assert_int_equal(str_find((struct str){ 0 }, 'x'), 0);
}

static void cut_gives_every_part_once(void **state)
{
	struct str rest = S("a,,b,");
	struct str parts[4];
	size_t count = 0;

	(void)state;
	while (rest.ptr && count < COUNT(parts))
		parts[count++] = str_cut(&rest, ',');
	assert_int_equal(count, 4);
	assert_null(rest.ptr);
	assert_str(parts[0], "a");
	assert_str(parts[1], "");
	assert_str(parts[2], "b");
	assert_str(parts[3], "");
}

static void places_count_lines_and_characters_from_one(void **state)
{
	static const struct {
		const char *text;
		size_t at, line, column;
	} rows[] = {
		{ "", 0, 1, 1 },     { "abc", 0, 1, 1 },  { "abc", 2, 1, 3 },       { "abc", 9, 1, 4 },
		{ "a\nb", 1, 1, 2 }, { "a\nb", 2, 2, 1 }, { "\xc3\xa4x", 2, 1, 2 }, { "\n\nxy", 3, 3, 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct line_place place = lines_place(str_from(rows[i].text), rows[i].at);

		assert_int_equal(place.line, rows[i].line);
		assert_int_equal(place.column, rows[i].column);
	}
}

static void a_part_is_found_where_it_first_begins(void **state)
{
	(void)state;
	assert_int_equal(str_find_text(S("a://b://c"), "://"), 1);
	assert_int_equal(str_find_text(S("a:/b"), "://"), 4);
	assert_int_equal(str_find_text((struct str){ 0 }, "x"), 0);
	assert_true(str_contains(S("abc"), "bc"));
	assert_false(str_contains(S("abc"), "cb"));
	assert_false(str_contains((struct str){ 0 }, "a"));
}

static void one_byte_is_trimmed_at_both_ends(void **state)
{
	(void)state;
	assert_str(str_trim_char(S("//a/b/"), '/'), "a/b");
	assert_str(str_trim_char(S("///"), '/'), "");
	assert_str(str_trim_char((struct str){ 0 }, '/'), "");
}

static void bytes_are_of_their_kinds(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		assert_int_equal(str_is_hex_digit((char)c), c != 0 && strchr("0123456789abcdef", c) != NULL);
		assert_int_equal(str_is_control((char)c), c < 0x20 || c == 0x7f);
		assert_int_equal(str_lower((char)c), (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
	}
	assert_true(utf8_has_control(S("a\xc2\x85")));
	assert_false(utf8_has_control(S("a\xc2\xa0")));
	assert_true(utf8_has_control(S("a\x7f")));
	assert_false(utf8_has_control(S("a\xc2")));
	assert_str(utf8_skip_bom(S(UTF8_BOM "a")), "a");
	assert_str(utf8_skip_bom(S("a" UTF8_BOM)), "a" UTF8_BOM);
}

static void a_list_has_its_parts_alone(void **state)
{
	(void)state;
	assert_true(str_list_has(S("a, bc ,d"), ',', S("bc")));
	assert_true(str_list_has(S("a"), ',', S("a")));
	assert_true(str_list_has(S("a,,b"), ',', S("")));
	assert_true(str_list_has(S(""), ' ', S("")));
	assert_false(str_list_has(S("a, bc ,d"), ',', S("b")));
	assert_false(str_list_has(S("a b"), ',', S("a")));
	assert_false(str_list_has((struct str){ 0 }, ',', S("")));
}

static void a_text_begins_with_all_of_its_beginning(void **state)
{
	(void)state;
	assert_true(str_begins(S("abc"), S("ab")));
	assert_true(str_begins(S("abc"), S("abc")));
	assert_true(str_begins(S("abc"), S("")));
	assert_true(str_begins((struct str){ 0 }, (struct str){ 0 }));
	assert_false(str_begins(S("abc"), S("abcd")));
	assert_false(str_begins(S("abc"), S("b")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(str_of_a_null_pointer_is_empty),
		TEST(slice_is_half_open),
		TEST(places_count_lines_and_characters_from_one),
		TEST(skip_stops_at_the_end),
		TEST(trim_knows_four_kinds_of_white_space),
		TEST(equal_compares_all_bytes),
		TEST(case_is_that_of_ascii_letters_only),
		TEST(ascii_is_told_from_the_rest_at_every_place),
		TEST(starts_and_ends_need_the_whole_affix),
		TEST(order_is_that_of_unsigned_bytes),
		TEST(find_gives_the_length_for_what_is_not_there),
		TEST(cut_gives_every_part_once),
		TEST(a_part_is_found_where_it_first_begins),
		TEST(one_byte_is_trimmed_at_both_ends),
		TEST(bytes_are_of_their_kinds),
		TEST(a_list_has_its_parts_alone),
		TEST(a_text_begins_with_all_of_its_beginning),
	};

	return unit_run(tests);
}
