/* SPDX-License-Identifier: Apache-2.0 */
#include "app/columns.h"

#include "base/err.h"

#include <stdio.h>

/* Between two columns. */
#define GAP 2
/* Parts of a list that are printed where not everything is wanted, whatever room there is: a few tell enough. */
#define NAMED_IN_CELL 4
/* Of a sentence below a row, and of the lines that a long line goes on in. */
#define INDENT 4
/* Of the rows of a group, below its heading. */
#define GROUP_INDENT 2
/* Where everything is wanted, a cell that is wider than this moves its row's rest to the right. */
#define ALIGNED_WIDTH 60
/* In place of what is left out of a name. */
#define DOTS "..."

void columns_init(struct columns *table, const struct column *columns, size_t count, bool has_headings)
{
	assert(count <= COLUMNS_LIMIT);
	*table = (struct columns){
		.columns = columns,
		.column_count = count,
		.indent = has_headings ? GROUP_INDENT : 0,
	};
	arena_init(&table->arena);
}

void columns_release(struct columns *table)
{
	arena_release(&table->arena);
}

struct columns_row *columns_add_row(struct columns *table)
{
	struct columns_row *row = ARENA_NEW(&table->arena, struct columns_row);

	*row = (struct columns_row){ 0 };
	table->rows = arena_grow(&table->arena, table->rows, table->count, &table->room, sizeof(*table->rows));
	table->rows[table->count++] = row;
	return row;
}

static struct str safe_text(struct arena *arena, struct str text)
{
	struct buf safe = { 0 };

	err_print_safe(&safe, text);
	return buf_keep(&safe, arena);
}

void columns_add(struct columns *table, struct columns_row *row, size_t column, struct str part)
{
	struct columns_cell *cell = &row->cells[column];
	struct str safe = safe_text(&table->arena, part);

	if (safe.len == 0 || (cell->count > 0 && str_equal(cell->parts[cell->count - 1], safe)))
		return;
	cell->parts = arena_grow(&table->arena, cell->parts, cell->count, &cell->room, sizeof(*cell->parts));
	cell->parts[cell->count++] = safe;
}

void columns_head(struct columns *table, struct columns_row *row, struct str heading)
{
	row->heading = safe_text(&table->arena, heading);
}

void columns_explain(struct columns *table, struct columns_row *row, struct str sentence)
{
	row->detail = safe_text(&table->arena, sentence);
}

