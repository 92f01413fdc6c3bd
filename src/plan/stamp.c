/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/stamp.h"

#include "base/map.h"
#include "base/sort.h"
#include "kube/names.h"
#include "plan/variable.h"
#include "yaml/scalar.h"

#include <stdlib.h>

/* So many variables may be inserted into a template: stamps times containers can be more than anybody's memory. */
#define VARIABLE_LIMIT 100000

struct stamp *stamps_add(struct stamps *stamps, struct stamp stamp)
{
	stamps->items = arena_grow(stamps->arena, stamps->items, stamps->count, &stamps->room, sizeof(*stamps->items));
	stamps->items[stamps->count] = stamp;
	return &stamps->items[stamps->count++];
}

void stamp_add_owner(struct stamp *stamp, struct placements *owner, struct arena *arena)
{
	stamp->owners =
		arena_grow(arena, stamp->owners, stamp->owner_count, &stamp->owner_room, sizeof(*stamp->owners));
	stamp->owners[stamp->owner_count++] = owner;
}

void stale_add(struct stale_list *list, struct stale stale, struct arena *arena)
{
	list->items = arena_grow(arena, list->items, list->count, &list->room, sizeof(*list->items));
	list->items[list->count++] = stale;
}

/* A stamp under one of its names. */
struct named_stamp {
	const struct stamp *stamp;
	bool is_there;    /* the template has an entry with this name already: ... */
	size_t container; /* ... of a variable, in this container */
};

/* The target's stamps, sorted by their names. */
struct named_stamps {
	struct named_stamp *annotations, *variables;
	size_t annotation_count, variable_count;
};

static int compare_annotations(const void *a, const void *b)
{
	return str_compare(((const struct named_stamp *)a)->stamp->annotation,
			   ((const struct named_stamp *)b)->stamp->annotation);
}

static int compare_variables(const void *a, const void *b)
{
	return str_compare(((const struct named_stamp *)a)->stamp->env, ((const struct named_stamp *)b)->stamp->env);
}

static struct named_stamps sort_stamps(const struct stamps *stamps)
{
	struct named_stamps named = { .variable_count = stamps->count };

	named.annotations = arena_array(stamps->arena, stamps->count, sizeof(struct named_stamp));
	named.variables = arena_array(stamps->arena, stamps->count, sizeof(struct named_stamp));
	for (size_t i = 0; i < stamps->count; i++) {
		const struct stamp *stamp = &stamps->items[i];

		named.variables[i].stamp = stamp;
		if (!stamp->is_variable_only)
			named.annotations[named.annotation_count++].stamp = stamp;
	}
	sort_items(named.annotations, named.annotation_count, sizeof(struct named_stamp), compare_annotations);
	sort_items(named.variables, named.variable_count, sizeof(struct named_stamp), compare_variables);
	return named;
}

static struct named_stamp *find_named(struct named_stamp *sorted, size_t count, const struct stamp *sought,
				      int (*compare)(const void *, const void *))
{
	const struct named_stamp wanted = { .stamp = sought };

	return count > 0 ? bsearch(&wanted, sorted, count, sizeof(wanted), compare) : NULL;
}

static struct named_stamp *find_annotation(const struct named_stamps *named, struct str name)
{
	const struct stamp sought = { .annotation = name };

	return find_named(named->annotations, named->annotation_count, &sought, compare_annotations);
}

static struct named_stamp *find_variable(const struct named_stamps *named, struct str name)
{
	const struct stamp sought = { .env = name };

	return find_named(named->variables, named->variable_count, &sought, compare_variables);
}

/* Where in a template stamps are written. */
struct stamp_cursor {
	const struct stamp_target *target;
	struct podpath path; /* the target's, and on from there */
	size_t variables;    /* inserted so far */
};

static struct str keep_name(const struct stamp_cursor *cursor, const struct container *container)
{
	return container ? arena_dup(cursor->target->kept, container->name) : (struct str){ 0 };
}

/* Tells the stamp's owners; `container` is NULL for an annotation. */
static void note_placement(const struct stamp_cursor *cursor, const struct stamp *stamp,
			   const struct container *container, enum placement_action action)
{
	struct arena *kept = cursor->target->kept;
	struct placement placement = {
		.type = container ? PLACEMENT_VARIABLE : PLACEMENT_ANNOTATION,
		.action = action,
	};

	if (stamp->owner_count == 0)
		return;
	placement.name = arena_dup(kept, container ? stamp->env : stamp->annotation);
	placement.container = keep_name(cursor, container);
	for (size_t i = 0; i < stamp->owner_count; i++)
		placements_add(stamp->owners[i], placement, kept);
}

