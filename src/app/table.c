/* SPDX-License-Identifier: Apache-2.0 */
#include "app/table.h"

#include "app/columns.h"

/* A terminal that nobody has made wider, with some room for the names that Helm makes. */
#define WIDTH 120
/* Digits of a stamp that tell one from another; -o wide has all. */
#define STAMP_DIGITS 12

enum { WORKLOAD, OBJECT, STAMP, WHAT, REMARKS, WHERE, COLUMNS };

/* The workload is a column where lines are wide, so that each line tells all; else a line above its objects. */
static const struct column layout[COLUMNS] = {
	[WORKLOAD] = { "WORKLOAD", COLUMNS_MIDDLE, 24 }, [OBJECT] = { "OBJECT", COLUMNS_MIDDLE, 30 },
	[STAMP] = { "STAMP", COLUMNS_WHOLE, 0 },         [WHAT] = { "WHAT", COLUMNS_LIST, 16 },
	[REMARKS] = { "REMARKS", COLUMNS_LIST, 11 },     [WHERE] = { "WHERE", COLUMNS_LIST, 24 },
};

/* What is printed, and how. */
struct table {
	struct columns columns;
	struct arena arena;
	size_t width;
	bool is_wide;
	bool advised[OUTCOME_COUNT]; /* outcomes that something can be done about */
};

#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define RED "\033[31m"

static struct str qualified(struct arena *arena, struct str kind, struct str ns, struct str name)
{
	struct buf text = { 0 };

	buf_add(&text, kind);
	buf_add_char(&text, '/');
	buf_add(&text, ns);
	if (ns.len > 0)
		buf_add_char(&text, '/');
	buf_add(&text, name);
	return buf_keep(&text, arena);
}

static struct str workload_name(struct arena *arena, const struct workload *workload)
{
	return qualified(arena, workload->kind, workload->ns, workload->name);
}

static void add(struct table *table, struct columns_row *row, size_t column, struct str text)
{
	columns_add(&table->columns, row, table->is_wide ? column : column - OBJECT, text);
}

/* The row of one thing that `workload` consumes; the first one stands below the workload's name. */
static struct columns_row *add_row(struct table *table, const struct workload *workload, bool is_first,
				   const char *colour)
{
	struct columns_row *row = columns_add_row(&table->columns);

	row->coloured = table->is_wide ? STAMP : STAMP - OBJECT;
	row->colour = colour;
	if (table->is_wide)
		add(table, row, WORKLOAD, workload_name(&table->arena, workload));
	else if (is_first)
		columns_head(&table->columns, row, workload_name(&table->arena, workload));
	return row;
}

static void add_remark(struct table *table, struct columns_row *row, const char *remark)
{
	add(table, row, REMARKS, str_from(remark));
}

static void add_stamp(struct table *table, struct columns_row *row, struct str digits)
{
	bool is_cut = !table->is_wide && digits.len > STAMP_DIGITS;

	add(table, row, STAMP, is_cut ? (struct str){ digits.ptr, STAMP_DIGITS } : digits);
}

/* Of an object whose keys are all consumed these are listed, one a line. */
#define KEYS_LISTED 100

static void add_keys(struct table *table, struct columns_row *row, const struct finding *finding)
{
	struct arena *arena = &table->arena;
	size_t all = finding->all_keys ? finding->object->count : 0, listed = 0;
	struct selection_walk walk = { 0 };
	struct data_item item;

	if (finding->all_keys && all == 0)
		add(table, row, WHAT, str_from("no keys"));
	else if (finding->all_keys)
		add(table, row, WHAT, arena_printf(arena, "all %zu key%s", all, all == 1 ? "" : "s"));
	while (selection_next(&finding->selection, &walk, &item)) {
		/* Thousands of workloads can share an object with thousands of keys. */
		if (finding->all_keys && !item.absent && !finding->object->has_changed_keys && !table->is_wide) {
			selection_skip(&finding->selection, &walk);
			continue;
		}
		if (finding->all_keys && !item.absent && !item.key_changed && !table->is_wide)
			continue;
		if (finding->all_keys && ++listed > KEYS_LISTED) {
			add(table, row, WHAT,
			    arena_printf(arena, "and %zu more", finding->selection.count - KEYS_LISTED));
			break;
		}
		add(table, row, WHAT,
		    arena_printf(arena, "%.*s%s%s", STR_ARG(item.key), item.absent ? " (absent)" : "",
				 item.key_changed ? " (as kubectl reads it)" : ""));
	}
}

