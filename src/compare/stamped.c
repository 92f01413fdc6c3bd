/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/stamped.h"

#include "base/sort.h"
#include "kube/names.h"

#include <string.h>

static const struct {
	const char *annotation, *env;
} prefixes[] = {
	[STAMPED_CONFIGMAP] = { NAMES_ANNOTATION_CONFIGMAP, NAMES_ENV_CONFIGMAP },
	[STAMPED_SECRET] = { NAMES_ANNOTATION_SECRET, NAMES_ENV_SECRET },
	[STAMPED_PROVIDER] = { NAMES_ANNOTATION_PROVIDER, NAMES_ENV_PROVIDER },
	[STAMPED_CONFIGMAPS] = { NAMES_ANNOTATION_CONFIGMAPS, NAMES_ENV_CONFIGMAPS },
	[STAMPED_SECRETS] = { NAMES_ANNOTATION_SECRETS, NAMES_ENV_SECRETS },
	[STAMPED_GIT] = { NAMES_ANNOTATION_GIT, NAMES_ENV_GIT },
};

static const char *prefix_of(enum stamped_type type, bool is_env)
{
	return is_env ? prefixes[type].env : prefixes[type].annotation;
}

bool stamped_type_of(struct str name, bool is_env, enum stamped_type *type)
{
	for (int i = 0; i < STAMPED_TYPES; i++) {
		const char *prefix = prefix_of((enum stamped_type)i, is_env);

		if (!str_starts_with(name, prefix) || name.len == strlen(prefix))
			continue;
		*type = (enum stamped_type)i;
		return true;
	}
	return false;
}

struct str stamped_subject(const struct stamped *stamp)
{
	return str_skip(stamp->name, strlen(prefix_of(stamp->type, stamp->is_env)));
}

void stamped_add(struct stamped_list *list, struct arena *arena, struct stamped stamp)
{
	list->items = arena_grow(arena, list->items, list->count, &list->room, sizeof(*list->items));
	list->items[list->count++] = stamp;
}

int stamped_compare(const struct stamped *a, const struct stamped *b)
{
	int order = str_compare(a->name, b->name);

	return order != 0 ? order : str_compare(a->container, b->container);
}

static int compare_stamps(const void *a, const void *b)
{
	const struct stamped *left = a, *right = b;
	int order = stamped_compare(left, right);

	return order != 0 ? order : str_compare(left->value, right->value);
}

/* Puts the value of `more` to that of `stamp`. */
static void join(struct stamped *stamp, const struct stamped *more, struct arena *arena)
{
	stamp->is_untold = stamp->is_untold || more->is_untold;
	stamp->value = arena_printf(arena, "%.*s,%.*s", STR_ARG(stamp->value), STR_ARG(more->value));
}

void stamped_sort(struct stamped_list *list, struct arena *arena)
{
	size_t kept = 0;

	list->count = sort_unique(list->items, list->count, sizeof(*list->items), compare_stamps);
	for (size_t i = 0; i < list->count; i++) {
		struct stamped *last = kept > 0 ? &list->items[kept - 1] : NULL;

		if (last && stamped_compare(last, &list->items[i]) == 0)
			join(last, &list->items[i], arena);
		else
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

/* Takes what is a stamp out of the children of `collection`: entries of annotations, or items of a container's env. */
static void take(struct value *collection, const struct value *container, struct arena *arena,
		 struct stamped_list *list)
{
	struct value **link = &collection->child;
	bool is_env = container != NULL;

	while (*link) {
		struct stamped stamp = { .is_env = is_env, .container = value_text(container, "name") };

		stamp.name = is_env ? value_text(*link, "name") : (*link)->key;
		stamp.value = is_env ? value_text(*link, "value") : (*link)->text;
		if (!stamped_type_of(stamp.name, is_env, &stamp.type)) {
			link = &(*link)->next;
			continue;
		}
		stamped_add(list, arena, stamp);
		*link = (*link)->next;
	}
}

/* Nothing is in it, and it is no text or number in the place of a mapping or list, which the API server refuses. */
static bool is_empty(const struct value *collection)
{
	return !collection->child &&
	       (collection->type == VALUE_NULL || collection->type == VALUE_MAPPING || collection->type == VALUE_LIST);
}

static void take_from(struct value *mapping, const char *key, const struct value *container, struct arena *arena,
		      struct stamped_list *list)
{
	struct value *collection = value_get(mapping, key);

	if (!collection)
		return;
	take(collection, container, arena, list);
	if (is_empty(collection))
		value_remove(mapping, key);
}

void stamped_take(struct value *pod_template, struct arena *arena, struct stamped_list *list)
{
	static const char *const lists[] = { "containers", "initContainers" };
	struct value *spec = value_get(pod_template, "spec"), *metadata = value_get(pod_template, "metadata");

	take_from(metadata, "annotations", NULL, arena, list);
	if (metadata && is_empty(metadata))
		value_remove(pod_template, "metadata");
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		struct value *containers = value_get(spec, lists[i]);

		for (struct value *at = containers ? containers->child : NULL; at; at = at->next)
			take_from(at, "env", at, arena, list);
	}
	stamped_sort(list, arena);
}
