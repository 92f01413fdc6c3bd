/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void check_failed(const char *file, int line, const char *condition, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	abort();
}

void check_message(const struct err *err)
{
	struct buf printed = { 0 };
	struct str text = str_from(err->text);

	CHECK(text.len > 0);
	err_print_safe(&printed, text);
	CHECK(printed.len > 0);
	for (size_t i = 0; i < printed.len; i++)
		CHECK_OF((unsigned char)printed.ptr[i] >= 0x20 && printed.ptr[i] != 0x7f, text);
	buf_release(&printed);
}

struct str check_copy(struct arena *arena, struct str text)
{
	char *copy = arena_alloc(arena, text.len);

	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	return (struct str){ .ptr = copy, .len = text.len };
}

struct str check_join(struct arena *arena, const struct str *pieces, size_t count)
{
	struct buf joined = { 0 };
	struct str copy;

	for (size_t i = 0; i < count; i++)
		buf_add(&joined, pieces[i]);
	copy = check_copy(arena, buf_str(&joined));
	buf_release(&joined);
	return copy;
}

unsigned choice_byte(struct choices *choices)
{
	if (choices->left == 0)
		return 0;
	choices->left--;
	return *choices->next++;
}

unsigned choice_below(struct choices *choices, unsigned count)
{
	return choice_byte(choices) % count;
}

struct str choice_rest(const struct choices *choices)
{
	return (struct str){ .ptr = (const char *)choices->next, .len = choices->left };
}
