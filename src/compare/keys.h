/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys: which keys of a ConfigMap or Secret differ between what two templates consume of it. Names, never values.
 */
#ifndef COMPARE_KEYS_H
#define COMPARE_KEYS_H

#include "base/map.h"
#include "plan/findings.h"

/* More of each kind are counted and not named: thousands of workloads can share one object with thousands of keys. */
#define KEYS_NAMED 100

struct keys_list {
	struct str *items; /* the first KEYS_NAMED, sorted */
	size_t count;      /* of all */
};

struct keys_changes {
	bool is_known; /* the objects are there on both sides */
	struct keys_list changed, added, gone;
};

/* Remembers what it has compared, since thousands of templates can consume the same two objects. */
struct keys {
	struct arena *arena;
	struct map pairs;
};

void keys_init(struct keys *keys, struct arena *arena);
/*
 * What differs between two findings of one object. One that is NULL or has no object consumes nothing that is known: if
 * `before` is NULL, all that `after` consumes is added. In the arena of `keys`.
 */
struct keys_changes keys_compare(struct keys *keys, const struct finding *before, const struct finding *after);
/* The same for all keys of two loaded objects. */
struct keys_changes keys_compare_objects(struct keys *keys, const struct object *before, const struct object *after);

#endif
