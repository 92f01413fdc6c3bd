/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/blockword.h"

#include "base/scan.h"

static struct str slice(const char *from, const char *to)
{
	return to > from ? (struct str){ .ptr = from, .len = (size_t)(to - from) } : (struct str){ 0 };
}

bool blockword_can_begin_oddly(const struct block_text *b, const char *at)
{
	if (at == b->end)
		return false;
	/* Indicators, of which libyaml takes some for text sometimes. */
	if (*at == '-')
		return !blocktext_is_gap(b, at + 1) && at[1] != '\t';
	return (unsigned char)*at >= 0x80 || (*at > ' ' && !strchr("?:,[]{}#&*!|>'\"%@`", *at));
}

/*
 * Plain text from `at` on: where its last byte ends; `*stop` is where what ended it stands. Most bytes of a manifest are looked
 * at here, so the compiler is told to keep what it finds in registers.
 */
static inline __attribute__((always_inline)) enum blockword_end find_end(const struct block_text *b, const char *at,
									 const char **to, const char **stop)
{
	enum blockword_end end = BLOCKWORD_ODD;
	const char *p = at;

	for (;; p++) {
		p = scan_find(SCAN_PLAIN, p, b->end);
		if (p == b->end || *p == '\n') {
			end = BLOCKWORD_LINE;
			break;
		}
		if (*p == ':' && blocktext_is_gap(b, p + 1)) {
			end = BLOCKWORD_KEY_END;
			break;
		}
		if (*p == '#' && p > at && p[-1] == ' ') {
			end = BLOCKWORD_COMMENT;
			break;
		}
		if (*p == '\t')
			return BLOCKWORD_ODD;
	}
	*stop = p;
	while (p > at && p[-1] == ' ')
		p--;
	*to = p;
	if (end == BLOCKWORD_COMMENT)
		*stop = p;
	return end == BLOCKWORD_KEY_END && p < *stop ? BLOCKWORD_ODD : end;
}

static inline enum blockword_end read_line(struct block_text *b, struct node *scalar)
{
	const char *from = b->at, *to = from;
	enum blockword_end end = find_end(b, from, &to, &b->at);

	scalar->span.to = blocktext_offset(b, to);
	scalar->value = slice(from, to);
	return end;
}

enum blockword_end blockword_plain(struct block_text *b, struct node *scalar)
{
	return read_line(b, scalar);
}

/*
 * Plain text over several lines: one line break is a space, more of them are one less. Lines begin and end with spaces
 * that do not count.
 */
static struct str fold(struct block_text *b, const char *from, const char *to)
{
	char *copy = arena_alloc(b->arena, (size_t)(to - from)), *out = copy;

	while (from < to) {
		const char *end = blocktext_line_end(from, to), *last = end;
		size_t breaks = 0;

		while (last > from && last[-1] == ' ')
			last--;
		memcpy(out, from, (size_t)(last - from));
		out += last - from;
		for (; end < to && *end == '\n'; end = blocktext_skip_spaces(end + 1, to))
			breaks++;
		if (breaks == 1)
			*out++ = ' ';
		for (; breaks > 1; breaks--)
			*out++ = '\n';
		from = end;
	}
	return (struct str){ .ptr = copy, .len = (size_t)(out - copy) };
}

/* Goes on where a line of content that is indented by enough has been entered. */
static bool read_more_lines(struct block_text *b, ptrdiff_t indent, struct node *scalar)
{
	const char *from = b->start + scalar->span.from, *to = from;
	enum blockword_end end;
	size_t breaks;

	do {
		end = find_end(b, b->at, &to, &b->at);
		if (end == BLOCKWORD_LINE && !blocktext_next_line(b, &breaks))
			return false;
	} while (end == BLOCKWORD_LINE && b->column > indent && *b->at != '#');
	if (end == BLOCKWORD_KEY_END || end == BLOCKWORD_ODD)
		return false;
	scalar->span.to = blocktext_offset(b, to);
	scalar->value = fold(b, from, to);
	return end == BLOCKWORD_COMMENT ? blocktext_finish_line(b) : blocktext_skip_comments(b);
}

static inline bool read_more(struct block_text *b, enum blockword_end end, ptrdiff_t indent, struct node *scalar)
{
	size_t breaks;

	if (end == BLOCKWORD_COMMENT)
		return blocktext_finish_line(b);
	if (end != BLOCKWORD_LINE || !blocktext_next_line(b, &breaks))
		return false;
	if (b->column > indent && *b->at != '#')
		return read_more_lines(b, indent, scalar);
	return blocktext_skip_comments(b);
}

