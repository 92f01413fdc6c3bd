#include "app/report.h"

#include <jansson.h>
#include <stdlib.h>

/* jansson would leave things out where it gets no memory. */
static void *checked_malloc(size_t size)
{
	void *memory = malloc(size);

	if (!memory)
		arena_out_of_memory();
	return memory;
}

/* What is left to fail is text that is no UTF-8, which only !!binary keys can hold. */
static json_t *required(json_t *value)
{
	if (!value)
		arena_out_of_memory();
	return value;
}

static json_t *json_text(struct str text)
{
	json_t *value = json_stringn(text.len > 0 ? text.ptr : "", text.len);
	struct buf safe = { 0 };

	if (value)
		return value;
	err_print_safe(&safe, text);
	value = required(json_stringn(safe.ptr, safe.len));
	buf_release(&safe);
	return value;
}

static void set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, required(value)) != 0)
		arena_out_of_memory();
}

static void set_text(json_t *object, const char *key, struct str text)
{
	set(object, key, json_text(text));
}

/* Leaves the key out if there is nothing to say. */
static void set_text_if(json_t *object, const char *key, struct str text)
{
	if (text.len > 0)
		set_text(object, key, text);
}

static void append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, required(value)) != 0)
		arena_out_of_memory();
}

static const char *via_name(enum reference_via via)
{
	switch (via) {
	case VIA_ENV:
		return "env";
	case VIA_ENV_FROM:
		return "envFrom";
	case VIA_VOLUME:
		return "volume";
	case VIA_PROJECTED:
		return "projected";
	case VIA_VOLUME_PLUGIN:
		return "volumeSecret";
	case VIA_PULL_SECRET:
		return "imagePullSecrets";
	case VIA_ANNOTATION:
		return "annotation";
	}
	return "";
}

static const char *action_name(enum action action)
{
	switch (action) {
	case ACTION_INSERTED:
		return "inserted";
	case ACTION_REPLACED:
		return "replaced";
	case ACTION_UNCHANGED:
		return "unchanged";
	}
	return "";
}

static void set_place(json_t *object, const struct place *place)
{
	set_text_if(object, "source", place->source);
	set_text(object, "file", place->stream->name);
	set(object, "line", json_integer((json_int_t)place_line(place)));
}

static json_t *mentions(const struct finding *finding)
{
	json_t *array = required(json_array());

	for (size_t i = 0; i < finding->mention_count; i++) {
		const struct mention *mention = &finding->mentions[i];
		json_t *object = required(json_object());

		set(object, "via", json_string(via_name(mention->via)));
		set_text_if(object, "container", mention->container);
		set_text_if(object, "name", mention->detail);
		set(object, "optional", json_boolean(mention->is_optional));
		set(object, "line", json_integer((json_int_t)mention->line));
		append(array, object);
	}
	return array;
}

static json_t *written(const struct finding *finding)
{
	json_t *array = required(json_array());

	for (size_t i = 0; i < finding->written_count; i++) {
		const struct written *at = &finding->written[i];
		json_t *object = required(json_object());

		set(object, "as", json_string(at->is_env ? "env" : "annotation"));
		set_text(object, "name", at->name);
		if (at->is_env)
			set_text(object, "container", at->container);
		set(object, "action", json_string(action_name(at->action)));
		append(array, object);
	}
	return array;
}

/* Of an object with more keys the report names these: thousands of workloads can share one with thousands of keys. */
#define KEYS_LISTED 100

enum which_keys { KEYS_PRESENT, KEYS_ABSENT, KEYS_CHANGED };

static json_t *keys(const struct finding *finding, enum which_keys which)
{
	json_t *array = required(json_array());

	for (size_t i = 0; i < finding->item_count && json_array_size(array) < KEYS_LISTED; i++) {
		const struct data_item *item = &finding->items[i];

		if (which == KEYS_CHANGED ? item->key_changed : item->absent == (which == KEYS_ABSENT))
			append(array, json_text(item->key));
	}
	return array;
}

