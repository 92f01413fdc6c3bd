/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 0))) static void set(struct err *err, size_t at, const char *format, va_list arguments)
{
	vsnprintf(err->text, sizeof(err->text), format, arguments);
	err->at = at;
}

bool err_set(struct err *err, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	set(err, ERR_NOWHERE, format, arguments);
	va_end(arguments);
	return false;
}

bool err_set_at(struct err *err, size_t at, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	set(err, at, format, arguments);
	va_end(arguments);
	return false;
}

bool err_prefix(struct err *err, const char *format, ...)
{
	char prefix[sizeof(err->text) / 2];
	size_t length;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(prefix, sizeof(prefix) - 2, format, arguments);
	va_end(arguments);
	strcat(prefix, ": ");
	length = strlen(prefix);
	/* A message that no longer fits loses its end, not the place that it speaks of. */
	memmove(err->text + length, err->text, sizeof(err->text) - length);
	memcpy(err->text, prefix, length);
	err->text[sizeof(err->text) - 1] = '\0';
	return false;
}

bool err_add(struct err *err, const char *format, ...)
{
	size_t length = strlen(err->text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(err->text + length, sizeof(err->text) - length, format, arguments);
	va_end(arguments);
	return false;
}

static bool is_unsafe(const unsigned char *p, size_t length)
{
	/* LS, PS and the characters that turn the direction of text around: U+2028 to U+202E, U+2066 to U+2069. */
	bool is_format =
		length == 3 && p[0] == 0xe2 &&
		((p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae) || (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));

	return p[0] < 0x20 || p[0] == 0x7f || (length == 2 && p[0] == 0xc2 && p[1] < 0xa0) || is_format;
}

void err_print_safe(struct buf *to, struct str text)
{
	while (text.len > 0) {
		const unsigned char *p = (const unsigned char *)text.ptr;
		size_t length = utf8_length(text);

		if (length > 0 && !is_unsafe(p, length)) {
			buf_add(to, str_slice(text, (struct span){ 0, length }));
		} else {
			length = length > 0 ? length : 1;
			if (p[0] == '\n')
				buf_add_cstring(to, "\\n");
			else if (p[0] == '\t')
				buf_add_cstring(to, "\\t");
			else
				for (size_t i = 0; i < length; i++)
					buf_printf(to, "\\x%02x", p[i]);
		}
		text = str_skip(text, length);
	}
}
