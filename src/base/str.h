/* SPDX-License-Identifier: Apache-2.0 */
/*
 * str: borrowed bytes.
 *
 * A struct str is a pointer and a length, passed by value. It never owns what it points to and need not end in a NUL;
 * whoever hands one out says how long it stays valid. Bytes are bytes: nothing here depends on the locale.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *ptr;
	size_t len;
};

/* A half-open range of bytes. Whatever text it refers to is named where the span is. */
struct span {
	size_t from;
	size_t to;
};

/* A string literal as a str; usable in static initialisers. */
#define STR(literal)                                         \
	{                                                    \
		.ptr = (literal), .len = sizeof(literal) - 1 \
	}
/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).len, (s).ptr

/* Functions with a body here are called for every line or node. */

/* The bytes of a NUL-terminated string, which must outlive the result; NULL gives the empty str. */
static inline struct str str_from(const char *cstring)
{
	return (struct str){ .ptr = cstring, .len = cstring ? strlen(cstring) : 0 };
}

/* The bytes of `text` within `at`, which must lie inside it. */
static inline struct str str_slice(struct str text, struct span at)
{
	assert(at.from <= at.to && at.to <= text.len);
	return (struct str){ .ptr = text.ptr + at.from, .len = at.to - at.from };
}

/* `text` without its first `n` bytes (at most all of them). */
static inline struct str str_skip(struct str text, size_t n)
{
	if (n > text.len)
		n = text.len;
	/* Nothing may be added to a NULL pointer, not even 0. */
	return n > 0 ? (struct str){ .ptr = text.ptr + n, .len = text.len - n } : text;
}

/* `text` without the spaces, tabs, CRs and LFs at its end; and at both ends. */
struct str str_trim_end(struct str text);
struct str str_trim(struct str text);

/* `text` without the bytes `c` at both ends. */
struct str str_trim_char(struct str text, char c);

/* ASCII digits, and letters and digits. */
static inline bool str_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits of lower-case hex. */
static inline bool str_is_hex_digit(char c)
{
	return str_is_digit(c) || (c >= 'a' && c <= 'f');
}

/* C0 and DEL. */
static inline bool str_is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

/* An ASCII letter in lower case; any other byte as it is. */
static inline char str_lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static inline bool str_is_alphanumeric(char c)
{
	/* Letters differ in this bit from their other case, and from what is no letter in more. */
	return (unsigned)((c | 0x20) - 'a') < 26 || str_is_digit(c);
}

static inline bool str_equal(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/*
 * str_equal for words that are mostly equal if they begin with one letter and are equally long: a call of memcmp would cost
 * more than what it does.
 */
static inline bool str_equal_word(struct str a, struct str b)
{
	uint32_t first[2], last[2];

	if (a.len != b.len || a.len < sizeof(uint32_t) || a.len > 2 * sizeof(uint32_t))
		return str_equal(a, b);
	memcpy(&first[0], a.ptr, sizeof(uint32_t));
	memcpy(&first[1], b.ptr, sizeof(uint32_t));
	memcpy(&last[0], a.ptr + a.len - sizeof(uint32_t), sizeof(uint32_t));
	memcpy(&last[1], b.ptr + b.len - sizeof(uint32_t), sizeof(uint32_t));
	return first[0] == first[1] && last[0] == last[1];
}

static inline bool str_is(struct str a, const char *cstring)
{
	return str_equal(a, str_from(cstring));
}

/* ASCII letters compare without their case. */
bool str_equal_nocase(struct str a, struct str b);
/* Is no byte above 0x7f? */
bool str_is_ascii(struct str text);

static inline bool str_starts_with(struct str text, const char *prefix)
{
	size_t n = strlen(prefix);

	return text.len >= n && memcmp(text.ptr, prefix, n) == 0;
}

static inline bool str_begins(struct str text, struct str beginning)
{
	return text.len >= beginning.len && str_equal((struct str){ text.ptr, beginning.len }, beginning);
}

static inline bool str_ends_with(struct str text, const char *suffix)
{
	size_t n = strlen(suffix);

	return text.len >= n && memcmp(text.ptr + text.len - n, suffix, n) == 0;
}

/* Less than, equal to or greater than 0, by unsigned bytes, as memcmp orders. */
int str_compare(struct str a, struct str b);
/* str_compare of the struct strs at `a` and `b`, for qsort. */
int str_compare_qsort(const void *a, const void *b);

/* What stands behind the last `byte` of `text`: all of it, if it has none. */
struct str str_behind_last(struct str text, char byte);
/* Index of the first `byte` in `text`, or text.len if it has none. */
size_t str_find(struct str text, char byte);
/* Index of the first `part`, which is not empty, in `text`, or text.len if it has none. */
size_t str_find_text(struct str text, const char *part);
/* Does `text` have `part` in it, which is not empty? */
bool str_contains(struct str text, const char *part);
/* Is `item` one of the parts of `list` between `separator`s, blanks around each apart? A NULL pointer has no parts. */
bool str_list_has(struct str list, char separator, struct str item);
/*
 * Cuts `*rest` at its first `separator`: returns what stands before it and leaves what stands behind it. Without one,
 * returns everything and leaves `*rest` empty with a NULL pointer, which ends loops: while (rest.ptr) ...
 */
struct str str_cut(struct str *rest, char separator);

#endif
