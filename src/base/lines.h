/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lines: which line of a text holds a byte. Lines end in LF, and count from 1.
 */
#ifndef BASE_LINES_H
#define BASE_LINES_H

#include "base/arena.h"

#include <stdint.h>

/* The number of the line that holds byte `offset` of `text`: one more than the LFs before it. */
size_t lines_number(struct str text, size_t offset);

/* Where a byte of a text stands, for people. Columns, too, count from 1: characters, or bytes in what is no UTF-8. */
struct line_place {
	size_t line, column;
};

/* The place of byte `at` of `text`, or of the text's end if it is shorter. */
struct line_place lines_place(struct str text, size_t at);

/* An index of where the lines of a text begin, for who asks for the lines of many bytes. */
struct lines {
	const uint32_t *starts; /* ascending; NULL: there is no index */
	size_t count;
};

/* Indexes `text`, of less than 4 GiB; the index lives in `arena`. */
struct lines lines_index(struct str text, struct arena *arena);

/* What lines_number says of the indexed text, found by the index. */
size_t lines_find(const struct lines *lines, size_t offset);

#endif
