/* SPDX-License-Identifier: Apache-2.0 */
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