static json_t *identify(const struct finding *finding)
{
	json_t *object = required(json_object());

	set(object, "kind", json_string(object_kind_name(finding->kind)));
	set_text_if(object, "namespace", finding->namespace);
	set_text(object, "name", finding->name);
	return object;
}

static json_t *stamp(const struct finding *finding)
{
	json_t *object = identify(finding), *from = required(json_object()), *changed = keys(finding, KEYS_CHANGED);

	set(object, "digest", json_string(finding->digest));
	if (finding->is_guessable)
		set(object, "guessable", json_true());
	set(object, "allKeys", json_boolean(finding->all_keys));
	set(object, "keyCount", json_integer((json_int_t)finding->item_count));
	set(object, "keys", keys(finding, KEYS_PRESENT));
	set(object, "absentKeys", keys(finding, KEYS_ABSENT));
	if (json_array_size(changed) > 0)
		set(object, "keysReadAsText", changed);
	else
		json_decref(changed);
	set(from, "scope", json_string(finding->object->scope == SCOPE_STREAM ? "stream" : "external"));
	set_place(from, &finding->object->place);
	if (finding->object->is_hook)
		set(from, "hook", json_true());
	set(object, "from", from);
	set(object, "references", mentions(finding));
	set(object, "written", written(finding));
	return object;
}

static json_t *unresolved(const struct finding *finding)
{
	json_t *object = identify(finding);

	set(object, "reason", json_string(outcome_explain(finding->outcome)));
	set(object, "optional", json_boolean(finding->is_optional));
	set(object, "allowed", json_boolean(finding->is_exempt));
	set(object, "references", mentions(finding));
	return object;
}

static json_t *not_stamped(const struct finding *finding)
{
	json_t *object = identify(finding);

	set(object, "status", json_string(outcome_name(finding->outcome)));
	set(object, "reason", json_string(outcome_explain(finding->outcome)));
	set(object, "references", mentions(finding));
	return object;
}

static size_t stale_line(const struct workload *workload, const struct stale *stale)
{
	struct place place = workload->place;

	place.at = stale->at;
	return place_line(&place);
}

static json_t *stale(const struct workload *workload)
{
	json_t *array = required(json_array());

	for (size_t i = 0; i < workload->stale_count; i++) {
		const struct stale *at = &workload->stale[i];
		json_t *object = required(json_object());

		set(object, "as", json_string(at->is_env ? "env" : "annotation"));
		set_text(object, "name", at->name);
		if (at->is_env)
			set_text(object, "container", at->container);
		set(object, "line", json_integer((json_int_t)stale_line(workload, at)));
		append(array, object);
	}
	return array;
}

static json_t *workload_json(const struct workload *workload)
{
	json_t *object = required(json_object()), *stamps = required(json_array());
	json_t *unresolveds = required(json_array()), *others = required(json_array());

	set_text(object, "apiVersion", workload->api_version);
	set_text(object, "kind", workload->kind);
	set_text_if(object, "namespace", workload->namespace);
	set_text(object, "name", workload->name);
	set_place(object, &workload->place);
	set(object, "effect", json_string(workload->effect));
	for (size_t i = 0; i < workload->finding_count; i++) {
		const struct finding *finding = &workload->findings[i];

		if (finding->outcome == OUTCOME_RESOLVED)
			append(stamps, stamp(finding));
		else if (outcome_is_unresolved(finding->outcome))
			append(unresolveds, unresolved(finding));
		else
			append(others, not_stamped(finding));
	}
	set(object, "stamps", stamps);
	set(object, "unresolved", unresolveds);
	set(object, "notStamped", others);
	set(object, "stale", stale(workload));
	return object;
}

static json_t *object_place(const struct object *object)
{
	json_t *place = required(json_object());

	set_place(place, &object->place);
	if (object->is_hook)
		set(place, "hook", json_true());
	return place;
}