static void add_mentions(struct table *table, struct columns_row *row, const struct finding *finding)
{
	for (size_t i = 0; i < finding->mention_count; i++) {
		const struct mention *mention = &finding->mentions[i];
		struct buf text = { 0 };

		if (mention->container.len > 0)
			buf_printf(&text, "%.*s ", STR_ARG(mention->container));
		buf_add_cstring(&text, reference_via_name(mention->via));
		if (mention->detail.len > 0)
			buf_printf(&text, " %.*s", STR_ARG(mention->detail));
		buf_printf(&text, " (line %zu)", mention->line);
		add(table, row, WHERE, buf_str(&text));
		buf_release(&text);
	}
}

static void add_finding_row(struct table *table, const struct workload *workload, const struct finding *finding,
			    bool is_first)
{
	bool resolved = finding->outcome == OUTCOME_RESOLVED, is_missing = outcome_is_unresolved(finding->outcome);
	const char *colour = resolved ? GREEN : findings_is_problem(finding) ? RED : YELLOW;
	struct columns_row *row = add_row(table, workload, is_first, colour);
	struct arena *arena = &table->arena;

	add(table, row, OBJECT,
	    qualified(arena, str_from(object_kind_name(finding->kind)), finding->ns, finding->name));
	if (resolved) {
		add_stamp(table, row, str_from(finding->digest));
		add_keys(table, row, finding);
	} else {
		add(table, row, STAMP, str_from(outcome_name(finding->outcome)));
		columns_explain(&table->columns, row, findings_reason(finding));
		if (findings_is_problem(finding))
			table->advised[finding->outcome] = true;
	}
	if (is_missing && finding->is_optional)
		add_remark(table, row, "optional");
	else if (is_missing && finding->is_exempt)
		add_remark(table, row, "allowed");
	if (finding->is_guessable)
		add_remark(table, row, "guessable");
	if (finding->made_by.len > 0)
		add_remark(table, row, "made at run time");
	add_mentions(table, row, finding);
}

/* Of a selection of more objects the table names so many; a wide one as many as the report. */
#define OBJECTS_NAMED 5

static void add_selected_objects(struct table *table, struct columns_row *row, const struct selected_finding *finding)
{
	const struct collected *collected = &finding->collected;
	size_t limit = table->is_wide ? FINDINGS_OBJECTS_LISTED : OBJECTS_NAMED;
	struct arena *arena = &table->arena;

	for (size_t i = 0; i < collected->count && i < limit; i++)
		add(table, row, WHAT, collection_name(&finding->collection, collected, i, arena));
	if (collected->count > limit)
		add(table, row, WHAT, arena_printf(arena, "and %zu more", collected->count - limit));
}

