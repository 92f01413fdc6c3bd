/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/blocktext.h"

#include "base/utf8.h"

/* Nodes that are allocated together. */
#define SPARE 16

/*
 * Those that libyaml's reader refuses (C1 controls, U+FFFE, U+FFFF), those that its scanner takes for line breaks (NEL, LS,
 * PS), and the byte order mark.
 */
static bool is_odd_character(const unsigned char *bytes, size_t length)
{
	if (length == 2)
		return bytes[0] == 0xc2 && bytes[1] < 0xa0;
	if (length == 3 && bytes[0] == 0xe2)
		return bytes[1] == 0x80 && (bytes[2] == 0xa8 || bytes[2] == 0xa9);
	return length == 3 && bytes[0] == 0xef &&
	       ((bytes[1] == 0xbb && bytes[2] == 0xbf) || (bytes[1] == 0xbf && bytes[2] >= 0xbe));
}

bool blocktext_is_simple(struct str text, bool *is_ascii)
{
	const char *end = text.ptr + text.len;

	*is_ascii = true;
	for (const char *at = scan_find_rare(SCAN_SPECIAL, text.ptr, end); at < end;
	     at = scan_find_rare(SCAN_SPECIAL, at, end)) {
		size_t length = utf8_length((struct str){ .ptr = at, .len = (size_t)(end - at) });

		if (length < 2 || is_odd_character((const unsigned char *)at, length))
			return false;
		*is_ascii = false;
		at += length;
	}
	return true;
}

const char *blocktext_line_end(const char *at, const char *end)
{
	const char *found = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;

	return found ? found : end;
}

bool blocktext_is_mark(const struct block_text *b, const char *line)
{
	return b->end - line >= 3 && (memcmp(line, "---", 3) == 0 || memcmp(line, "...", 3) == 0) &&
	       (blocktext_is_gap(b, line + 3) || line[3] == '\t');
}

bool blocktext_pass_comments(struct block_text *b)
{
	size_t breaks;

	while (b->column != BLOCKTEXT_END && *b->at == '#') {
		b->at = blocktext_line_end(b->at, b->end);
		if (!blocktext_next_line(b, &breaks))
			return false;
	}
	return true;
}

bool blocktext_pass_rest(struct block_text *b)
{
	const char *at = blocktext_skip_spaces(b->at, b->end);

	/* Without a space before it, it would be one for libyaml and not for everybody. */
	if (at < b->end && *at == '#' && at > b->at)
		at = blocktext_line_end(at, b->end);
	if (at < b->end && *at != '\n')
		return false;
	b->at = at;
	return true;
}

bool blocktext_begin(struct block_text *b, struct str text, size_t limit, struct arena *arena)
{
	*b = (struct block_text){ .arena = arena, .nodes_left = limit };
	if (text.len == 0 || !blocktext_is_simple(text, &b->is_ascii))
		return false;
	b->start = b->line = b->at = text.ptr;
	b->end = text.ptr + text.len;
	if (text.len >= 3 && memcmp(text.ptr, "---", 3) == 0 && blocktext_is_gap(b, text.ptr + 3)) {
		b->at += 3;
		return blocktext_finish_line(b);
	}
	b->at = blocktext_skip_spaces(b->at, b->end);
	if (b->at < b->end && *b->at == '\n')
		return blocktext_finish_line(b);
	return blocktext_enter(b, text.ptr, b->at) && blocktext_skip_comments(b);
}

bool blocktext_add_spare(struct block_text *b)
{
	size_t count = b->nodes_left < SPARE ? b->nodes_left : SPARE;

	if (count == 0)
		return false;
	b->nodes_left -= count;
	b->spare = arena_array(b->arena, count, sizeof(*b->spare));
	b->spare_count = count;
	return true;
}
