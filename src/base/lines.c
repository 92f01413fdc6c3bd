/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lines.h"

size_t lines_number(struct str text, size_t offset)
{
	struct str rest = { .ptr = text.ptr, .len = offset < text.len ? offset : text.len };
	size_t line = 1;

	for (size_t at = str_find(rest, '\n'); at < rest.len; at = str_find(rest, '\n')) {
		line++;
		rest = str_skip(rest, at + 1);
	}
	return line;
}

struct lines lines_index(struct str text, struct arena *arena)
{
	size_t count = lines_number(text, text.len), n = 0;
	uint32_t *starts = arena_array(arena, count, sizeof(*starts));

	starts[n++] = 0;
	for (size_t at = str_find(text, '\n'); at < text.len; at += 1 + str_find(str_skip(text, at + 1), '\n'))
		starts[n++] = (uint32_t)(at + 1);
	return (struct lines){ .starts = starts, .count = n };
}

size_t lines_find(const struct lines *lines, size_t offset)
{
	size_t low = 0, high = lines->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (lines->starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low + 1;
}

struct line_place lines_place(struct str text, size_t at)
{
	struct line_place place = { .line = 1, .column = 1 };

	for (size_t i = 0; i < at && i < text.len; i++) {
		/* The bytes behind the first of a character begin with the bits 10. */
		bool is_inside = ((unsigned char)text.ptr[i] & 0xc0) == 0x80;

		place.column += !is_inside;
		if (text.ptr[i] == '\n')
			place = (struct line_place){ .line = place.line + 1, .column = 1 };
	}
	return place;
}