/* Is it a digest, or the commits of a repository? What else somebody has put there is not ours to show. */
static bool is_value(struct str text)
{
	while (text.ptr) {
		struct str part = str_cut(&text, ',');

		if (part.len < 7 || part.len > 64)
			return false;
		for (size_t i = 0; i < part.len; i++)
			if (!str_is_hex_digit(part.ptr[i]))
				return false;
	}
	return true;
}

static void note_stale(const struct stamp_cursor *cursor, struct str name, const struct container *container,
		       struct str value, size_t at)
{
	struct arena *kept = cursor->target->kept;

	if (!cursor->target->stale)
		return;
	stale_add(cursor->target->stale,
		  (struct stale){
			  .is_env = container != NULL,
			  .name = arena_dup(kept, name),
			  .container = keep_name(cursor, container),
			  .value = is_value(value) ? arena_dup(kept, value) : (struct str){ 0 },
			  .at = at,
		  },
		  kept);
}

static struct str text_of(struct node *node)
{
	const struct node *value = node_resolve(node);

	return value && value->type == NODE_SCALAR ? value->value : (struct str){ 0 };
}

static bool update_annotation(struct stamp_cursor *cursor, struct named_stamp *entry, const struct node *value,
			      struct err *err)
{
	const struct stamp *stamp = entry->stamp;
	bool is_right = variable_says(value, stamp->value), ok;

	entry->is_there = true;
	note_placement(cursor, stamp, NULL, is_right ? PLACEMENT_UNCHANGED : PLACEMENT_REPLACED);
	if (is_right)
		return true;
	podpath_add_key(&cursor->path, str_from("metadata"));
	podpath_add_key(&cursor->path, str_from("annotations"));
	podpath_add_key(&cursor->path, stamp->annotation);
	ok = shape_set(cursor->target->shape, cursor->path.steps, cursor->path.length, stamp->value, err);
	cursor->path.length -= 3;
	return ok;
}

/* Of our annotations that are there, those that are written now get their value; the others are stale. */
static bool update_annotations(struct stamp_cursor *cursor, const struct named_stamps *named, struct err *err)
{
	struct node *annotations = node_get(node_get(cursor->target->pod_template, "metadata"), "annotations");
	struct map last; /* of a name that is there twice, the last one counts */

	if (!node_is_mapping(annotations))
		return true;
	map_init(&last, cursor->target->stamps->arena);
	for (struct node *at = annotations->child; at; at = at->next->next) {
		const struct node *key = node_resolve(at);

		if (key->type == NODE_SCALAR && names_is_annotation(key->value))
			map_set(&last, key->value, at);
	}
	for (struct node *at = annotations->child; at && last.count > 0; at = at->next->next) {
		const struct node *key = node_resolve(at);
		struct named_stamp *entry;

		if (key->type != NODE_SCALAR || map_get(&last, key->value) != at)
			continue;
		entry = find_annotation(named, key->value);
		if (!entry || !(cursor->target->inject & INJECT_ANNOTATIONS))
			note_stale(cursor, key->value, NULL, text_of(at->next), at->span.from);
		else if (!update_annotation(cursor, entry, node_resolve(at->next), err))
			return false;
	}
	return true;
}

static bool insert_annotations(struct stamp_cursor *cursor, const struct named_stamps *named, struct err *err)
{
	struct node *payload = shape_new_mapping(cursor->target->shape);

	if (!(cursor->target->inject & INJECT_ANNOTATIONS))
		return true;
	/* Backwards, since each one is put in front. */
	for (size_t i = named->annotation_count; i-- > 0;) {
		const struct stamp *stamp = named->annotations[i].stamp;
		struct node *key, *value;

		if (named->annotations[i].is_there)
			continue;
		key = shape_new_name(cursor->target->shape, stamp->annotation);
		value = shape_new_scalar(cursor->target->shape, stamp->value);
		key->next = value;
		value->next = payload->child;
		payload->child = key;
		note_placement(cursor, stamp, NULL, PLACEMENT_INSERTED);
	}
	if (!payload->child)
		return true;
	podpath_add_key(&cursor->path, str_from("metadata"));
	podpath_add_key(&cursor->path, str_from("annotations"));
	if (!shape_insert(cursor->target->shape, cursor->path.steps, cursor->path.length, payload, err))
		return false;
	cursor->path.length -= 2;
	return true;
}

/* Gives a variable of ours that is there its value. The path leads to the variable's list item. */
static bool update_variable(struct stamp_cursor *cursor, struct node *item, const struct stamp *stamp,
			    const struct container *container, struct err *err)
{
	bool changed = false;

	if (!variable_set(cursor->target->shape, &cursor->path, item, stamp->value, &changed, err))
		return false;
	note_placement(cursor, stamp, container, changed ? PLACEMENT_REPLACED : PLACEMENT_UNCHANGED);
	return true;
}

