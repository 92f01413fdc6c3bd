/* SPDX-License-Identifier: Apache-2.0 */
#include "app/locktable.h"

#include "app/columns.h"

/* As wide as the table of list. */
#define WIDTH 120
/* Digits of a commit that are shown without -o wide. */
#define DIGITS 8
/* Refs that are not resolved, and options that fit nothing, that are told without -o wide. */
#define TOLD 10

enum { URL, REF, KIND, FROM, TO, USED_BY, COLUMNS };

static const struct column layout[COLUMNS] = {
	[URL] = { "URL", COLUMNS_MIDDLE, 28 }, [REF] = { "REF", COLUMNS_MIDDLE, 10 },
	[KIND] = { "KIND", COLUMNS_WHOLE, 0 }, [FROM] = { "FROM", COLUMNS_WHOLE, 0 },
	[TO] = { "TO", COLUMNS_WHOLE, 0 },     [USED_BY] = { "USED BY", COLUMNS_LIST, 28 },
};

#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define RED "\033[31m"

struct locktable {
	struct columns columns;
	struct arena arena;
	const struct lockresult *result;
	bool is_wide;
	struct buf *to;
};

static const char *colour_of(enum lockdiff_change change)
{
	switch (change) {
	case LOCKDIFF_MOVED:
		return YELLOW;
	case LOCKDIFF_NEW:
		return GREEN;
	case LOCKDIFF_DROPPED:
		return RED;
	case LOCKDIFF_SAME:
	case LOCKDIFF_CHANGES:
		break;
	}
	return NULL;
}

/* A commit that is not there is a dash. */
static struct str shorten(const struct locktable *table, struct str commit)
{
	if (commit.len == 0)
		return str_from("-");
	if (!table->is_wide && commit.len > DIGITS)
		commit.len = DIGITS;
	return commit;
}

static struct str describe_kind(struct locktable *table, const struct lockdiff_row *row)
{
	if (row->kind == row->old_kind)
		return str_from(ref_kind_name(row->kind));
	return arena_printf(&table->arena, "%s, was %s", ref_kind_name(row->kind), ref_kind_name(row->old_kind));
}

static struct str describe_user(struct locktable *table, const struct lockdiff_user *user)
{
	const struct workload *workload = user->workload;

	return arena_printf(&table->arena, "%.*s: %.*s %.*s%s%.*s", STR_ARG(user->file->name), STR_ARG(workload->kind),
			    STR_ARG(workload->ns), workload->ns.len > 0 ? "/" : "", STR_ARG(workload->name));
}

static void add_row(struct locktable *table, const struct lockdiff_row *row)
{
	struct columns *columns = &table->columns;
	struct columns_row *line = columns_add_row(columns);

	columns_add(columns, line, URL, row->url);
	columns_add(columns, line, REF, row->ref);
	columns_add(columns, line, KIND, describe_kind(table, row));
	columns_add(columns, line, FROM, shorten(table, row->from));
	columns_add(columns, line, TO, shorten(table, row->to));
	for (size_t i = 0; i < row->user_count; i++)
		columns_add(columns, line, USED_BY, describe_user(table, &row->users[i]));
	line->colour = colour_of(row->change);
	line->coloured = row->change == LOCKDIFF_DROPPED ? FROM : TO;
	if (row->failure.len > 0)
		columns_explain(columns, line,
				arena_printf(&table->arena, "kept, since its server failed (--lock-fallback): %.*s",
					     STR_ARG(row->failure)));
	else if (row->user_count == 0)
		columns_explain(columns, line,
				str_from(row->change == LOCKDIFF_DROPPED
						 ? "no render uses it"
						 : "another meaning of the name: no render uses it"));
}

static void print_line(struct locktable *table, struct str line)
{
	columns_print_line(line, table->is_wide ? COLUMNS_UNLIMITED : WIDTH, table->to);
}

