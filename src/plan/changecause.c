/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/changecause.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/sort.h"
#include "kube/names.h"
#include "plan/variable.h"
#include "yaml/scalar.h"

/* How a text of ours begins, and the most that it may be: a line of a terminal or two, of a table of many revisions. */
#define PREFIX "rollstamp:"
#define TEXT_LIMIT 250
/* Digits of a value that tell one from another, as people abbreviate commits. */
#define VALUE_DIGITS 8

static int compare_names(const void *a, const void *b)
{
	return str_compare((*(const struct stamp *const *)a)->annotation,
			   (*(const struct stamp *const *)b)->annotation);
}

/* Repositories and selections are no names of objects: they stand behind a blank. */
static char separator_of(struct str annotation)
{
	static const char *const others[] = { NAMES_ANNOTATION_GIT, NAMES_ANNOTATION_CONFIGMAPS,
					      NAMES_ANNOTATION_SECRETS };

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (str_starts_with(annotation, others[i]))
			return ' ';
	return '/';
}

/* "configmap/shop 814376e1", of "configmap.rollstamp.io/shop". */
static void add_stamp(struct buf *text, const struct stamp *stamp)
{
	struct str name = stamp->annotation, kind = str_cut(&name, '/'), values = stamp->value;
	const char *before = " ";

	buf_add(text, str_cut(&kind, '.'));
	buf_add_char(text, separator_of(stamp->annotation));
	buf_add(text, name);
	/* One value, or the commits of a repository, of which there can be several. */
	while (values.ptr) {
		struct str value = str_cut(&values, ',');

		buf_add_cstring(text, before);
		buf_add(text,
			str_slice(value, (struct span){ 0, value.len < VALUE_DIGITS ? value.len : VALUE_DIGITS }));
		before = ",";
	}
}

/* Leaves out the last stamps of `text`, of which number i ends at `ends[i]`, until it is short enough. */
static void shorten(struct buf *text, const size_t *ends, size_t count)
{
	char hex[HASH_SHORT + 1];

	hash_short(buf_str(text), hex);
	for (size_t shown = count; shown-- > 0;) {
		text->len = shown > 0 ? ends[shown - 1] : sizeof(PREFIX) - 1;
		buf_printf(text, " (+%zu %s)", count - shown, hex);
		if (text->len <= TEXT_LIMIT)
			return;
	}
}

struct str changecause_text(const struct stamps *stamps, struct arena *arena)
{
	const struct stamp **sorted = arena_array(arena, stamps->count, sizeof(*sorted));
	size_t *ends = arena_array(arena, stamps->count, sizeof(*ends)), count = 0;
	struct buf text = { 0 };

	for (size_t i = 0; i < stamps->count; i++)
		if (!stamps->items[i].is_variable_only)
			sorted[count++] = &stamps->items[i];
	sort_items(sorted, count, sizeof(*sorted), compare_names);
	buf_add_cstring(&text, PREFIX);
	for (size_t i = 0; i < count; i++) {
		buf_add_cstring(&text, i > 0 ? ", " : " ");
		add_stamp(&text, sorted[i]);
		ends[i] = text.len;
	}
	if (text.len > TEXT_LIMIT)
		shorten(&text, ends, count);
	return buf_keep(&text, arena);
}

/* The way to the workload's own annotations. */
static struct podpath own_annotations(const struct draft *draft)
{
	struct podpath path = draft->subject->path;

	path.length -= draft->subject->kind->path_length;
	podpath_add_key(&path, str_from("metadata"));
	podpath_add_key(&path, str_from("annotations"));
	return path;
}

static bool insert(const struct draft *draft, struct str text, struct err *err)
{
	struct shape *shape = draft->subject->shape;
	struct podpath path = own_annotations(draft);
	struct node *payload = shape_new_mapping(shape);

	shape_append(payload, shape_new_name(shape, str_from(CHANGECAUSE_ANNOTATION)));
	shape_append(payload, shape_new_scalar(shape, text));
	return shape_insert(shape, path.steps, path.length, payload, err);
}

static bool replace(const struct draft *draft, struct str text, struct err *err)
{
	struct podpath path = own_annotations(draft);

	podpath_add_key(&path, str_from(CHANGECAUSE_ANNOTATION));
	return shape_set(draft->subject->shape, path.steps, path.length, text, err);
}

/* Asks for what is to be done about `there`, the text that stands there, or NULL. */
static void write_text(const struct draft *draft, struct node *there, struct str text, struct changecause *cause)
{
	/* To leave the workload alone would be too much for a text that people read. */
	static const struct shape_words words = { "it", "" };
	struct shape *shape = draft->subject->shape;
	const struct shape_words before = shape->words;
	struct err err = { .at = draft->subject->object->span.from };
	bool ok;

	cause->text = text;
	if (there && variable_says(there, text)) {
		cause->action = CHANGECAUSE_UNCHANGED;
		return;
	}
	shape->words = words;
	ok = there ? replace(draft, text, &err) : insert(draft, text, &err);
	shape->words = before;
	cause->action = there ? CHANGECAUSE_REPLACED : CHANGECAUSE_INSERTED;
	if (ok)
		return;
	*cause = (struct changecause){
		.action = CHANGECAUSE_LEFT,
		.why = arena_dup(draft->basis->arena, str_from(err.text)),
		.at = err.at == ERR_NOWHERE ? draft->subject->object->span.from : err.at,
	};
}

void changecause_write(const struct draft *draft, const struct stamps *stamps, struct stale_list *stale,
		       struct changecause *cause)
{
	const struct policy *policy = draft->basis->policy;
	struct node *annotations = node_get(node_get(draft->subject->object, "metadata"), "annotations");
	struct node *there = node_get(annotations, CHANGECAUSE_ANNOTATION);
	bool is_ours, is_stamped = false;
	struct str text;

	*cause = (struct changecause){ 0 };
	if ((!policy->change_cause && !policy->wants_details) || !kinds_has_history(draft->subject->kind))
		return;
	for (size_t i = 0; i < stamps->count; i++)
		is_stamped = is_stamped || !stamps->items[i].is_variable_only;
	is_ours = there && there->type == NODE_SCALAR && str_starts_with(there->value, PREFIX);
	text = changecause_text(stamps, draft->basis->arena);
	if (policy->change_cause && is_stamped) {
		if (there && !is_ours && !scalar_is_null(there))
			cause->action = CHANGECAUSE_KEPT;
		else
			write_text(draft, there, text, cause);
		if (cause->action != CHANGECAUSE_LEFT)
			return;
	}
	if (is_ours && policy->wants_details && !(is_stamped && variable_says(there, text)))
		stale_add(stale, (struct stale){ .name = str_from(CHANGECAUSE_ANNOTATION), .at = there->span.from },
			  draft->basis->arena);
}
