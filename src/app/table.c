#include "app/table.h"

/* Rows of cells, printed in columns. A cell that is wider than this moves its row's rest to the right. */
#define COLUMNS 5
#define COLUMN_WIDTH 60
/* Keys, and places, that one cell names where not all are wanted. */
#define NAMED_IN_CELL 8

struct row {
	struct str cells[COLUMNS];
	const char *colour; /* of the status, or NULL */
};

struct table {
	struct arena arena;
	struct row *rows;
	size_t count, room;
	size_t named; /* keys, and places, that one cell names */
};

static struct row *add_row(struct table *table)
{
	table->rows = arena_grow(&table->arena, table->rows, table->count, &table->room, sizeof(*table->rows));
	return &table->rows[table->count++];
}

static struct str safe_text(struct arena *arena, struct str text)
{
	struct buf safe = { 0 };

	err_print_safe(&safe, text);
	return buf_keep(&safe, arena);
}

static struct str qualified(struct arena *arena, struct str kind, struct str namespace, struct str name)
{
	struct buf text = { 0 };
	struct str safe;

	buf_add(&text, kind);
	buf_add_char(&text, '/');
	buf_add(&text, namespace);
	if (namespace.len > 0)
		buf_add_char(&text, '/');
	buf_add(&text, name);
	safe = safe_text(arena, buf_str(&text));
	buf_release(&text);
	return safe;
}

/* Code points, which is close enough to columns for names. */
static size_t width(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	return n;
}

static void print_table(const struct table *table, bool colour, struct buf *to)
{
	size_t widths[COLUMNS] = { 0 };

	for (size_t i = 0; i < table->count; i++)
		for (size_t k = 0; k < COLUMNS; k++)
			if (width(table->rows[i].cells[k]) > widths[k] &&
			    width(table->rows[i].cells[k]) <= COLUMN_WIDTH)
				widths[k] = width(table->rows[i].cells[k]);
	for (size_t i = 0; i < table->count; i++) {
		const struct row *row = &table->rows[i];

		for (size_t k = 0; k < COLUMNS; k++) {
			bool coloured = colour && row->colour && k == 2;

			if (coloured)
				buf_add_cstring(to, row->colour);
			buf_add(to, row->cells[k]);
			if (coloured)
				buf_add_cstring(to, "\033[0m");
			if (k + 1 < COLUMNS && width(row->cells[k]) <= widths[k])
				buf_add_repeated(to, ' ', widths[k] - width(row->cells[k]));
			if (k + 1 < COLUMNS)
				buf_add_cstring(to, "  ");
		}
		while (to->ptr[to->len - 1] == ' ')
			to->len--;
		buf_add_char(to, '\n');
	}
}

/* Ends a list of which only the first were named. */
static struct str finish_list(struct table *table, struct buf *list, size_t count)
{
	struct str text;

	if (count > table->named)
		buf_printf(list, " and %zu more", count - table->named);
	text = safe_text(&table->arena, buf_str(list));
	buf_release(list);
	return text;
}

static struct str describe_keys(struct table *table, const struct finding *finding)
{
	struct buf list = { 0 };
	size_t count = 0;

	if (finding->all_keys)
		buf_printf(&list, finding->object->count == 1 ? "all %zu key" : "all %zu keys", finding->object->count);
	for (size_t i = 0; i < finding->item_count; i++) {
		const struct data_item *item = &finding->items[i];

		if ((finding->all_keys && !item->absent && !item->key_changed) || ++count > table->named)
			continue;
		buf_printf(&list, "%s%.*s%s%s", list.len > 0 ? ", " : "", STR_ARG(item->key),
			   item->absent ? " (absent)" : "", item->key_changed ? " (as kubectl reads it)" : "");
	}
	return finish_list(table, &list, count);
}

static struct str describe_mentions(struct table *table, const struct finding *finding)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < finding->mention_count && i < table->named; i++) {
		const struct mention *mention = &finding->mentions[i];

		if (i > 0)
			buf_add_cstring(&list, ", ");
		if (mention->container.len > 0)
			buf_printf(&list, "%.*s ", STR_ARG(mention->container));
		buf_add_cstring(&list, reference_via_name(mention->via));
		if (mention->detail.len > 0)
			buf_printf(&list, " %.*s", STR_ARG(mention->detail));
		buf_printf(&list, " (line %zu)", mention->line);
	}
	return finish_list(table, &list, finding->mention_count);
}

static void add_finding_row(struct table *table, const struct workload *workload, const struct finding *finding)
{
	struct arena *arena = &table->arena;
	struct row *row = add_row(table);
	bool resolved = finding->outcome == OUTCOME_RESOLVED;

	row->cells[0] = qualified(arena, workload->kind, workload->namespace, workload->name);
	row->cells[1] = qualified(arena, str_from(object_kind_name(finding->kind)), finding->namespace, finding->name);
	row->cells[2] = str_from(resolved ? finding->digest : outcome_name(finding->outcome));
	row->colour = resolved ? "\033[32m" : findings_is_problem(finding) ? "\033[31m" : "\033[33m";
	row->cells[3] = resolved ? describe_keys(table, finding) : str_from(outcome_explain(finding->outcome));
	if (!resolved && finding->is_optional && outcome_is_unresolved(finding->outcome))
		row->cells[3] = arena_printf(arena, "%s, optional", row->cells[3].ptr);
	else if (!resolved && finding->is_exempt && outcome_is_unresolved(finding->outcome))
		row->cells[3] = arena_printf(arena, "%s, allowed", row->cells[3].ptr);
	else if (finding->is_guessable)
		row->cells[3] = arena_printf(arena, "%s, guessable", row->cells[3].ptr);
	row->cells[4] = describe_mentions(table, finding);
}