/* "41 refs of 1000 renders: 2 moved, 1 new, 38 as recorded". */
static void print_headline(struct locktable *table)
{
	const struct lockdiff *diff = table->result->diff;
	size_t renders = table->result->fleet->count, refs = diff->count - diff->counts[LOCKDIFF_DROPPED];
	struct buf text = { 0 };

	buf_printf(&text, "%zu ref%s of %zu render%s: ", refs, refs == 1 ? "" : "s", renders, renders == 1 ? "" : "s");
	if (diff->counts[LOCKDIFF_MOVED] > 0)
		buf_printf(&text, "%zu moved, ", diff->counts[LOCKDIFF_MOVED]);
	if (diff->counts[LOCKDIFF_NEW] > 0)
		buf_printf(&text, "%zu new, ", diff->counts[LOCKDIFF_NEW]);
	if (diff->counts[LOCKDIFF_DROPPED] > 0)
		buf_printf(&text, "%zu dropped, ", diff->counts[LOCKDIFF_DROPPED]);
	buf_printf(&text, "%zu as recorded", diff->counts[LOCKDIFF_SAME]);
	print_line(table, buf_keep(&text, &table->arena));
}

static void print_notes(struct locktable *table)
{
	const struct lockresult *result = table->result;
	size_t unused = result->diff->unused;

	if (result->is_check && result->diff->has_changes)
		print_line(table, arena_printf(&table->arena, "%.*s was not written (--check)", STR_ARG(result->path)));
	if (result->diff->itself > 0)
		print_line(table,
			   arena_printf(&table->arena,
					"%zu ref%s of workloads name%s a commit: no branch is followed there, as in "
					"renders that --git=pin has pinned",
					result->diff->itself, result->diff->itself == 1 ? "" : "s",
					result->diff->itself == 1 ? "s" : ""));
	if (unused > 0)
		print_line(table,
			   arena_printf(&table->arena, "%.*s has %zu entr%s that no render uses: --prune drops %s",
					STR_ARG(result->path), unused, unused == 1 ? "y" : "ies",
					unused == 1 ? "it" : "them"));
}

static void print_unresolved(struct locktable *table)
{
	size_t count = 0;

	for (size_t i = 0; i < table->result->ref_count; i++) {
		const struct fleet_ref *ref = &table->result->refs[i];
		const struct lockdiff_user user = { ref->file, ref->workload };

		if (ref->git->outcome != CHECKOUT_UNRESOLVED || ref->git->is_exempt)
			continue;
		if (count++ >= TOLD && !table->is_wide)
			continue;
		print_line(table, arena_printf(&table->arena, "not resolved: %.*s (line %zu): %.*s",
					       STR_ARG(describe_user(table, &user)), ref->git->line,
					       STR_ARG(ref->git->reason)));
	}
	if (count > TOLD && !table->is_wide)
		print_line(table, arena_printf(&table->arena, "not resolved: %zu more (-o wide)", count - TOLD));
}

/* Options of the command line that fit nothing in any render. */
static void print_misfits(struct locktable *table)
{
	static const enum unused_option options[] = { FITS_IGNORE, FITS_GIT_MAP, FITS_GIT_SKIP };

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		struct str *values;
		size_t count = unused_missed(&table->result->fleet->unused, options[i], &table->arena, &values);

		for (size_t k = 0; k < count; k++)
			print_line(table, arena_printf(&table->arena, "%s=%.*s fits nothing in the renders",
						       unused_option_name(options[i]), STR_ARG(values[k])));
	}
}

void locktable_print(const struct lockresult *result, bool wide, struct buf *to)
{
	struct locktable table = { .result = result, .is_wide = wide, .to = to };
	const struct lockdiff *diff = result->diff;

	columns_init(&table.columns, layout, COLUMNS, false);
	for (size_t i = 0; i < diff->count; i++)
		if (wide || diff->rows[i]->change != LOCKDIFF_SAME || diff->rows[i]->failure.len > 0)
			add_row(&table, diff->rows[i]);
	if (table.columns.count > 0) {
		columns_print(&table.columns, wide ? COLUMNS_UNLIMITED : WIDTH, result->colour, to);
		buf_add_char(to, '\n');
	}
	print_headline(&table);
	print_notes(&table);
	print_unresolved(&table);
	print_misfits(&table);
	columns_release(&table.columns);
	arena_release(&table.arena);
}
