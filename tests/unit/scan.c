/* SPDX-License-Identifier: Apache-2.0 */
#include "base/scan.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const enum scan_kind kinds[] = { SCAN_NO_SPACE, SCAN_PLAIN, SCAN_QUOTED, SCAN_SPECIAL, SCAN_NO_ASCII };

/* A byte that is not of the kind. */
static const char others[] = {
	[SCAN_NO_SPACE] = ' ', [SCAN_PLAIN] = 'a', [SCAN_QUOTED] = ':', [SCAN_SPECIAL] = '\n', [SCAN_NO_ASCII] = '\x7f'
};

/* Text with nothing behind it, so that AddressSanitizer sees who reads on. */
static char *make(size_t length, char fill)
{
	char *text = malloc(length > 0 ? length : 1);

	assert_non_null(text);
	memset(text, fill, length);
	return text;
}

static void vectors_and_bytes_tell_every_byte_the_same(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(kinds); k++)
		for (unsigned byte = 0; byte < 256; byte++) {
			char *text = make(16, (char)byte);

			assert_ptr_equal(scan_find(kinds[k], text, text + 16), scan_bytes(kinds[k], text, text + 16));
			free(text);
		}
}

static void a_byte_is_found_at_every_place_of_every_length(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(kinds); k++)
		for (size_t length = 0; length < 70; length++) {
			char *text = make(length, others[kinds[k]]);

			assert_ptr_equal(scan_find(kinds[k], text, text + length), text + length);
			for (size_t at = 0; at < length; at++) {
				text[at] = kinds[k] == SCAN_PLAIN ? '#' : kinds[k] == SCAN_QUOTED ? '"' : '\x80';
				assert_ptr_equal(scan_find(kinds[k], text, text + length), text + at);
				assert_ptr_equal(scan_bytes(kinds[k], text, text + length), text + at);
				text[at] = others[kinds[k]];
			}
			free(text);
		}
}

/* A row of 64 bytes and more, which is looked at in one go. */
static void what_is_rare_is_found_at_every_place(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(kinds); k++)
		for (size_t length = 60; length < 150; length += 7) {
			char *text = make(length, others[kinds[k]]);

			assert_ptr_equal(scan_find_rare(kinds[k], text, text + length), text + length);
			for (size_t at = 0; at < length; at++) {
				text[at] = kinds[k] == SCAN_PLAIN ? '#' : kinds[k] == SCAN_QUOTED ? '"' : '\x80';
				assert_ptr_equal(scan_find_rare(kinds[k], text, text + length), text + at);
				text[at] = others[kinds[k]];
			}
			free(text);
		}
}

static void the_first_of_several_is_found(void **state)
{
	static const char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaa#aaa:\n";

	(void)state;
	assert_ptr_equal(scan_find(SCAN_PLAIN, text, text + sizeof(text) - 1), strchr(text, '#'));
	assert_ptr_equal(scan_find(SCAN_PLAIN, strchr(text, '#') + 1, text + sizeof(text) - 1), strchr(text, ':'));
}

/* Random lines, short and long, with nothing behind their end. */
static void lines_at_column_0_are_found(void **state)
{
	uint64_t random = 1;

	(void)state;
	for (size_t round = 0; round < 2000; round++) {
		size_t length = 1 + round % 120;
		char *text = make(length, ' ');

		for (size_t i = 0; i < length; i++) {
			random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			text[i] = "\n   a -\n            "[(random >> 33) % (round % 2 ? 8 : 20)];
			/* Most rounds: few ends of what is indented, so that whole vectors are passed over. */
			if (round % 4 > 1 && text[i] == '\n' && i > 0 && i % 37 > 2)
				text[i] = ' ';
		}
		for (size_t from = 0; from < length; from++) {
			const char *expected = scan_top_bytes(text + from, text + length);

			assert_ptr_equal(scan_top(text + from, text + length), expected);
		}
		free(text);
	}
}

static void a_line_that_is_indented_or_the_last_is_no_line_at_column_0(void **state)
{
	static const char text[] = "  a\n b\n\n  c\nd\n e";
	const char *end = text + sizeof(text) - 1;

	(void)state;
	assert_ptr_equal(scan_top(text, end), text + 7);
	assert_ptr_equal(scan_top(text + 8, end), text + 12);
	assert_ptr_equal(scan_top(text + 13, end), end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vectors_and_bytes_tell_every_byte_the_same),
		TEST(a_byte_is_found_at_every_place_of_every_length),
		TEST(what_is_rare_is_found_at_every_place),
		TEST(the_first_of_several_is_found),
		TEST(lines_at_column_0_are_found),
		TEST(a_line_that_is_indented_or_the_last_is_no_line_at_column_0),
	};

	return unit_run(tests);
}
