#include "plan/stamp.h"

#include "base/map.h"
#include "plan/variable.h"
#include "base/sort.h"
#include "kube/names.h"
#include "yaml/scalar.h"

#include <stdlib.h>

/* In one template: stamps times containers can be more than anybody's memory. */
#define VARIABLE_LIMIT 100000

/* The target's stamps, sorted. */
struct stamps {
	struct stamp **by_annotation, **by_env;
	size_t annotation_count, count;
};

static int compare_by_annotation(const void *a, const void *b)
{
	return str_compare((*(struct stamp *const *)a)->annotation, (*(struct stamp *const *)b)->annotation);
}

static int compare_by_env(const void *a, const void *b)
{
	return str_compare((*(struct stamp *const *)a)->env, (*(struct stamp *const *)b)->env);
}

static struct stamps sort_stamps(const struct stamp_target *target)
{
	struct stamps stamps = { .count = target->stamp_count };

	stamps.by_annotation = arena_array(target->arena, stamps.count, sizeof(struct stamp *));
	stamps.by_env = arena_array(target->arena, stamps.count, sizeof(struct stamp *));
	for (size_t i = 0; i < stamps.count; i++) {
		stamps.by_env[i] = &target->stamps[i];
		if (!target->stamps[i].is_variable_only)
			stamps.by_annotation[stamps.annotation_count++] = &target->stamps[i];
	}
	if (stamps.annotation_count > 0)
		qsort(stamps.by_annotation, stamps.annotation_count, sizeof(struct stamp *), compare_by_annotation);
	if (stamps.count > 0)
		qsort(stamps.by_env, stamps.count, sizeof(struct stamp *), compare_by_env);
	return stamps;
}

static struct stamp *find_stamp(struct stamp *const *sorted, size_t count, const struct stamp *wanted,
				int (*compare)(const void *, const void *))
{
	struct stamp *const *found;

	if (count == 0)
		return NULL;
	found = bsearch(&wanted, sorted, count, sizeof(*sorted), compare);
	return found ? *found : NULL;
}

static struct stamp *find_by_annotation(const struct stamps *stamps, struct str name)
{
	struct stamp wanted = { .annotation = name };

	return find_stamp(stamps->by_annotation, stamps->annotation_count, &wanted, compare_by_annotation);
}

static struct stamp *find_by_env(const struct stamps *stamps, struct str name)
{
	struct stamp wanted = { .env = name };

	return find_stamp(stamps->by_env, stamps->count, &wanted, compare_by_env);
}

/* One template that is being stamped. */
struct stamping {
	const struct stamp_target *target;
	struct podpath path; /* the target's, and on from there */
	size_t variables;    /* inserted so far */
};

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
		.stamp = (size_t)(stamp - s->target->stamps),
		.as = container ? WRITTEN_ENV : WRITTEN_ANNOTATION,
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

static bool update_annotation(struct stamping *s, struct stamp *stamp, const struct node *value, struct err *err)
{
	bool is_right = variable_says(value, stamp->value), ok;

	stamp->annotation_is_there = true;
	note_written(s, stamp, NULL, is_right ? ACTION_UNCHANGED : ACTION_REPLACED);
	if (is_right)
		return true;
	podpath_add_key(&s->path, str_from("metadata"));
	podpath_add_key(&s->path, str_from("annotations"));
	podpath_add_key(&s->path, stamp->annotation);
	ok = shape_set(s->target->shape, s->path.steps, s->path.length, stamp->value, err);
	s->path.length -= 3;
	return ok;
}

/* Annotations of ours that are there: those that are written now get their value, the others are stale. */
static bool update_annotations(struct stamping *s, const struct stamps *stamps, struct err *err)
{
	struct node *annotations = node_get(node_get(s->target->pod_template, "metadata"), "annotations");
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
	for (size_t i = stamps->annotation_count; i-- > 0;) {
		const struct stamp *stamp = stamps->by_annotation[i];
		struct node *key, *value;

		if (stamp->annotation_is_there)
			continue;
		key = shape_new_name(s->target->shape, stamp->annotation);
		value = shape_new_scalar(s->target->shape, stamp->value);
		key->next = value;
		value->next = payload->child;
		payload->child = key;
		note_written(s, stamp, NULL, ACTION_INSERTED);
	}
	if (!payload->child)
		return true;
	podpath_add_key(&s->path, str_from("metadata"));
	podpath_add_key(&s->path, str_from("annotations"));
	if (!shape_insert(s->target->shape, s->path.steps, s->path.length, payload, err))
		return false;
	s->path.length -= 2;
	return true;
}

