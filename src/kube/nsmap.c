/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/nsmap.h"

void nsmap_init(struct nsmap *nsmap, struct arena *arena)
{
	map_init(&nsmap->exact, arena);
	map_init(&nsmap->by_name, arena);
}

/* No namespace has a slash in it, but for one that nobody can have. */
static struct str key_of(struct arena *arena, struct str ns, struct str name)
{
	return arena_printf(arena, "%.*s/%.*s", STR_ARG(ns), STR_ARG(name));
}

void nsmap_set(struct nsmap *nsmap, struct str ns, struct str name, void *value)
{
	struct arena *arena = nsmap->exact.arena;
	struct str key = key_of(arena, ns, name);

	map_set(&nsmap->exact, key, value);
	map_set(&nsmap->by_name, str_skip(key, ns.len + 1), value);
}

void *nsmap_get(const struct nsmap *nsmap, struct str ns, struct str name)
{
	struct arena arena = { 0 };
	void *found;

	if (nsmap_is_empty(nsmap))
		return NULL;
	found = map_get(&nsmap->exact, key_of(&arena, ns, name));
	if (!found && ns.len == 0)
		found = map_get(&nsmap->by_name, name);
	else if (!found)
		found = map_get(&nsmap->exact, key_of(&arena, str_from(""), name));
	arena_release(&arena);
	return found;
}
