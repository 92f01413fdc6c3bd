/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <stdint.h>

static bool is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim_end(struct str text)
{
	while (text.len > 0 && is_white(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

struct str str_trim(struct str text)
{
	text = str_trim_end(text);
	while (text.len > 0 && is_white(text.ptr[0]))
		text = str_skip(text, 1);
	return text;
}

struct str str_trim_char(struct str text, char c)
{
	while (text.len > 0 && text.ptr[text.len - 1] == c)
		text.len--;
	while (text.len > 0 && text.ptr[0] == c)
		text = str_skip(text, 1);
	return text;
}

bool str_equal_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (str_lower(a.ptr[i]) != str_lower(b.ptr[i]))
			return false;
	return true;
}

bool str_is_ascii(struct str text)
{
	uint64_t seen = 0, word;
	size_t i = 0;

	for (; text.len - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, text.ptr + i, sizeof(word));
		seen |= word;
	}
	for (; i < text.len; i++)
		seen |= (unsigned char)text.ptr[i];
	return (seen & UINT64_C(0x8080808080808080)) == 0;
}

int str_compare(struct str a, struct str b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common > 0 ? memcmp(a.ptr, b.ptr, common) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

int str_compare_qsort(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

size_t str_find(struct str text, char byte)
{
	const char *hit = text.len > 0 ? memchr(text.ptr, byte, text.len) : NULL;

	return hit ? (size_t)(hit - text.ptr) : text.len;
}

size_t str_find_text(struct str text, const char *part)
{
	const char *hit = text.len > 0 ? memmem(text.ptr, text.len, part, strlen(part)) : NULL;

	return hit ? (size_t)(hit - text.ptr) : text.len;
}

bool str_contains(struct str text, const char *part)
{
	return str_find_text(text, part) < text.len;
}

struct str str_behind_last(struct str text, char byte)
{
	size_t from = text.len;

	while (from > 0 && text.ptr[from - 1] != byte)
		from--;
	return str_skip(text, from);
}

struct str str_cut(struct str *rest, char separator)
{
	size_t at = str_find(*rest, separator);
	struct str head = { .ptr = rest->ptr, .len = at };

	*rest = at < rest->len ? str_skip(*rest, at + 1) : (struct str){ 0 };
	return head;
}

bool str_list_has(struct str list, char separator, struct str item)
{
	while (list.ptr)
		if (str_equal(str_trim(str_cut(&list, separator)), item))
			return true;
	return false;
}
