/* SPDX-License-Identifier: Apache-2.0 */
#include "app/whytable.h"

#include "app/columns.h"

/* As wide as the table of list. */
#define WIDTH 120
/* Reasons of one workload, and options to leave objects out, that are told without -o wide. */
#define REASONS_TOLD 8
#define EXCLUDES_TOLD 10

enum { WORKLOAD, VERDICT, BECAUSE, COLUMNS };

static const struct column layout[COLUMNS] = {
	[WORKLOAD] = { "WORKLOAD", COLUMNS_MIDDLE, 24 },
	[VERDICT] = { "VERDICT", COLUMNS_WHOLE, 0 },
	[BECAUSE] = { "BECAUSE OF", COLUMNS_MIDDLE, 40 },
};

#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define RED "\033[31m"

struct whytable {
	struct columns columns;
	struct arena arena;
	const struct why *why;
	bool is_wide;
};

static const char *colour_of(enum why_verdict verdict)
{
	switch (verdict) {
	case WHY_SAME:
	case WHY_NEW:
		return GREEN;
	case WHY_MAY_ROLL:
	case WHY_ROLLS:
		return YELLOW;
	case WHY_REFUSED:
	case WHY_GONE:
		return RED;
	case WHY_VERDICTS:
		break;
	}
	return NULL;
}

static struct columns_row *add_row(struct whytable *table, const struct why_workload *item, bool is_first)
{
	struct columns_row *row = columns_add_row(&table->columns);

	if (!is_first)
		return row;
	columns_add(&table->columns, row, WORKLOAD, why_workload_name(item, &table->arena));
	columns_add(&table->columns, row, VERDICT, str_from(why_verdict_name(item->verdict)));
	row->colour = colour_of(item->verdict);
	row->coloured = VERDICT;
	return row;
}

static void add_reason(struct whytable *table, struct columns_row *row, struct str text)
{
	columns_add(&table->columns, row, BECAUSE, text);
}

static void add_workload(struct whytable *table, const struct why_workload *item)
{
	struct columns_row *row = add_row(table, item, true);
	size_t told = 0;

	for (size_t i = 0; i < item->reason_count; i++, told++) {
		if (!table->is_wide && i == REASONS_TOLD)
			break;
		row = i > 0 ? add_row(table, item, false) : row;
		add_reason(table, row, why_reason_text(item, i, &table->arena));
	}
	if (told < item->reason_count)
		add_reason(table, add_row(table, item, false),
			   arena_printf(&table->arena, "and %zu more (-o wide)", item->reason_count - told));
	if (item->held_back.len > 0)
		add_reason(table, add_row(table, item, false),
			   arena_printf(&table->arena, "held back: %.*s", STR_ARG(item->held_back)));
	if (item->stamps_alone && table->is_wide)
		add_reason(table, add_row(table, item, false), str_from("only stamps were compared"));
}

static void print_line(struct whytable *table, struct str line, struct buf *to)
{
	columns_print_line(line, table->is_wide ? COLUMNS_UNLIMITED : WIDTH, to);
}

/* A ConfigMap that changes is an upgrade more often than a random value. */
static struct str exclude_of(struct whytable *table, const struct why_workload *item, size_t i)
{
	bool is_told = table->is_wide || item->reasons[i].type == REASON_SECRET;

	return is_told ? reason_exclude(&item->reasons[i], item->after, &table->arena) : (struct str){ 0 };
}

/* Options that leave out what is made anew at each render, if that is what has changed. */
static void print_excludes(struct whytable *table, struct buf *to)
{
	size_t count = 0;

	if (!table->why->only_contents)
		return;
	for (size_t i = 0; i < table->why->count; i++) {
		const struct why_workload *item = &table->why->items[i];

		for (size_t k = 0; k < item->reason_count; k++) {
			struct str option = exclude_of(table, item, k);

			if (option.len == 0)
				continue;
			if (count++ == 0)
				print_line(table,
					   str_from("If both are renders of one chart with the same values, these are "
						    "made anew at each render. Keep them, or leave them out:"),
					   to);
			if (count <= EXCLUDES_TOLD || table->is_wide)
				print_line(table, arena_printf(&table->arena, "  %.*s", STR_ARG(option)), to);
		}
	}
	if (count > EXCLUDES_TOLD && !table->is_wide)
		print_line(table, arena_printf(&table->arena, "  and %zu more (-o wide)", count - EXCLUDES_TOLD), to);
}

static void print_unread(struct whytable *table, struct buf *to)
{
	for (size_t i = 0; i < table->why->unread_count; i++) {
		struct buf text = { 0 };

		why_print_unread(&table->why->unread[i], &text);
		buf_add_cstring(&text, " (no template consumes it: nothing rolls)");
		print_line(table, buf_keep(&text, &table->arena), to);
	}
}

static size_t count_stamps_alone(const struct why *why)
{
	size_t count = 0;

	for (size_t i = 0; i < why->count; i++)
		count += why->items[i].stamps_alone;
	return count;
}

static void print_notes(struct whytable *table, struct buf *to)
{
	size_t alone = count_stamps_alone(table->why);
	struct buf text = { 0 };

	why_print_headline(table->why, &text);
	why_print_others(table->why, "; ", &text);
	print_line(table, buf_keep(&text, &table->arena), to);
	if (table->why->git_not_compared)
		print_line(table,
			   str_from("git not compared: neither side has stamps, and a comparison asks no server"), to);
	if (alone > 0)
		print_line(
			table,
			arena_printf(&table->arena,
				     "only stamps were compared of %zu: a report, or what a cluster has, tells no more",
				     alone),
			to);
}

void whytable_print(const struct why *why, bool colour, bool wide, struct buf *to)
{
	struct whytable table = { .why = why, .is_wide = wide };

	columns_init(&table.columns, layout, COLUMNS, false);
	for (size_t i = 0; i < why->count; i++)
		if (wide || why->items[i].verdict != WHY_SAME)
			add_workload(&table, &why->items[i]);
	if (table.columns.count > 0) {
		columns_print(&table.columns, wide ? COLUMNS_UNLIMITED : WIDTH, colour, to);
		buf_add_char(to, '\n');
	}
	print_notes(&table, to);
	print_unread(&table, to);
	print_excludes(&table, to);
	columns_release(&table.columns);
	arena_release(&table.arena);
}