static json_t *duplicates(const struct manifest *manifest)
{
	json_t *array = required(json_array());

	for (size_t i = 0; i < manifest->duplicate_count; i++) {
		const struct duplicate *duplicate = &manifest->duplicates[i];
		json_t *object = required(json_object());

		set(object, "kind", json_string(object_kind_name(duplicate->used->kind)));
		set_text_if(object, "namespace", duplicate->used->namespace);
		set_text(object, "name", duplicate->used->name);
		set(object, "used", object_place(duplicate->used));
		set(object, "notUsed", object_place(duplicate->ignored));
		append(array, object);
	}
	return array;
}

static json_t *skipped(const struct manifest *manifest)
{
	json_t *array = required(json_array());

	for (size_t i = 0; i < manifest->passed_over_count; i++) {
		const struct passed_over *passed = &manifest->passed_over[i];
		json_t *object = required(json_object());

		set_text_if(object, "kind", passed->kind);
		set_text_if(object, "namespace", passed->namespace);
		set_text_if(object, "name", passed->name);
		set_place(object, &passed->place);
		set(object, "reason", json_string(passed->reason));
		append(array, object);
	}
	return array;
}

static json_t *edits_json(const struct report_edit *edits, size_t count)
{
	json_t *array = required(json_array());

	for (size_t i = 0; i < count; i++) {
		json_t *object = required(json_object());

		set(object, "from", json_integer((json_int_t)edits[i].at.from));
		set(object, "to", json_integer((json_int_t)edits[i].at.to));
		set_text(object, "text", edits[i].text);
		append(array, object);
	}
	return array;
}

void report_json(const struct plan *plan, const struct report_edit *edits, size_t edit_count, struct buf *to)
{
	json_t *report, *workloads;
	char *text;

	json_set_alloc_funcs(checked_malloc, free);
	report = required(json_object());
	workloads = required(json_array());
	set(report, "format", json_string("rollstamp-report/1"));
	set(report, "version", json_string(ROLLSTAMP_VERSION));
	set(report, "inject", json_string(options_inject_name(plan->options->inject)));
	set_text_if(report, "namespace", plan->options->namespace);
	for (size_t i = 0; i < plan->workload_count; i++)
		append(workloads, workload_json(&plan->workloads[i]));
	set(report, "workloads", workloads);
	set(report, "skipped", skipped(plan->manifest));
	set(report, "duplicates", duplicates(plan->manifest));
	set(report, "edits", edits_json(edits, edit_count));
	text = json_dumps(report, JSON_INDENT(2));
	json_decref(report);
	if (!text)
		arena_out_of_memory();
	buf_add_cstring(to, text);
	buf_add_char(to, '\n');
	free(text);
}

static bool is_problem(const struct finding *finding)
{
	return outcome_is_unresolved(finding->outcome) && !finding->is_optional && !finding->is_exempt;
}

bool report_has_problems(const struct plan *plan)
{
	for (size_t i = 0; i < plan->workload_count; i++)
		for (size_t k = 0; k < plan->workloads[i].finding_count; k++)
			if (is_problem(&plan->workloads[i].findings[k]))
				return true;
	return false;
}

/* Rows of cells, printed in columns. A cell that is wider than this moves its row's rest to the right. */
#define COLUMNS 5
#define COLUMN_WIDTH 60
/* Keys, and places, that one cell names. */
#define NAMED_IN_CELL 8

struct row {
	struct str cells[COLUMNS];
	const char *colour; /* of the status, or NULL */
};

struct table {
	struct arena arena;
	struct row *rows;
	size_t count, room;
};

static struct row *add_row(struct table *table)
{
	table->rows = arena_grow(&table->arena, table->rows, table->count, &table->room, sizeof(*table->rows));
	return &table->rows[table->count++];
}

static struct str safe_text(struct arena *arena, struct str text)
{
	struct buf safe = { 0 };
	struct str copy;

	err_print_safe(&safe, text);
	copy = arena_dup(arena, buf_str(&safe));
	buf_release(&safe);
	return copy;
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
static struct str finish_list(struct arena *arena, struct buf *list, size_t count)
{
	struct str text;

