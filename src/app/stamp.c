#include "app/stamp.h"

#include "kube/names.h"
#include "yaml/scalar.h"

#include <assert.h>
#include <stdlib.h>

/* A list's items, the way to the template, and on to a container's variable. */
#define MAX_STEPS (2 + KINDS_PATH_LIMIT + 8)
/* In one template: stamps times containers can be more than anybody's memory. */
#define VARIABLE_LIMIT 100000

/* A digest with the names that it is written under. */
struct stamp {
	struct str annotation, env;
	struct consumption *consumption;
	size_t index; /* of the consumption */
	bool annotation_is_there;
	size_t in_container; /* the last container in which its variable is there, plus 1 */
};

struct stamps {
	struct stamp *items; /* by annotation */
	size_t count;
	struct stamp **by_env;
};

static int compare_by_annotation(const void *a, const void *b)
{
	return str_compare(((const struct stamp *)a)->annotation, ((const struct stamp *)b)->annotation);
}

static int compare_by_env(const void *a, const void *b)
{
	return str_compare((*(struct stamp *const *)a)->env, (*(struct stamp *const *)b)->env);
}

static struct stamps name_stamps(const struct stamp_target *target)
{
	struct arena *arena = target->arena;
	struct stamps stamps = { 0 };

	stamps.items = arena_array(arena, target->consumption_count, sizeof(*stamps.items));
	stamps.by_env = arena_array(arena, target->consumption_count, sizeof(struct stamp *));
	for (size_t i = 0; i < target->consumption_count; i++) {
		struct consumption *c = &target->consumptions[i];

		if (c->outcome == OUTCOME_RESOLVED)
			stamps.items[stamps.count++] = (struct stamp){
				.annotation = names_annotation(c->kind, c->foreign_namespace, c->name, arena),
				.env = names_env(c->kind, c->foreign_namespace, c->name, arena),
				.consumption = c,
				.index = i,
			};
	}
	if (stamps.count > 0)
		qsort(stamps.items, stamps.count, sizeof(*stamps.items), compare_by_annotation);
	for (size_t i = 0; i < stamps.count; i++)
		stamps.by_env[i] = &stamps.items[i];
	if (stamps.count > 0)
		qsort(stamps.by_env, stamps.count, sizeof(struct stamp *), compare_by_env);
	return stamps;
}

static struct stamp *find_by_annotation(const struct stamps *stamps, struct str name)
{
	struct stamp wanted = { .annotation = name };

	if (stamps->count == 0)
		return NULL;
	return bsearch(&wanted, stamps->items, stamps->count, sizeof(wanted), compare_by_annotation);
}

static struct stamp *find_by_env(const struct stamps *stamps, struct str name)
{
	struct stamp wanted = { .env = name }, *key = &wanted, **found;

	if (stamps->count == 0)
		return NULL;
	found = bsearch(&key, stamps->by_env, stamps->count, sizeof(key), compare_by_env);
	return found ? *found : NULL;
}

/* One template that is being stamped. */
struct stamping {
	const struct stamp_target *target;
	struct step path[MAX_STEPS]; /* the target's path, and on from there */
	size_t path_length;
	size_t variables; /* inserted so far */
};

static struct str digest_of(const struct stamp *stamp)
{
	return (struct str){ .ptr = stamp->consumption->digest, .len = DIGEST_HEX };
}

static struct str keep_name(const struct stamping *s, const struct container *container)
{
	return container ? arena_dup(s->target->notes->arena, container->name) : (struct str){ 0 };
}

static void note_written(const struct stamping *s, const struct stamp *stamp, const struct container *container,
			 enum action action)
{
	struct stamp_notes *notes = s->target->notes;

	if (!notes)
		return;
	notes->written = arena_grow(notes->arena, notes->written, notes->written_count, &notes->written_room,
				    sizeof(*notes->written));
	notes->written[notes->written_count++] = (struct written){
		.consumption = stamp->index,
		.is_env = container != NULL,
		.name = arena_dup(notes->arena, container ? stamp->env : stamp->annotation),
		.container = keep_name(s, container),
		.action = action,
	};
}

static void note_stale(const struct stamping *s, struct str name, const struct container *container, size_t at)
{
	struct stamp_notes *notes = s->target->notes;

	if (!notes)
		return;
	notes->stale =
		arena_grow(notes->arena, notes->stale, notes->stale_count, &notes->stale_room, sizeof(*notes->stale));
	notes->stale[notes->stale_count++] = (struct stale){
		.is_env = container != NULL,
		.name = arena_dup(notes->arena, name),
		.container = keep_name(s, container),
		.at = at,
	};
}