static bool begins_code_point(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

static size_t width_of(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += begins_code_point(text.ptr[i]);
	return n;
}

/* Where code point `index` of `text` begins. */
static size_t offset_of(struct str text, size_t index)
{
	size_t at = 0;

	for (; at < text.len; at++)
		if (begins_code_point(text.ptr[at]) && index-- == 0)
			break;
	return at;
}

/* "a-long-name...its-end" in `room` code points. */
static void print_clipped(struct str text, size_t room, struct buf *to)
{
	size_t width = width_of(text), kept, end;

	if (width <= room) {
		buf_add(to, text);
		return;
	}
	kept = room > strlen(DOTS) ? room - strlen(DOTS) : 0;
	end = kept / 2;
	buf_add(to, str_slice(text, (struct span){ 0, offset_of(text, kept - end) }));
	buf_add_cstring(to, DOTS);
	buf_add(to, str_skip(text, offset_of(text, width - end)));
}

/* How wide "a, b +57" is with the first `named` parts of a cell. */
static size_t list_width(const struct columns_cell *cell, size_t named)
{
	char more[32] = "";
	size_t total = 0;

	for (size_t i = 0; i < named; i++)
		total += width_of(cell->parts[i]) + (i > 0 ? strlen(", ") : 0);
	if (named < cell->count)
		total += (size_t)snprintf(more, sizeof(more), " +%zu", cell->count - named);
	return total;
}

static size_t named_at_most(const struct columns_cell *cell, size_t room)
{
	return room == COLUMNS_UNLIMITED || cell->count < NAMED_IN_CELL ? cell->count : NAMED_IN_CELL;
}

static void print_list(const struct columns_cell *cell, size_t room, struct buf *to)
{
	size_t named = named_at_most(cell, room), others;

	while (named > 1 && list_width(cell, named) > room)
		named--;
	if (named == 0)
		return;
	others = list_width(cell, named) - width_of(cell->parts[0]);
	print_clipped(cell->parts[0], named == 1 && others < room ? room - others : room, to);
	for (size_t i = 1; i < named; i++)
		buf_printf(to, ", %.*s", STR_ARG(cell->parts[i]));
	if (named < cell->count)
		buf_printf(to, " +%zu", cell->count - named);
}

static void print_cell(const struct columns_cell *cell, enum columns_fit fit, size_t room, struct buf *to)
{
	if (cell->count == 0)
		return;
	switch (fit) {
	case COLUMNS_WHOLE:
		buf_add(to, cell->parts[0]);
		return;
	case COLUMNS_MIDDLE:
		print_clipped(cell->parts[0], room, to);
		return;
	case COLUMNS_LIST:
		print_list(cell, room, to);
		return;
	}
}

/* The widths that the columns would like to have. */
static void measure(const struct columns *table, size_t width, size_t widths[COLUMNS_LIMIT])
{
	for (size_t k = 0; k < table->column_count; k++)
		widths[k] = strlen(table->columns[k].head);
	for (size_t i = 0; i < table->count; i++)
		for (size_t k = 0; k < table->column_count; k++) {
			const struct columns_cell *cell = &table->rows[i]->cells[k];
			size_t wish = list_width(cell, named_at_most(cell, width));

			if (wish > widths[k] && (width != COLUMNS_UNLIMITED || wish <= ALIGNED_WIDTH))
				widths[k] = wish;
		}
}

/* The column that has most to give. */
static size_t widest(const struct columns *table, const size_t widths[COLUMNS_LIMIT])
{
	size_t best = table->column_count;

	for (size_t k = 0; k < table->column_count; k++) {
		const struct column *column = &table->columns[k];

		if (column->fit == COLUMNS_WHOLE || widths[k] <= column->least)
			continue;
		if (best == table->column_count ||
		    widths[k] - column->least > widths[best] - table->columns[best].least)
			best = k;
	}
	return best;
}

static void make_fit(const struct columns *table, size_t width, size_t widths[COLUMNS_LIMIT])
{
	size_t total = table->indent + GAP * (table->column_count - 1);

	for (size_t k = 0; k < table->column_count; k++)
		total += widths[k];
	for (; total > width; total--) {
		size_t k = widest(table, widths);

		if (k == table->column_count)
			return;
		widths[k]--;
	}
}

static void end_line(struct buf *to)
{
	while (to->len > 0 && to->ptr[to->len - 1] == ' ')
		to->len--;
	buf_add_char(to, '\n');
}

static void print_row(const struct columns *table, const struct columns_row *row, const size_t widths[COLUMNS_LIMIT],
		      bool is_limited, bool colour, struct buf *to)
{
	buf_add_repeated(to, ' ', table->indent);
	for (size_t k = 0; k < table->column_count; k++) {
		bool coloured = colour && row->colour && k == row->coloured;
		size_t before = to->len, printed;

		print_cell(&row->cells[k], table->columns[k].fit, is_limited ? widths[k] : COLUMNS_UNLIMITED, to);
		printed = width_of((struct str){ to->ptr + before, to->len - before });
		if (coloured) {
			struct str text = { to->ptr + before, to->len - before };
			struct buf painted = { 0 };

			buf_printf(&painted, "%s%.*s\033[0m", row->colour, STR_ARG(text));
			to->len = before;
			buf_add(to, buf_str(&painted));
			buf_release(&painted);
		}
		if (k + 1 < table->column_count)
			buf_add_repeated(to, ' ', GAP + (printed < widths[k] ? widths[k] - printed : 0));
	}
	end_line(to);
}

/* Words of `text` in lines of at most `width`, each behind `indent` blanks; the first one stands at `at` already. */
static void print_words(struct str text, size_t width, size_t indent, size_t at, struct buf *to)
{
	bool is_first = true;

	while (text.ptr) {
		struct str word = str_cut(&text, ' ');
		size_t length = width_of(word);

		if (!is_first && width != COLUMNS_UNLIMITED && at + 1 + length > width) {
			end_line(to);
			buf_add_repeated(to, ' ', indent);
			at = indent;
		} else if (!is_first) {
			buf_add_char(to, ' ');
			at++;
		}
		buf_add(to, word);
		at += length;
		is_first = false;
	}
	end_line(to);
}

void columns_print_line(struct str line, size_t width, struct buf *to)
{
	struct buf safe = { 0 };

	err_print_safe(&safe, line);
	print_words(buf_str(&safe), width, INDENT, 0, to);
	buf_release(&safe);
}

void columns_print(const struct columns *table, size_t width, bool colour, struct buf *to)
{
	size_t widths[COLUMNS_LIMIT] = { 0 };

	measure(table, width, widths);
	if (width != COLUMNS_UNLIMITED)
		make_fit(table, width, widths);
	buf_add_repeated(to, ' ', table->indent);
	for (size_t k = 0; k < table->column_count; k++) {
		buf_add_cstring(to, table->columns[k].head);
		if (k + 1 < table->column_count)
			buf_add_repeated(to, ' ', GAP + widths[k] - strlen(table->columns[k].head));
	}
	end_line(to);
	for (size_t i = 0; i < table->count; i++) {
		const struct columns_row *row = table->rows[i];

		if (row->heading.len > 0) {
			print_clipped(row->heading, width, to);
			end_line(to);
		}
		print_row(table, row, widths, width != COLUMNS_UNLIMITED, colour, to);
		if (row->detail.len > 0) {
			buf_add_repeated(to, ' ', table->indent + INDENT);
			print_words(row->detail, width, table->indent + INDENT, table->indent + INDENT, to);
		}
	}
}
