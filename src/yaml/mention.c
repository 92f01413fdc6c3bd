/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/mention.h"

#include <string.h>

/* The value of a hex digit, or -1. */
static int digit_of(char c)
{
	if (str_is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The character that `count` hex digits at `at` stand for, if it is ASCII; else -1. */
static int read_hex(struct str text, size_t at, size_t count)
{
	int value = 0;

	if (text.len - at < count)
		return -1;
	for (size_t i = 0; i < count; i++) {
		int digit = digit_of(text.ptr[at + i]);

		if (digit < 0 || value > 0x7f)
			return -1;
		value = value * 16 + digit;
	}
	return value <= 0x7f ? value : -1;
}

static size_t skip_blanks(struct str text, size_t at)
{
	while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
		at++;
	return at;
}

/* What the escape behind the backslash at `at` stands for, or -1 if that is in no word; `*end` is set behind it. */
static int read_escape(struct str text, size_t at, size_t *end)
{
	char kind = at + 1 < text.len ? text.ptr[at + 1] : '\0';
	size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;

	*end = at + 2 + digits;
	if (digits > 0)
		return read_hex(text, at + 2, digits);
	return kind == '/' ? '/' : -1;
}

/* How many bytes the line break at `at` has, or 0 if there is none. YAML 1.1 has NEL, LS and PS for breaks, too. */
static size_t break_at(struct str text, size_t at)
{
	struct str rest = str_skip(text, at);

	if (rest.len == 0)
		return 0;
	if (rest.ptr[0] == '\n')
		return 1;
	if (rest.ptr[0] == '\r')
		return rest.len > 1 && rest.ptr[1] == '\n' ? 2 : 1;
	if (str_starts_with(rest, "\xc2\x85"))
		return 2;
	return str_starts_with(rest, "\xe2\x80\xa8") || str_starts_with(rest, "\xe2\x80\xa9") ? 3 : 0;
}

/* Skips line breaks that are escaped, and the blanks that the next line begins with. */
static size_t skip_breaks(struct str text, size_t at)
{
	size_t length;

	while (at + 1 < text.len && text.ptr[at] == '\\' && (length = break_at(text, at + 1)) > 0)
		at = skip_blanks(text, at + 1 + length);
	return at;
}

/* Does `rest` of the word stand at `at`, in whatever way? */
static bool stands_at(struct str text, size_t at, const char *rest)
{
	for (; *rest; rest++) {
		at = skip_breaks(text, at);
		if (at >= text.len)
			return false;
		if (text.ptr[at] != '\\') {
			if (text.ptr[at++] != *rest)
				return false;
		} else if (read_escape(text, at, &at) != *rest) {
			return false;
		}
	}
	return true;
}

/* Does the word stand around the backslash at `at`, which is the first one in it? */
static bool stands_around(struct str text, size_t at, const char *word)
{
	size_t end, length = strlen(word);
	int c = read_escape(text, at, &end);
	bool is_break = c < 0 && break_at(text, at + 1) > 0;

	if (c < 0 && !is_break)
		return false;
	/* A break stands within it. */
	for (size_t before = is_break; before < length && before <= at; before++) {
		if ((before > 0 && text.ptr[at - 1] != word[before - 1]) || (!is_break && word[before] != c))
			continue;
		if (memcmp(text.ptr + at - before, word, before) == 0 && stands_at(text, at, word + before))
			return true;
	}
	return false;
}

/* Can the character behind a backslash begin what is looked for? Most escapes, as that of a quote, can't. */
static bool can_matter(char c)
{
	return c == 'x' || c == 'u' || c == 'U' || c == '/' || c == '\n' || c == '\r' || (unsigned char)c >= 0x80;
}

bool mention_of_any(struct str text, const char *const *words)
{
	const char *at = text.ptr, *end = text.ptr + text.len;

	if (text.len == 0)
		return false;
	for (size_t i = 0; words[i]; i++)
		if (memmem(text.ptr, text.len, words[i], strlen(words[i])))
			return true;
	while (at + 1 < end && (at = memchr(at, '\\', (size_t)(end - at) - 1)) != NULL) {
		for (size_t i = 0; can_matter(at[1]) && words[i]; i++)
			if (stands_around(text, (size_t)(at - text.ptr), words[i]))
				return true;
		/* A backslash behind a backslash begins nothing. */
		at += at[1] == '\\' ? 2 : 1;
	}
	return false;
}

bool mention_of(struct str text, const char *word)
{
	const char *const words[] = { word, NULL };

	return mention_of_any(text, words);
}