/* "branch main", or why there is no commit. */
static struct str describe_git(struct arena *arena, const struct git_finding *git)
{
	const char *kind = ref_kind_name(git->kind);
	struct buf text = { 0 };
	struct str safe;

	if (git->outcome == CHECKOUT_FAILED && git->ref.len > 0)
		return safe_text(arena,
				 arena_printf(arena, "ref '%.*s': %.*s", STR_ARG(git->ref), STR_ARG(git->reason)));
	if (git->outcome != CHECKOUT_RESOLVED)
		return safe_text(arena, git->reason);
	if (git->kind == REF_COMMIT || git->kind == REF_HEAD || git->kind == REF_ABBREVIATED)
		buf_add_cstring(&text, kind);
	else
		buf_printf(&text, "%s %.*s", kind, STR_ARG(git->ref));
	if (git->is_pinned)
		buf_add_cstring(&text, ", pinned");
	else if (git->why_not.len > 0)
		buf_printf(&text, ", not pinned: %.*s", STR_ARG(git->why_not));
	if (git->source == COMMITS_LOCK_FALLBACK)
		buf_printf(&text, ", from the lock file: %.*s", STR_ARG(git->failure));
	safe = safe_text(arena, buf_str(&text));
	buf_release(&text);
	return safe;
}

static void add_git_row(struct table *table, const struct workload *workload, const struct git_finding *git)
{
	struct str url = git->url.len > 0 ? git->url : str_from("?"), container = git->container;
	bool resolved = git->outcome == CHECKOUT_RESOLVED;
	struct arena *arena = &table->arena;
	struct row *row = add_row(table);

	row->cells[0] = qualified(arena, workload->kind, workload->namespace, workload->name);
	row->cells[1] = safe_text(arena, arena_printf(arena, "git %.*s", STR_ARG(url)));
	row->cells[2] = resolved ? git->commit : str_from(checkout_outcome_name(git->outcome));
	row->colour = resolved ? "\033[32m" : findings_is_git_problem(git) ? "\033[31m" : "\033[33m";
	row->cells[3] = describe_git(arena, git);
	row->cells[4] = safe_text(arena, arena_printf(arena, "%.*s%s%.*s (line %zu)", STR_ARG(container),
						      container.len > 0 ? " " : "", STR_ARG(git->where), git->line));
}

/* A line of text from manifests, safe for a terminal. */
static void add_line(struct buf *to, struct str line)
{
	err_print_safe(to, line);
	buf_add_char(to, '\n');
}

static void print_workload_notes(const struct workload *workload, struct arena *arena, struct buf *to)
{
	struct str who = qualified(arena, workload->kind, workload->namespace, workload->name);

	if (!str_is(str_from(workload->effect), "rolls"))
		add_line(to, arena_printf(arena, "note: %.*s: %s", STR_ARG(who), workload->effect));
	for (size_t i = 0; i < workload->stale_count; i++) {
		const struct stale *at = &workload->stale[i];

		add_line(to, arena_printf(arena, "note: %.*s: stale %s %.*s in line %zu is left alone", STR_ARG(who),
					  at->is_env ? "variable" : "annotation", STR_ARG(at->name),
					  findings_stale_line(workload, at)));
	}
}

static void print_notes(const struct plan *plan, struct arena *arena, struct buf *to)
{
	const struct manifest *manifest = plan->manifest;

	for (size_t i = 0; i < plan->workload_count; i++)
		print_workload_notes(&plan->workloads[i], arena, to);
	for (size_t i = 0; i < manifest->duplicate_count; i++) {
		const struct object *used = manifest->duplicates[i].used, *other = manifest->duplicates[i].ignored;
		struct str who = qualified(arena, str_from(object_kind_name(used->kind)), used->namespace, used->name);

		add_line(
			to,
			arena_printf(
				arena,
				"note: %.*s is there twice: the one in %.*s line %zu counts, not the one in %.*s line %zu",
				STR_ARG(who), STR_ARG(used->place.stream->name), place_line(&used->place),
				STR_ARG(other->place.stream->name), place_line(&other->place)));
	}
	for (size_t i = 0; i < manifest->passed_over_count; i++) {
		const struct passed_over *passed = &manifest->passed_over[i];
		struct str who = qualified(arena, passed->kind, passed->namespace, passed->name);

		add_line(to, arena_printf(arena, "skipped: %.*s: %s", STR_ARG(who), passed->reason));
	}
}

void table_print(const struct plan *plan, bool colour, bool wide, struct buf *to)
{
	static const char *const heads[COLUMNS] = { "WORKLOAD", "OBJECT", "DIGEST", "WHAT", "WHERE" };
	struct table table = { .named = wide ? SIZE_MAX : NAMED_IN_CELL };
	struct row *head = add_row(&table);

	for (size_t k = 0; k < COLUMNS; k++)
		head->cells[k] = str_from(heads[k]);
	for (size_t i = 0; i < plan->workload_count; i++) {
		for (size_t k = 0; k < plan->workloads[i].finding_count; k++)
			add_finding_row(&table, &plan->workloads[i], &plan->workloads[i].findings[k]);
		for (size_t k = 0; k < plan->workloads[i].git_count; k++)
			add_git_row(&table, &plan->workloads[i], &plan->workloads[i].gits[k]);
	}
	if (table.count > 1)
		print_table(&table, colour, to);
	else
		buf_add_cstring(to, "nothing consumes a ConfigMap or Secret, or checks out a git ref\n");
	print_notes(plan, &table.arena, to);
	arena_release(&table.arena);
}
