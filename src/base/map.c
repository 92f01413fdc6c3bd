/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <assert.h>
#include <xxhash.h>

void map_init(struct map *map, struct arena *arena)
{
	*map = (struct map){ .arena = arena };
}

/* The slot of `key`, or the free one where it belongs. There is always a free one: see map_set. */
static struct map_slot *find(const struct map *map, struct str key)
{
	size_t at = XXH3_64bits(key.ptr, key.len) & (map->room - 1);

	while (map->slots[at].value && !str_equal(map->slots[at].key, key))
		at = (at + 1) & (map->room - 1);
	return &map->slots[at];
}

void *map_get(const struct map *map, struct str key)
{
	return map->room > 0 ? find(map, key)->value : NULL;
}

static void grow(struct map *map)
{
	struct map larger = *map;

	larger.room = map->room > 0 ? map->room * 2 : 16;
	larger.slots = arena_array(map->arena, larger.room, sizeof(*larger.slots));
	for (size_t i = 0; i < map->room; i++)
		if (map->slots[i].value)
			*find(&larger, map->slots[i].key) = map->slots[i];
	arena_drop(map->arena, map->slots, map->room * sizeof(*map->slots));
	*map = larger;
}

void map_set(struct map *map, struct str key, void *value)
{
	struct map_slot *slot;

	assert(value);
	if (map->count >= map->room / 4 * 3)
		grow(map);
	slot = find(map, key);
	map->count += slot->value == NULL;
	*slot = (struct map_slot){ .key = key, .value = value };
}
