/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/keys.h"

#include "base/sort.h"

#include <string.h>

/* What two objects have in common, by the index of an item in each. */
struct compared {
	bool *is_changed; /* of items of `before`: its counterpart has another value */
	struct keys_changes whole;
};

void keys_init(struct keys *keys, struct arena *arena)
{
	keys->arena = arena;
	map_init(&keys->pairs, arena);
}

static void add(struct keys *keys, struct keys_list *list, struct str key)
{
	if (!list->items)
		list->items = arena_array(keys->arena, KEYS_NAMED, sizeof(*list->items));
	if (list->count < KEYS_NAMED)
		list->items[list->count] = key;
	list->count++;
}

static struct compared *make_compared(struct keys *keys, const struct object *before, const struct object *after)
{
	struct compared *pair = ARENA_NEW(keys->arena, struct compared);
	size_t i = 0, k = 0;

	pair->is_changed = arena_array(keys->arena, before->count, sizeof(bool));
	pair->whole.is_known = true;
	while (i < before->count || k < after->count) {
		const struct data_item *left = i < before->count ? &before->items[i] : NULL;
		const struct data_item *right = k < after->count ? &after->items[k] : NULL;
		int order = !left ? 1 : !right ? -1 : str_compare(left->key, right->key);

		if (left && right && order == 0 && !str_equal(left->value, right->value)) {
			pair->is_changed[i] = true;
			add(keys, &pair->whole.changed, left->key);
		}
		if (left && order < 0)
			add(keys, &pair->whole.gone, left->key);
		if (right && order > 0)
			add(keys, &pair->whole.added, right->key);
		i += order <= 0;
		k += order >= 0;
	}
	return pair;
}

static struct compared *pair_of(struct keys *keys, const struct object *before, const struct object *after)
{
	const struct object *both[2] = { before, after };
	struct str key = { .ptr = (const char *)both, .len = sizeof(both) };
	struct compared *pair = map_get(&keys->pairs, key);

	if (pair)
		return pair;
	pair = make_compared(keys, before, after);
	map_set(&keys->pairs, arena_dup(keys->arena, key), pair);
	return pair;
}

struct keys_changes keys_compare_objects(struct keys *keys, const struct object *before, const struct object *after)
{
	return pair_of(keys, before, after)->whole;
}

/* A walk over the keys of a selection that are there. */
struct key_walk {
	const struct selection *selection;
	size_t piece, item;
};

/* The item where the walk is, or NULL at its end. */
static const struct data_item *at(struct key_walk *walk)
{
	const struct selection *s = walk->selection;

	while (s && walk->piece < s->piece_count) {
		const struct selection_piece *piece = &s->pieces[walk->piece];

		if (piece->from + walk->item < piece->to)
			return &s->object->items[piece->from + walk->item];
		walk->piece++;
		walk->item = 0;
	}
	return NULL;
}

static struct keys_changes compare_selections(struct keys *keys, const struct selection *before,
					      const struct selection *after)
{
	const struct compared *both = before && after ? pair_of(keys, before->object, after->object) : NULL;
	struct key_walk left = { .selection = before }, right = { .selection = after };
	struct keys_changes changes = { .is_known = true };
	const struct data_item *old, *item;

	while ((old = at(&left)), (item = at(&right)), old || item) {
		int order = !old ? 1 : !item ? -1 : str_compare(old->key, item->key);

		if (order == 0 && both && both->is_changed[old - before->object->items])
			add(keys, &changes.changed, old->key);
		if (old && order < 0)
			add(keys, &changes.gone, old->key);
		if (item && order > 0)
			add(keys, &changes.added, item->key);
		left.item += order <= 0;
		right.item += order >= 0;
	}
	return changes;
}

static bool has_object(const struct finding *finding)
{
	return finding && finding->outcome == OUTCOME_RESOLVED && finding->selection.object;
}

static bool has_all(const struct finding *finding)
{
	return finding->all_keys && finding->selection.count == finding->selection.object->count;
}

struct keys_changes keys_compare(struct keys *keys, const struct finding *before, const struct finding *after)
{
	if ((before && !has_object(before)) || (after && !has_object(after)))
		return (struct keys_changes){ 0 };
	if (before && after && has_all(before) && has_all(after))
		return pair_of(keys, before->selection.object, after->selection.object)->whole;
	return compare_selections(keys, before ? &before->selection : NULL, after ? &after->selection : NULL);
}

/* An object of a selection. */
struct selected_object {
	struct str name; /* [NAMESPACE/]NAME */
	const struct object *object;
};

static int compare_selected_objects(const void *a, const void *b)
{
	return str_compare(((const struct selected_object *)a)->name, ((const struct selected_object *)b)->name);
}

/* The objects of a selection, sorted by name; returns how many. */
static size_t sort_selected(struct keys *keys, const struct selected_finding *finding, struct selected_object **sorted)
{
	size_t count = finding ? finding->collected.count : 0;

	*sorted = arena_array(keys->arena, count, sizeof(**sorted));
	for (size_t i = 0; i < count; i++)
		(*sorted)[i] = (struct selected_object){
			.name = collection_name(&finding->collection, &finding->collected, i, keys->arena),
			.object = finding->collected.items[i],
		};
	sort_items(*sorted, count, sizeof(**sorted), compare_selected_objects);
	return count;
}

static struct keys_changes *make_selected(struct keys *keys, const struct selected_finding *before,
					  const struct selected_finding *after)
{
	struct keys_changes *changes = ARENA_NEW(keys->arena, struct keys_changes);
	struct selected_object *left, *right;
	size_t i = 0, k = 0, left_count = sort_selected(keys, before, &left),
	       right_count = sort_selected(keys, after, &right);

	changes->is_known = true;
	while (i < left_count || k < right_count) {
		int order = i == left_count ? 1 : k == right_count ? -1 : str_compare(left[i].name, right[k].name);

		if (order < 0)
			add(keys, &changes->gone, left[i].name);
		else if (order > 0)
			add(keys, &changes->added, right[k].name);
		else if (strcmp(left[i].object->digest, right[k].object->digest) != 0)
			add(keys, &changes->changed, left[i].name);
		i += order <= 0;
		k += order >= 0;
	}
	return changes;
}

struct keys_changes keys_compare_selected(struct keys *keys, const struct selected_finding *before,
					  const struct selected_finding *after)
{
	/* Workloads that ask the same share their objects, and no objects are shared between two questions. */
	const struct object *const *both[2] = { before ? (const void *)before->collected.items : NULL,
						after ? (const void *)after->collected.items : NULL };
	struct str key = { .ptr = (const char *)both, .len = sizeof(both) };
	struct keys_changes *changes = map_get(&keys->pairs, key);

	if (!changes) {
		changes = make_selected(keys, before, after);
		map_set(&keys->pairs, arena_dup(keys->arena, key), changes);
	}
	return *changes;
}