/* Does the node already say `value`, and as a string whoever reads it? */
static bool says(const struct node *node, struct str value)
{
	return node->type == NODE_SCALAR && str_equal(node->value, value) && node_tag(node).len == 0 &&
	       (node->style != STYLE_PLAIN || !scalar_is_typed(node->value));
}

static void push(struct stamping *s, struct str key)
{
	assert(s->path_length < MAX_STEPS);
	s->path[s->path_length++] = (struct step){ .key = key };
}

static void push_index(struct stamping *s, size_t index)
{
	assert(s->path_length < MAX_STEPS);
	s->path[s->path_length++] = (struct step){ .index = index };
}

static bool update_annotation(struct stamping *s, struct stamp *stamp, const struct node *value, struct err *err)
{
	bool is_right = says(value, digest_of(stamp)), ok;

	stamp->annotation_is_there = true;
	note_written(s, stamp, NULL, is_right ? ACTION_UNCHANGED : ACTION_REPLACED);
	if (is_right)
		return true;
	push(s, str_from("metadata"));
	push(s, str_from("annotations"));
	push(s, stamp->annotation);
	ok = shape_set(s->target->shape, s->path, s->path_length, digest_of(stamp), err);
	s->path_length -= 3;
	return ok;
}

/* Annotations of ours that are there: those that are written now get their value, the others are stale. */
static bool update_annotations(struct stamping *s, const struct stamps *stamps, struct err *err)
{
	struct node *annotations = node_get(node_get(s->target->template, "metadata"), "annotations");
	struct map last; /* of a name that is there twice, the last one counts */

	if (!node_is_mapping(annotations))
		return true;
	map_init(&last, s->target->arena);
	for (struct node *at = annotations->child; at; at = at->next->next) {
		const struct node *key = node_resolve(at);

		if (key->type == NODE_SCALAR && names_is_annotation(key->value))
			map_set(&last, key->value, at);
	}
	for (struct node *at = annotations->child; at && last.count > 0; at = at->next->next) {
		const struct node *key = node_resolve(at);
		struct stamp *stamp;

		if (key->type != NODE_SCALAR || map_get(&last, key->value) != at)
			continue;
		stamp = find_by_annotation(stamps, key->value);
		if (!stamp || !(s->target->inject & INJECT_ANNOTATIONS))
			note_stale(s, key->value, NULL, at->span.from);
		else if (!update_annotation(s, stamp, node_resolve(at->next), err))
			return false;
	}
	return true;
}

static bool insert_annotations(struct stamping *s, const struct stamps *stamps, struct err *err)
{
	struct node *payload = shape_new_mapping(s->target->shape);

	if (!(s->target->inject & INJECT_ANNOTATIONS))
		return true;
	/* Backwards, since each one is put in front. */
	for (size_t i = stamps->count; i-- > 0;) {
		const struct stamp *stamp = &stamps->items[i];
		struct node *key, *value;

		if (stamp->annotation_is_there)
			continue;
		key = shape_new_name(s->target->shape, stamp->annotation);
		value = shape_new_scalar(s->target->shape, digest_of(stamp));
		key->next = value;
		value->next = payload->child;
		payload->child = key;
		note_written(s, stamp, NULL, ACTION_INSERTED);
	}
	if (!payload->child)
		return true;
	push(s, str_from("metadata"));
	push(s, str_from("annotations"));
	if (!shape_insert(s->target->shape, s->path, s->path_length, payload, err))
		return false;
	s->path_length -= 2;
	return true;
}

/* One variable of ours that is there; the path leads to its list item. */
static bool update_variable(struct stamping *s, struct node *item, const struct stamp *stamp,
			    const struct container *container, struct err *err)
{
	struct str digest = digest_of(stamp), from = str_from("valueFrom"), to = str_from("value");
	const struct node *value = node_get(item, "value");
	const struct node *value_from = node_get(item, "valueFrom");
	bool has_from = value_from && !(value && scalar_is_null(value_from)), ok;

	if (value && !has_from && says(value, digest)) {
		note_written(s, stamp, container, ACTION_UNCHANGED);
		return true;
	}
	note_written(s, stamp, container, ACTION_REPLACED);
	if (value && has_from)
		return err_set_at(err, item->span.from,
				  "%.*s has both value and valueFrom, which the API server refuses: remove one",
				  STR_ARG(stamp->env));
	if (has_from)
		return shape_rename(s->target->shape, s->path, s->path_length, from, to, digest, err);
	if (!value) {
		struct node *payload = shape_new_mapping(s->target->shape);

		shape_append(payload, shape_new_name(s->target->shape, to));
		shape_append(payload, shape_new_scalar(s->target->shape, digest));
		return shape_insert(s->target->shape, s->path, s->path_length, payload, err);
	}
	push(s, to);
	ok = shape_set(s->target->shape, s->path, s->path_length, digest, err);
	s->path_length--;
	return ok;
}