static void add_selection_row(struct table *table, const struct workload *workload,
			      const struct selected_finding *finding, bool is_first)
{
	bool resolved = finding->outcome == OUTCOME_RESOLVED;
	const char *colour = resolved ? GREEN : findings_is_selection_problem(finding) ? RED : YELLOW;
	struct columns_row *row = add_row(table, workload, is_first, colour);
	struct arena *arena = &table->arena;

	add(table, row, OBJECT,
	    arena_printf(arena, "%ss %.*s", object_kind_name(finding->collection.kind),
			 STR_ARG(finding->collection.text)));
	if (resolved) {
		add_stamp(table, row, str_from(finding->collected.digest));
		add_selected_objects(table, row, finding);
	} else {
		add(table, row, STAMP, str_from(outcome_name(finding->outcome)));
		columns_explain(&table->columns, row, findings_selection_reason(finding));
		table->advised[finding->outcome] = true;
	}
	if (finding->is_exempt)
		add_remark(table, row, "allowed");
	if (finding->is_guessable)
		add_remark(table, row, "guessable");
	if (resolved && finding->left_out > 0)
		add_remark(table, row, "without what is left out");
	add(table, row, WHERE, arena_printf(arena, "%s (line %zu)", reference_via_name(finding->via), finding->line));
}

/* What kind of thing the ref is, and which: "branch main". */
static struct str describe_ref(struct arena *arena, const struct git_finding *git)
{
	const char *kind = ref_kind_name(git->kind);

	if (git->outcome != CHECKOUT_RESOLVED)
		return git->ref;
	if (git->kind == REF_COMMIT || git->kind == REF_HEAD || git->kind == REF_ABBREVIATED)
		return str_from(kind);
	return arena_printf(arena, "%s %.*s", kind, STR_ARG(git->ref));
}

/* Why there is no commit, or why it is not the one that was hoped for. */
static struct str explain_git(struct arena *arena, const struct git_finding *git)
{
	if (git->outcome != CHECKOUT_RESOLVED)
		return git->reason;
	if (git->source == COMMITS_LOCK_FALLBACK)
		return arena_printf(arena, "from the lock file: %.*s", STR_ARG(git->failure));
	if (git->why_not.len > 0)
		return arena_printf(arena, "not pinned: %.*s", STR_ARG(git->why_not));
	return (struct str){ 0 };
}

static void add_git_row(struct table *table, const struct workload *workload, const struct git_finding *git,
			bool is_first)
{
	struct str url = git->url.len > 0 ? git->url : str_from("?"), container = git->container;
	bool resolved = git->outcome == CHECKOUT_RESOLVED;
	const char *colour = resolved ? GREEN : findings_is_git_problem(git) ? RED : YELLOW;
	struct columns_row *row = add_row(table, workload, is_first, colour);
	struct arena *arena = &table->arena;

	add(table, row, OBJECT, arena_printf(arena, "git %.*s", STR_ARG(url)));
	if (resolved)
		add_stamp(table, row, git->commit);
	else
		add(table, row, STAMP, str_from(checkout_outcome_name(git->outcome)));
	add(table, row, WHAT, describe_ref(arena, git));
	if (git->is_exempt)
		add_remark(table, row, "allowed");
	if (git->is_pinned)
		add_remark(table, row, "pinned");
	else if (git->why_not.len > 0)
		add_remark(table, row, "not pinned");
	if (git->source == COMMITS_LOCK_FALLBACK)
		add_remark(table, row, "from the lock");
	add(table, row, WHERE,
	    arena_printf(arena, "%.*s%s%.*s (line %zu)", STR_ARG(container), container.len > 0 ? " " : "",
			 STR_ARG(git->where), git->line));
	columns_explain(&table->columns, row, explain_git(arena, git));
}

static void print_line(const struct table *table, struct str line, struct buf *to)
{
	columns_print_line(line, table->width, to);
}

/* What rolls it as well: checksums of the chart's own, and labels with its version. */
static void print_second_reasons(struct table *table, const struct workload *workload, struct str who, struct buf *to)
{
	struct arena *arena = &table->arena;

	for (size_t i = 0; i < workload->second_reasons.count; i++) {
		const struct second_reason *reason = &workload->second_reasons.items[i];
		struct str what = arena_printf(arena, "%s %.*s", reason->is_label ? "label" : "annotation",
					       STR_ARG(reason->name));
		struct str line;

		if (reason->is_dropped)
			line = arena_printf(arena, "note: %.*s: %.*s is taken out", STR_ARG(who), STR_ARG(what));
		else if (reason->why_kept.len > 0)
			line = arena_printf(arena, "note: %.*s: %.*s rolls it as well, and stays: %.*s", STR_ARG(who),
					    STR_ARG(what), STR_ARG(reason->why_kept));
		else
			line = arena_printf(arena, "note: %.*s: %.*s rolls it as well%s", STR_ARG(who), STR_ARG(what),
					    reason->is_label ? ", with every version of the chart"
							     : ": --drop-checksums takes it out");
		print_line(table, line, to);
	}
}

