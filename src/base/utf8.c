/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include "base/scan.h"

size_t utf8_length(struct str text)
{
	const unsigned char *p = (const unsigned char *)text.ptr;
	size_t length = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;

	if (length > text.len)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates and what lies above U+10FFFF. */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
	    (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return length;
}

struct str utf8_skip_bom(struct str text)
{
	return str_starts_with(text, UTF8_BOM) ? str_skip(text, strlen(UTF8_BOM)) : text;
}

bool utf8_has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (str_is_control(text.ptr[i]))
			return true;
		if (text.ptr[i] == '\xc2' && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xa0)
			return true;
	}
	return false;
}

bool utf8_is_valid(struct str text)
{
	while (text.len > 0) {
		size_t length = utf8_length(text);

		if (length == 0)
			return false;
		text = str_skip(text, length);
	}
	return true;
}

static bool is_odd_break(const unsigned char *p, size_t length)
{
	return (length == 2 && p[0] == 0xc2 && p[1] == 0x85) ||
	       (length == 3 && p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9));
}

bool utf8_check(struct str text, struct utf8_facts *facts, struct err *err)
{
	const char *end = text.len > 0 ? text.ptr + text.len : text.ptr;
	struct utf8_facts found = { 0 };

	for (const char *at = scan_find_rare(SCAN_NO_ASCII, text.ptr, end); at < end;
	     at = scan_find_rare(SCAN_NO_ASCII, at, end)) {
		const unsigned char *bytes = (const unsigned char *)at;
		size_t offset = (size_t)(at - text.ptr), length;

		if (*at == '\0')
			return err_set_at(
				err, offset,
				"a NUL byte: this is not YAML (UTF-16, or a binary file?); manifests are UTF-8 text");
		if (*at == '\r') {
			found.carriage = true;
			at++;
			continue;
		}
		length = utf8_length(str_skip(text, offset));
		if (length == 0)
			return err_set_at(err, offset, "byte 0x%02x is not valid UTF-8: manifests must be UTF-8 text",
					  *bytes);
		found.odd_breaks = found.odd_breaks || is_odd_break(bytes, length);
		at += length;
	}
	*facts = found;
	return true;
}
