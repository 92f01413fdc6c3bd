#include "yaml/marks.h"

#include <string.h>

void marks_init(struct marks *marks, struct str text)
{
	*marks = (struct marks){ .text = text, .ascii = str_is_ascii(text) };
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t marks_byte(struct marks *marks, struct mark_index index)
{
	const char *p = marks->text.ptr;

	if (marks->ascii)
		return index.code_points < marks->text.len ? index.code_points : marks->text.len;
	while (marks->index < index.code_points && marks->byte < marks->text.len) {
		marks->byte++;
		while (marks->byte < marks->text.len && is_continuation(p[marks->byte]))
			marks->byte++;
		marks->index++;
	}
	while (marks->index > index.code_points) {
		marks->byte--;
		while (is_continuation(p[marks->byte]))
			marks->byte--;
		marks->index--;
	}
	return marks->byte;
}

size_t marks_line(struct str text, size_t offset)
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
	size_t count = marks_line(text, text.len), n = 0;
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
