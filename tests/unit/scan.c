/* SPDX-License-Identifier: Apache-2.0 */
#include "base/scan.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const enum scan_kind kinds[] = { SCAN_NO_SPACE, SCAN_PLAIN, SCAN_QUOTED, SCAN_SPECIAL };

/* A byte that is not of the kind. */
static const char others[] = { [SCAN_NO_SPACE] = ' ', [SCAN_PLAIN] = 'a', [SCAN_QUOTED] = ':', [SCAN_SPECIAL] = '\n' };

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
				text[at] = kinds[k] == SCAN_PLAIN ? '#' : kinds[k] == SCAN_QUOTED ? '"' : '\x7f';
				assert_ptr_equal(scan_find(kinds[k], text, text + length), text + at);
				assert_ptr_equal(scan_bytes(kinds[k], text, text + length), text + at);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vectors_and_bytes_tell_every_byte_the_same),
		TEST(a_byte_is_found_at_every_place_of_every_length),
		TEST(the_first_of_several_is_found),
	};

	return unit_run(tests);
}
