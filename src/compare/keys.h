/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys: which keys of a ConfigMap or Secret differ between what two templates consume of it. Names, never values.
 */
#ifndef COMPARE_KEYS_H
#define COMPARE_KEYS_H

#include "base/map.h"
#include "plan/findings.h"

/*
 * More keys than these are counted and not named: thousands of workloads can share one object with thousands of keys.
 */
#define KEYS_NAMED 100

struct keys_list {
	struct str *items; /* the first KEYS_NAMED, sorted */
	size_t count;      /* of all keys, named or not */
};

struct keys_changes {
	bool is_known; /* all consumed objects are known; else the lists are empty */
	struct keys_list changed, added, gone;
};

/* Remembers what it has compared, since thousands of templates can consume the same two objects. */
struct keys {
	struct arena *arena;
	struct map pairs;
};

/* Makes `keys` empty. What it remembers, and all lists that it gives, live in the arena. */
void keys_init(struct keys *keys, struct arena *arena);
/*
 * What differs between what two findings consume of one object. A finding that is NULL consumes nothing: if `before` is
 * NULL, all keys that `after` consumes are added. A finding without an object makes the result unknown (`is_known`).
 * Names are borrowed from the objects.
 */
struct keys_changes keys_compare(struct keys *keys, const struct finding *before, const struct finding *after);
/*
 * Which objects differ between what two selections have: names as `[NAMESPACE/]NAME` in place of keys. NULL has none.
 * Names are borrowed from the objects, or in the arena.
 */
struct keys_changes keys_compare_selected(struct keys *keys, const struct selected_finding *before,
					  const struct selected_finding *after);
/* What differs between all keys of two loaded objects. Names are borrowed from the objects. */
struct keys_changes keys_compare_objects(struct keys *keys, const struct object *before, const struct object *after);

#endif
