/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map: a hash table from byte strings to pointers, in an arena. It only grows.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"
#include "base/str.h"

struct map_slot {
	struct str key;
	void *value; /* NULL: the slot is free */
};

struct map {
	struct arena *arena;
	struct map_slot *slots;
	size_t count;
	size_t room; /* a power of two, or 0 */
};

/* Keys and slots live in `arena`. */
void map_init(struct map *map, struct arena *arena);
/* The value stored under `key`, or NULL. */
void *map_get(const struct map *map, struct str key);
/* Stores `value`, which is not NULL, under `key`, in place of what was there. The key's bytes are borrowed. */
void map_set(struct map *map, struct str key, void *value);

#endif
