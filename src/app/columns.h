/* SPDX-License-Identifier: Apache-2.0 */
/*
 * columns: rows of cells, printed in columns that fit a width.
 *
 * Widths are in code points, which is close enough to a terminal's columns for names. What is added is made safe for a
 * terminal. The caller's memory, released by columns_release.
 */
#ifndef APP_COLUMNS_H
#define APP_COLUMNS_H

#include "base/arena.h"
#include "base/buf.h"

/* Columns that a table can have. */
#define COLUMNS_LIMIT 6
/* A width for those who want everything. */
#define COLUMNS_UNLIMITED ((size_t)-1)

/* How a cell is made to fit. */
enum columns_fit {
	COLUMNS_WHOLE,  /* it never is: it is short */
	COLUMNS_MIDDLE, /* its middle is left out: both ends of a name tell something */
	COLUMNS_LIST,   /* only its first parts are printed, and how many more there are: "a, b +57" */
};

struct column {
	const char *head;
	enum columns_fit fit;
	size_t least; /* it is not made narrower than this; with COLUMNS_WHOLE, not at all */
};

struct columns_cell {
	struct str *parts; /* printed with commas between them; of a COLUMNS_LIST any number, else at most one */
	size_t count, room;
};

struct columns_row {
	struct columns_cell cells[COLUMNS_LIMIT];
	const char *colour; /* a terminal's sequence for the cell `coloured`, or NULL */
	size_t coloured;
	struct str heading; /* a line above the row, which is a group's first, or empty */
	struct str detail;  /* a sentence below the row, or empty */
};

struct columns {
	struct arena arena;
	const struct column *columns; /* borrowed */
	size_t column_count;
	size_t indent; /* of the rows of groups */
	struct columns_row **rows;
	size_t count, room;
};

/* A table without rows; `count` columns, at most COLUMNS_LIMIT. Its rows are indented if they have headings. */
void columns_init(struct columns *table, const struct column *columns, size_t count, bool has_headings);
void columns_release(struct columns *table);
/* A new row, at the end; it stays where it is. */
struct columns_row *columns_add_row(struct columns *table);
/* Adds a part to a cell, unless its last one is the same. An empty part is none. The text is copied. */
void columns_add(struct columns *table, struct columns_row *row, size_t column, struct str part);
/* Sets the line above the row, and the sentence below it. The text is copied. */
void columns_head(struct columns *table, struct columns_row *row, struct str heading);
void columns_explain(struct columns *table, struct columns_row *row, struct str sentence);
/*
 * Prints the heads and all rows to `to`, no line wider than `width` unless a COLUMNS_WHOLE cell or a single word of a
 * sentence is. With COLUMNS_UNLIMITED everything is printed.
 */
void columns_print(const struct columns *table, size_t width, bool colour, struct buf *to);
/* Prints a line of its own to `to`, made safe, and broken between words so that it fits; the rest is indented. */
void columns_print_line(struct str line, size_t width, struct buf *to);

#endif