	if (count > NAMED_IN_CELL)
		buf_printf(list, " and %zu more", count - NAMED_IN_CELL);
	text = safe_text(arena, buf_str(list));
	buf_release(list);
	return text;
}

static struct str describe_keys(struct arena *arena, const struct finding *finding)
{
	struct buf list = { 0 };
	size_t count = 0;

	if (finding->all_keys)
		buf_printf(&list, finding->object->count == 1 ? "all %zu key" : "all %zu keys", finding->object->count);
	for (size_t i = 0; i < finding->item_count; i++) {
		const struct data_item *item = &finding->items[i];

		if ((finding->all_keys && !item->absent && !item->key_changed) || ++count > NAMED_IN_CELL)
			continue;
		buf_printf(&list, "%s%.*s%s%s", list.len > 0 ? ", " : "", STR_ARG(item->key),
			   item->absent ? " (absent)" : "", item->key_changed ? " (as kubectl reads it)" : "");
	}
	return finish_list(arena, &list, count);
}

static struct str describe_mentions(struct arena *arena, const struct finding *finding)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < finding->mention_count && i < NAMED_IN_CELL; i++) {
		const struct mention *mention = &finding->mentions[i];

		if (i > 0)
			buf_add_cstring(&list, ", ");
		if (mention->container.len > 0)
			buf_printf(&list, "%.*s ", STR_ARG(mention->container));
		buf_add_cstring(&list, via_name(mention->via));
		if (mention->detail.len > 0)
			buf_printf(&list, " %.*s", STR_ARG(mention->detail));
		buf_printf(&list, " (line %zu)", mention->line);
	}
	return finish_list(arena, &list, finding->mention_count);
}

static void add_finding_row(struct table *table, const struct workload *workload, const struct finding *finding)
{
	struct arena *arena = &table->arena;
	struct row *row = add_row(table);
	bool resolved = finding->outcome == OUTCOME_RESOLVED;

	row->cells[0] = qualified(arena, workload->kind, workload->namespace, workload->name);
	row->cells[1] = qualified(arena, str_from(object_kind_name(finding->kind)), finding->namespace, finding->name);
	row->cells[2] = str_from(resolved ? finding->digest : outcome_name(finding->outcome));
	row->colour = resolved ? "\033[32m" : is_problem(finding) ? "\033[31m" : "\033[33m";
	row->cells[3] = resolved ? describe_keys(arena, finding) : str_from(outcome_explain(finding->outcome));
	if (!resolved && finding->is_optional && outcome_is_unresolved(finding->outcome))
		row->cells[3] = arena_printf(arena, "%s, optional", row->cells[3].ptr);
	else if (!resolved && finding->is_exempt && outcome_is_unresolved(finding->outcome))
		row->cells[3] = arena_printf(arena, "%s, allowed", row->cells[3].ptr);
	else if (finding->is_guessable)
		row->cells[3] = arena_printf(arena, "%s, guessable", row->cells[3].ptr);
	row->cells[4] = describe_mentions(arena, finding);
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
					  stale_line(workload, at)));
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

void report_table(const struct plan *plan, bool colour, struct buf *to)
{
	static const char *const heads[COLUMNS] = { "WORKLOAD", "OBJECT", "DIGEST", "WHAT", "WHERE" };
	struct table table = { 0 };
	struct row *head = add_row(&table);

	for (size_t k = 0; k < COLUMNS; k++)
		head->cells[k] = str_from(heads[k]);
	for (size_t i = 0; i < plan->workload_count; i++)
		for (size_t k = 0; k < plan->workloads[i].finding_count; k++)
			add_finding_row(&table, &plan->workloads[i], &plan->workloads[i].findings[k]);
	if (table.count > 1)
		print_table(&table, colour, to);
	else
		buf_add_cstring(to, "nothing consumes a ConfigMap or Secret\n");
	print_notes(plan, &table.arena, to);
	arena_release(&table.arena);
}