static bool consumes(const struct consumption *c, const struct container *container, size_t index)
{
	size_t low = 0, high = c->container_count;

	if (c->in_every_container && !container->is_init)
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->containers[middle] < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low < c->container_count && c->containers[low] == index;
}

/* The path leads to the container's env. */
static bool update_env(struct stamping *s, const struct stamps *stamps, size_t index, struct err *err)
{
	const struct container *container = &s->target->podspec->containers[index];
	bool writes = s->target->inject & INJECT_ENV;
	size_t i = 0;

	for (struct node *at = node_items(node_get(container->node, "env")); at; at = at->next, i++) {
		struct str name = scalar_get(at, "name");
		struct stamp *stamp;

		if (!names_is_env(name))
			continue;
		stamp = find_by_env(stamps, name);
		if (!stamp || !writes || !consumes(stamp->consumption, container, index)) {
			note_stale(s, name, container, at->span.from);
			continue;
		}
		stamp->in_container = index + 1;
		push_index(s, i);
		if (!update_variable(s, at, stamp, container, err))
			return false;
		s->path_length--;
	}
	return true;
}

static bool insert_env(struct stamping *s, const struct stamps *stamps, size_t index, struct err *err)
{
	const struct container *container = &s->target->podspec->containers[index];
	struct node *payload = shape_new_sequence(s->target->shape);

	if (!(s->target->inject & INJECT_ENV))
		return true;
	for (size_t i = stamps->count; i-- > 0;) {
		const struct stamp *stamp = stamps->by_env[i];
		struct node *item;

		if (stamp->in_container == index + 1 || !consumes(stamp->consumption, container, index))
			continue;
		if (++s->variables > VARIABLE_LIMIT)
			return err_set_at(err, container->node->span.from,
					  "more than %d variables would have to be inserted: use --inject=annotations",
					  VARIABLE_LIMIT);
		item = shape_new_mapping(s->target->shape);
		shape_append(item, shape_new_name(s->target->shape, str_from("name")));
		shape_append(item, shape_new_name(s->target->shape, stamp->env));
		shape_append(item, shape_new_name(s->target->shape, str_from("value")));
		shape_append(item, shape_new_scalar(s->target->shape, digest_of(stamp)));
		item->next = payload->child;
		payload->child = item;
		note_written(s, stamp, container, ACTION_INSERTED);
	}
	return !payload->child || shape_insert(s->target->shape, s->path, s->path_length, payload, err);
}

static bool write_env(struct stamping *s, const struct stamps *stamps, struct err *err)
{
	size_t before = s->path_length;

	for (size_t i = 0; i < s->target->podspec->container_count; i++) {
		const struct container *container = &s->target->podspec->containers[i];

		push(s, str_from("spec"));
		push(s, str_from(container->is_init ? "initContainers" : "containers"));
		push_index(s, container->index);
		push(s, str_from("env"));
		if (!update_env(s, stamps, i, err) || !insert_env(s, stamps, i, err))
			return false;
		s->path_length = before;
	}
	return true;
}

/* Names that had to be shortened or changed end in a hash; a name that looks like that on purpose could meet one. */
static bool check_names_differ(const struct stamp_target *target, const struct stamps *stamps, struct err *err)
{
	for (size_t i = 1; i < stamps->count; i++) {
		const struct stamp *a = &stamps->items[i - 1], *b = &stamps->items[i];
		bool same = (target->inject & INJECT_ANNOTATIONS) && str_equal(a->annotation, b->annotation);

		if (!same && (target->inject & INJECT_ENV)) {
			a = stamps->by_env[i - 1];
			b = stamps->by_env[i];
			same = str_equal(a->env, b->env);
		}
		if (same)
			return err_set(
				err,
				"the stamps of %s %.*s and %.*s would have the same name: leave one out (--exclude)",
				object_kind_name(a->consumption->kind), STR_ARG(a->consumption->name),
				STR_ARG(b->consumption->name));
	}
	return true;
}

bool stamp_template(const struct stamp_target *target, struct err *err)
{
	struct stamping s = { .target = target };
	struct stamps stamps = name_stamps(target);

	for (size_t i = 0; i < target->path_length; i++) {
		assert(s.path_length < MAX_STEPS);
		s.path[s.path_length++] = target->path[i];
	}
	return check_names_differ(target, &stamps, err) && update_annotations(&s, &stamps, err) &&
	       insert_annotations(&s, &stamps, err) && write_env(&s, &stamps, err);
}