/* One variable of ours that is there; the path leads to its list item. */
static bool update_variable(struct stamping *s, struct node *item, const struct stamp *stamp,
			    const struct container *container, struct err *err)
{
	bool changed = false;

	if (!variable_set(s->target->shape, &s->path, item, stamp->value, &changed, err))
		return false;
	note_written(s, stamp, container, changed ? ACTION_REPLACED : ACTION_UNCHANGED);
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
		if (!stamp || !writes || !gets(stamp, container, index)) {
			note_stale(s, name, container, at->span.from);
			continue;
		}
		stamp->in_container = index + 1;
		podpath_add_index(&s->path, i);
		if (!update_variable(s, at, stamp, container, err))
			return false;
		s->path.length--;
	}
	return true;
}

static bool insert_env(struct stamping *s, const struct stamps *stamps, size_t index, struct err *err)
{
	const struct container *container = &s->target->podspec->containers[index];
	struct node *payload = shape_new_sequence(s->target->shape);

	bool writes = s->target->inject & INJECT_ENV;

	for (size_t i = stamps->count; i-- > 0;) {
		const struct stamp *stamp = stamps->by_env[i];
		struct node *item;

		if (!writes && !stamp->is_variable_only)
			continue;
		if (stamp->in_container == index + 1 || !gets(stamp, container, index))
			continue;
		if (++s->variables > VARIABLE_LIMIT)
			return err_set_at(err, container->node->span.from,
					  "more than %d variables would have to be inserted: use --inject=annotations",
					  VARIABLE_LIMIT);
		item = variable_new(s->target->shape, stamp->env, stamp->value);
		item->next = payload->child;
		payload->child = item;
		note_written(s, stamp, container, ACTION_INSERTED);
	}
	return !payload->child || shape_insert(s->target->shape, s->path.steps, s->path.length, payload, err);
}

static bool write_env(struct stamping *s, const struct stamps *stamps, struct err *err)
{
	size_t before = s->path.length;

	for (size_t i = 0; i < s->target->podspec->container_count; i++) {
		const struct container *container = &s->target->podspec->containers[i];

		podpath_add_container(&s->path, container);
		podpath_add_key(&s->path, str_from("env"));
		if (!update_env(s, stamps, i, err) || !insert_env(s, stamps, i, err))
			return false;
		s->path.length = before;
	}
	return true;
}

/* Names that had to be shortened or changed end in a hash; a name that looks like that on purpose could meet one. */
static bool check_names_differ(const struct stamp_target *target, const struct stamps *stamps, struct err *err)
{
	const struct stamp *a = NULL, *b = NULL;

	for (size_t i = 1; i < stamps->annotation_count && (target->inject & INJECT_ANNOTATIONS) && !a; i++)
		if (compare_by_annotation(&stamps->by_annotation[i - 1], &stamps->by_annotation[i]) == 0) {
			a = stamps->by_annotation[i - 1];
			b = stamps->by_annotation[i];
		}
	for (size_t i = 1; i < stamps->count && (target->inject & INJECT_ENV) && !a; i++)
		/* Two that are variables only are in different containers. */
		if (compare_by_env(&stamps->by_env[i - 1], &stamps->by_env[i]) == 0 &&
		    !(stamps->by_env[i - 1]->is_variable_only && stamps->by_env[i]->is_variable_only)) {
			a = stamps->by_env[i - 1];
			b = stamps->by_env[i];
		}
	return !a ||
	       err_set(err,
		       "the stamps of %s %.*s and %.*s would have the same name: leave one out (--exclude, --git-skip)",
		       a->subject_kind, STR_ARG(a->subject), STR_ARG(b->subject));
}

bool stamp_template(const struct stamp_target *target, struct err *err)
{
	struct stamping s = { .target = target, .path = *target->path };
	struct stamps stamps = sort_stamps(target);

	return check_names_differ(target, &stamps, err) && update_annotations(&s, &stamps, err) &&
	       insert_annotations(&s, &stamps, err) && write_env(&s, &stamps, err);
}