/* Does the container get the stamp's variable? */
static bool gets(const struct stamp *stamp, const struct container *container, size_t index)
{
	size_t at;

	if (stamp->in_every_container && !container->is_init)
		return true;
	at = sort_lower_bound(stamp->containers, stamp->container_count, sizeof(size_t), &index, sort_compare_sizes);
	return at < stamp->container_count && stamp->containers[at] == index;
}

/* Of our variables that the container has, those that are written now get their value. The path leads to its env. */
static bool update_env(struct stamp_cursor *cursor, const struct named_stamps *named, size_t index, struct err *err)
{
	const struct container *container = &cursor->target->podspec->containers[index];
	bool writes = cursor->target->inject & INJECT_ENV;
	size_t i = 0;

	for (struct node *at = node_items(node_get(container->node, "env")); at; at = at->next, i++) {
		struct str name = scalar_get(at, "name");
		struct named_stamp *entry;

		if (!names_is_env(name))
			continue;
		entry = find_variable(named, name);
		if (!entry || !writes || !gets(entry->stamp, container, index)) {
			note_stale(cursor, name, container, scalar_get(at, "value"), at->span.from);
			continue;
		}
		entry->is_there = true;
		entry->container = index;
		podpath_add_index(&cursor->path, i);
		if (!update_variable(cursor, at, entry->stamp, container, err))
			return false;
		cursor->path.length--;
	}
	return true;
}

static bool insert_env(struct stamp_cursor *cursor, const struct named_stamps *named, size_t index, struct err *err)
{
	const struct container *container = &cursor->target->podspec->containers[index];
	struct node *payload = shape_new_sequence(cursor->target->shape);
	bool writes = cursor->target->inject & INJECT_ENV;

	for (size_t i = named->variable_count; i-- > 0;) {
		const struct named_stamp *entry = &named->variables[i];
		const struct stamp *stamp = entry->stamp;
		struct node *item;

		if (!writes && !stamp->is_variable_only)
			continue;
		if ((entry->is_there && entry->container == index) || !gets(stamp, container, index))
			continue;
		if (++cursor->variables > VARIABLE_LIMIT)
			return err_set_at(err, container->node->span.from,
					  "more than %d variables would have to be inserted: use --inject=annotations",
					  VARIABLE_LIMIT);
		item = variable_new(cursor->target->shape, stamp->env, stamp->value);
		item->next = payload->child;
		payload->child = item;
		note_placement(cursor, stamp, container, PLACEMENT_INSERTED);
	}
	return !payload->child ||
	       shape_insert(cursor->target->shape, cursor->path.steps, cursor->path.length, payload, err);
}

static bool write_env(struct stamp_cursor *cursor, const struct named_stamps *named, struct err *err)
{
	size_t before = cursor->path.length;

	for (size_t i = 0; i < cursor->target->podspec->container_count; i++) {
		const struct container *container = &cursor->target->podspec->containers[i];

		podpath_add_container(&cursor->path, container);
		podpath_add_key(&cursor->path, str_from("env"));
		if (!update_env(cursor, named, i, err) || !insert_env(cursor, named, i, err))
			return false;
		cursor->path.length = before;
	}
	return true;
}

/* Two stamps that would be written under one name, or false. */
static bool find_clash(const struct stamp_target *target, const struct named_stamps *named, const struct stamp **a,
		       const struct stamp **b)
{
	for (size_t i = 1; i < named->annotation_count && (target->inject & INJECT_ANNOTATIONS); i++) {
		*a = named->annotations[i - 1].stamp;
		*b = named->annotations[i].stamp;
		if (str_equal((*a)->annotation, (*b)->annotation))
			return true;
	}
	for (size_t i = 1; i < named->variable_count && (target->inject & INJECT_ENV); i++) {
		*a = named->variables[i - 1].stamp;
		*b = named->variables[i].stamp;
		/* Two that are variables only are in different containers. */
		if (str_equal((*a)->env, (*b)->env) && !((*a)->is_variable_only && (*b)->is_variable_only))
			return true;
	}
	return false;
}

/* Names that had to be shortened or changed end in a hash; a name that looks like that on purpose could meet one. */
static bool check_names_differ(const struct stamp_target *target, const struct named_stamps *named, struct err *err)
{
	const struct stamp *a, *b;

	return !find_clash(target, named, &a, &b) ||
	       err_set(err,
		       "the stamps of %s %.*s and %.*s would have the same name: leave one out (--exclude, --git-skip)",
		       a->subject_kind, STR_ARG(a->subject), STR_ARG(b->subject));
}

bool stamp_template(const struct stamp_target *target, struct err *err)
{
	struct stamp_cursor cursor = { .target = target, .path = *target->path };
	struct named_stamps named = sort_stamps(target->stamps);

	return check_names_differ(target, &named, err) && update_annotations(&cursor, &named, err) &&
	       insert_annotations(&cursor, &named, err) && write_env(&cursor, &named, err);
}