/* What --change-cause writes, where there is room for it; and why it does not. */
static void print_cause(struct table *table, const struct workload *workload, struct str who, struct buf *to)
{
	const struct changecause *cause = &workload->cause;
	struct arena *arena = &table->arena;

	if (cause->action == CHANGECAUSE_KEPT)
		print_line(table,
			   arena_printf(arena,
					"note: %.*s: " CHANGECAUSE_ANNOTATION " is not rollstamp's own, and stays",
					STR_ARG(who)),
			   to);
	else if (cause->action == CHANGECAUSE_LEFT)
		print_line(table,
			   arena_printf(arena,
					"note: %.*s: " CHANGECAUSE_ANNOTATION
					" is left out, since it can't be written (line %zu): %.*s",
					STR_ARG(who), findings_line(workload, cause->at), STR_ARG(cause->why)),
			   to);
	else if (cause->action != CHANGECAUSE_NONE && table->is_wide)
		print_line(table,
			   arena_printf(arena, "note: %.*s: " CHANGECAUSE_ANNOTATION " %.*s", STR_ARG(who),
					STR_ARG(cause->text)),
			   to);
}

static void print_workload_notes(struct table *table, const struct workload *workload, struct buf *to)
{
	struct arena *arena = &table->arena;
	struct str who = qualified(arena, workload->kind, workload->ns, workload->name);

	if (!str_is(str_from(workload->effect), "rolls"))
		print_line(table, arena_printf(arena, "note: %.*s: %s", STR_ARG(who), workload->effect), to);
	if (workload->other_mover.len > 0)
		print_line(table,
			   arena_printf(arena,
					"note: %.*s: %.*s restarts it as well, so it would roll twice: leave out "
					"one of the two (--ignore leaves out the stamps)",
					STR_ARG(who), STR_ARG(workload->other_mover)),
			   to);
	print_second_reasons(table, workload, who, to);
	print_cause(table, workload, who, to);
	for (size_t i = 0; i < workload->stale.count; i++) {
		const struct stale *at = &workload->stale.items[i];

		print_line(table,
			   arena_printf(arena, "note: %.*s: stale %s %.*s in line %zu is left alone", STR_ARG(who),
					at->is_env ? "variable" : "annotation", STR_ARG(at->name),
					findings_line(workload, at->at)),
			   to);
	}
}

/* Words that mean nothing, and options that fit nothing. */
static void print_misuses(struct table *table, const struct plan *plan, struct buf *to)
{
	const struct manifest *manifest = plan->input.manifest;
	struct arena *arena = &table->arena;

	for (size_t i = 0; i < manifest->remarks.misuse_count; i++) {
		const struct misuse *misuse = &manifest->remarks.misuses[i];
		struct str who = qualified(arena, misuse->kind, misuse->ns, misuse->name);

		print_line(table,
			   arena_printf(arena, "finding: %.*s: %.*s (line %zu)", STR_ARG(who), STR_ARG(misuse->text),
					place_line(&misuse->place)),
			   to);
	}
	for (enum unused_option option = 0; option < FITS_COUNT; option++) {
		struct str *values;
		size_t count = unused_missed(&plan->unused, option, arena, &values);

		for (size_t i = 0; i < count; i++)
			print_line(table,
				   arena_printf(arena, "note: %s %.*s fits nothing in the input",
						unused_option_name(option), STR_ARG(values[i])),
				   to);
	}
}