bool blockword_more(struct block_text *b, enum blockword_end end, ptrdiff_t indent, struct node *scalar)
{
	return read_more(b, end, indent, scalar);
}

bool blockword_value(struct block_text *b, ptrdiff_t indent, struct node *scalar)
{
	return read_more(b, read_line(b, scalar), indent, scalar);
}

/* In single quotes, a quote is written twice. */
static struct str without_twins(struct block_text *b, const char *from, const char *to)
{
	char *copy = arena_alloc(b->arena, (size_t)(to - from)), *out = copy;

	for (; from < to; from++) {
		*out++ = *from;
		from += *from == '\'';
	}
	return (struct str){ .ptr = copy, .len = (size_t)(out - copy) };
}

static bool read_single_quoted(struct block_text *b, struct node *scalar)
{
	const char *from = b->at + 1, *end = blocktext_line_end(from, b->end), *at = from;
	bool has_twins = false;

	for (;;) {
		at = at < end ? memchr(at, '\'', (size_t)(end - at)) : NULL;
		if (!at)
			return false;
		if (at + 1 == end || at[1] != '\'')
			break;
		has_twins = true;
		at += 2;
	}
	scalar->style = STYLE_SINGLE_QUOTED;
	scalar->value = has_twins ? without_twins(b, from, at) : slice(from, at);
	b->at = at + 1;
	return true;
}

/* The value of `count` hexadecimal digits; more than any character's if they are none. */
static unsigned hexadecimal(const char *at, const char *end, ptrdiff_t count)
{
	unsigned value = 0;

	if (end - at < count)
		return UINT32_MAX;
	for (const char *stop = at + count; at < stop; at++) {
		unsigned char c = (unsigned char)*at, lower = c | 0x20;

		if (str_is_digit(*at))
			value = value * 16 + (c - '0');
		else if (lower >= 'a' && lower <= 'f')
			value = value * 16 + (lower - 'a') + 10;
		else
			return UINT32_MAX;
	}
	return value;
}

/* A character of at most 16 bits in UTF-8. */
static char *add_character(char *out, unsigned c)
{
	if (c < 0x80) {
		*out++ = (char)c;
	} else if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
		*out++ = (char)(0x80 | (c & 0x3f));
	} else {
		*out++ = (char)(0xe0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	}
	return out;
}

/* The escape at `*at`, a backslash with a byte behind it; false if it is none of those that are ours. */
static bool unescape(const char **at, const char *end, char **out)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	char letter = (*at)[1];
	const char *found = letter ? strchr(letters, letter) : NULL;
	ptrdiff_t digits = letter == 'x' ? 2 : 4;
	unsigned c;

	*at += 2;
	if (found) {
		*(*out)++ = meanings[found - letters];
		return true;
	}
	if (letter != 'x' && letter != 'u')
		return false;
	c = hexadecimal(*at, end, digits);
	if (c > 0xffff || (c >= 0xd800 && c <= 0xdfff))
		return false;
	*at += digits;
	*out = add_character(*out, c);
	return true;
}

/* An escape is never shorter than what it means. */
static bool read_escaped(struct block_text *b, const char *from, const char *to, struct str *value)
{
	char *copy = arena_alloc(b->arena, (size_t)(to - from)), *out = copy;

	while (from < to) {
		const char *next = memchr(from, '\\', (size_t)(to - from));
		size_t length = (size_t)((next ? next : to) - from);

		memcpy(out, from, length);
		out += length;
		from += length;
		if (next && !unescape(&from, to, &out))
			return false;
	}
	*value = (struct str){ .ptr = copy, .len = (size_t)(out - copy) };
	return true;
}

static bool read_double_quoted(struct block_text *b, struct node *scalar)
{
	const char *from = b->at + 1, *at = from;
	bool has_escapes = false;

	for (;;) {
		at = scan_find(SCAN_QUOTED, at, b->end);
		if (at == b->end || *at == '\n')
			return false;
		if (*at == '"')
			break;
		has_escapes = true;
		if (b->end - at < 2 || at[1] == '\n')
			return false;
		at += 2;
	}
	scalar->style = STYLE_DOUBLE_QUOTED;
	if (!has_escapes)
		scalar->value = slice(from, at);
	else if (!read_escaped(b, from, at, &scalar->value))
		return false;
	b->at = at + 1;
	return true;
}

bool blockword_quoted(struct block_text *b, struct node *scalar)
{
	if (!(*b->at == '\'' ? read_single_quoted(b, scalar) : read_double_quoted(b, scalar)))
		return false;
	scalar->span.to = blocktext_offset(b, b->at);
	return true;
}
