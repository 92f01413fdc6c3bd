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

/* Those of the `count` stamps that stand in the place of the first one, put together. Returns how many these are. */
static size_t join(const struct stamped *stamps, size_t count, struct arena *arena, struct stamped *joined)
{
	struct buf values = { 0 };
	size_t same = 1;

	*joined = stamps[0];
	while (same < count && stamped_compare(&stamps[0], &stamps[same]) == 0)
		same++;
	if (same == 1)
		return same;
	for (size_t i = 0; i < same; i++) {
		joined->is_untold = joined->is_untold || stamps[i].is_untold;
		buf_add_cstring(&values, i > 0 ? "," : "");
		buf_add(&values, stamps[i].value);
	}
	joined->value = buf_keep(&values, arena);
	return same;
}

void stamped_sort(struct stamped_list *list, struct arena *arena)
{
	size_t kept = 0, i = 0;

	list->count = sort_unique(list->items, list->count, sizeof(*list->items), compare_stamps);
	while (i < list->count) {
		struct stamped stamp;

		i += join(&list->items[i], list->count - i, arena, &stamp);
		list->items[kept++] = stamp;
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
