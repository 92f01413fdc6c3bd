/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include "base/buf.h"
#include "unit.h"

#include <string.h>

static void err_functions_return_false(void **state)
{
	struct err err;

	(void)state;
	assert_false(err_set(&err, "a %d", 1));
	assert_string_equal(err.text, "a 1");
	assert_true(err.at == ERR_NOWHERE);
	assert_false(err_set_at(&err, 17, "b"));
	assert_string_equal(err.text, "b");
	assert_int_equal(err.at, 17);
	assert_false(err_prefix(&err, "%s", "where"));
	assert_string_equal(err.text, "where: b");
	assert_int_equal(err.at, 17);
	assert_false(err_add(&err, "; %s", "more"));
	assert_string_equal(err.text, "where: b; more");
	assert_int_equal(err.at, 17);
}

static void fill(char *text, size_t length, char c)
{
	memset(text, c, length);
	text[length] = '\0';
}

static void a_message_that_is_too_long_is_cut(void **state)
{
	char text[10001];
	struct err err;

	(void)state;
	fill(text, 10000, 'm');
	err_set(&err, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	err_add(&err, "more");
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_int_equal(err.text[sizeof(err.text) - 2], 'm');
}

static void a_prefix_pushes_out_the_end_of_the_message(void **state)
{
	char text[10001];
	struct err err;

	(void)state;
	fill(text, 10000, 'm');
	err_set(&err, "%s", text);
	err_prefix(&err, "place");
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_memory_equal(err.text, "place: mmm", 10);
}

static void a_prefix_that_is_too_long_leaves_room_for_the_message(void **state)
{
	char text[10001];
	struct err err;

	(void)state;
	fill(text, 10000, 'p');
	err_set(&err, "what went wrong");
	err_prefix(&err, "%s", text);
	assert_true(strlen(err.text) < sizeof(err.text));
	assert_non_null(strstr(err.text, "p: what went wrong"));
	/* As often as somebody likes. */
	for (int i = 0; i < 5; i++)
		err_prefix(&err, "%s", text);
	assert_true(strlen(err.text) < sizeof(err.text));
	assert_memory_equal(err.text, "ppp", 3);
}

static void prefixes_of_every_length_are_safe(void **state)
{
	char text[5001];
	struct err err;

	(void)state;
	for (size_t length = 0; length <= 5000; length += length < 2030 || length > 4100 ? 97 : 1) {
		fill(text, length, 'p');
		err_set(&err, "end");
		err_prefix(&err, "%s", text);
		assert_non_null(strstr(err.text, ": end"));
	}
}

static const struct {
	const char *text, *safe;
} escapes[] = {
	{ "plain ~ text", "plain ~ text" },
	{ "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80" },
	{ "a\nb\tc\rd", "a\\nb\\tc\\x0dd" },
	{ "\x01\x1b[31m\x7f", "\\x01\\x1b[31m\\x7f" },
	/* C1: NEL, CSI, and what lies beside them. */
	{ "\xc2\x80\xc2\x85\xc2\x9b\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x85\\xc2\\x9b\\xc2\\x9f\xc2\xa0" },
	/* LS and PS, and what lies beside them. */
	{ "\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa",
	  "\xe2\x80\xa7\\xe2\\x80\\xa8\\xe2\\x80\\xa9\\xe2\\x80\\xaa" },
	{ "a\xe2\x80\xae\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9",
	  "a\\xe2\\x80\\xae\xe2\x80\xaf\xe2\x81\xa5\\xe2\\x81\\xa6\\xe2\\x81\\xa9" },
	/* Invalid: a lone continuation, overlong, a surrogate, above U+10FFFF, cut off. */
	{ "\x80", "\\x80" },
	{ "\xc0\xaf", "\\xc0\\xaf" },
	{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	{ "\xf5\xff", "\\xf5\\xff" },
	{ "\xe2\x82", "\\xe2\\x82" },
	{ "\xe2\x82z", "\\xe2\\x82z" },
	{ "\xf0\x9f\x98", "\\xf0\\x9f\\x98" },
};

static void what_could_steer_a_terminal_is_escaped(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(escapes); i++) {
		struct buf out = { 0 };

		err_print_safe(&out, str_from(escapes[i].text));
		assert_row(buf_str(&out), escapes[i].safe, escapes[i].safe);
		buf_release(&out);
	}
}

static void a_nul_is_escaped(void **state)
{
	struct buf out = { 0 };

	(void)state;
	err_print_safe(&out, S("a\0b"));
	assert_str(buf_str(&out), "a\\x00b");
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(err_functions_return_false),
		TEST(a_message_that_is_too_long_is_cut),
		TEST(a_prefix_pushes_out_the_end_of_the_message),
		TEST(a_prefix_that_is_too_long_leaves_room_for_the_message),
		TEST(prefixes_of_every_length_are_safe),
		TEST(what_could_steer_a_terminal_is_escaped),
		TEST(a_nul_is_escaped),
	};

	return unit_run(tests);
}