static void print_notes(struct table *table, const struct plan *plan, struct buf *to)
{
	struct arena *arena = &table->arena;
	const struct manifest *manifest = plan->input.manifest;

	if (plan->cluster.failure.len > 0)
		print_line(table, arena_printf(arena, "failed: %.*s", STR_ARG(plan->cluster.failure)), to);
	print_misuses(table, plan, to);
	for (size_t i = 0; i < plan->whole.workload_count; i++)
		print_workload_notes(table, &plan->whole.workloads[i], to);
	for (size_t i = 0; i < manifest->duplicate_count; i++) {
		const struct object *used = manifest->duplicates[i].used, *other = manifest->duplicates[i].ignored;
		struct str who = qualified(arena, str_from(object_kind_name(used->kind)), used->ns, used->name);

		print_line(
			table,
			arena_printf(
				arena,
				"note: %.*s is there twice: the one in %.*s line %zu counts, not the one in %.*s line %zu",
				STR_ARG(who), STR_ARG(used->place.stream->name), place_line(&used->place),
				STR_ARG(other->place.stream->name), place_line(&other->place)),
			to);
	}
	for (size_t i = 0; i < manifest->remarks.passed_over_count; i++) {
		const struct passed_over *passed = &manifest->remarks.passed_over[i];
		struct str who = qualified(arena, passed->kind, passed->ns, passed->name);

		print_line(table, arena_printf(arena, "skipped: %.*s: %s", STR_ARG(who), passed->reason), to);
	}
}

/* What can be done about what is unresolved, once and not for each of them. */
static void print_advice(struct table *table, struct buf *to)
{
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		const char *advice = outcome_advise((enum outcome)i);

		if (table->advised[i] && *advice)
			columns_print_line(
				arena_printf(&table->arena, "what %s%s", outcome_explain((enum outcome)i), advice),
				table->width, to);
	}
}

/* Who reads these through the API, or not at all, shows here. */
static void print_unnamed(struct table *table, const struct plan *plan, struct buf *to)
{
	struct object **objects;
	size_t count = manifest_unnamed(plan->input.manifest, &table->arena, &objects);

	for (size_t i = 0; i < count; i++) {
		const struct object *object = objects[i];
		struct str who =
			qualified(&table->arena, str_from(object_kind_name(object->kind)), object->ns, object->name);

		print_line(table, arena_printf(&table->arena, "not consumed: %.*s", STR_ARG(who)), to);
	}
}

void table_print(const struct plan *plan, bool colour, bool wide, struct buf *to)
{
	struct table table = { .width = wide ? COLUMNS_UNLIMITED : WIDTH, .is_wide = wide };

	arena_init(&table.arena);
	columns_init(&table.columns, wide ? layout : layout + OBJECT, wide ? COLUMNS : COLUMNS - OBJECT, !wide);
	for (size_t i = 0; i < plan->whole.workload_count; i++) {
		const struct workload *workload = &plan->whole.workloads[i];

		for (size_t k = 0; k < workload->finding_count; k++)
			add_finding_row(&table, workload, &workload->findings[k], k == 0);
		for (size_t k = 0; k < workload->selection_count; k++)
			add_selection_row(&table, workload, &workload->selections[k],
					  k == 0 && workload->finding_count == 0);
		for (size_t k = 0; k < workload->git_count; k++)
			add_git_row(&table, workload, &workload->gits[k],
				    k == 0 && workload->finding_count + workload->selection_count == 0);
	}
	if (table.columns.count > 0)
		columns_print(&table.columns, table.width, colour, to);
	else
		buf_add_cstring(to, "nothing consumes a ConfigMap or Secret, or checks out a git ref\n");
	print_advice(&table, to);
	print_notes(&table, plan, to);
	print_unnamed(&table, plan, to);
	columns_release(&table.columns);
	arena_release(&table.arena);
}
