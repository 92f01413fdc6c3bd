/*
 * exclude: the objects that are left out for one workload: what --exclude and rollstamp.io/exclude name.
 *
 * Patterns come from manifests, too, which can be anybody's. Exact names, of which there may be many, are looked up;
 * globs, which must be tried one by one, are few.
 */
#ifndef KUBE_EXCLUDE_H
#define KUBE_EXCLUDE_H

#include "base/err.h"
#include "base/map.h"

#define EXCLUDE_GLOBS 100

struct exclude {
	struct arena *arena;
	struct map exact; /* "kind/NAME" to itself, the kind in lower case */
	struct str globs[EXCLUDE_GLOBS];
	size_t glob_count;
};

void exclude_init(struct exclude *exclude, struct arena *arena);
/* Can a pattern KIND/NAME name a ConfigMap or Secret? Fails with a sentence if not. */
CHECKED bool exclude_check(struct str pattern, struct err *err);
/*
 * Adds a pattern KIND/NAME, borrowed; both are globs, KIND in any case. Fails as exclude_check does, and if there are too
 * many globs.
 */
CHECKED bool exclude_add(struct exclude *exclude, struct str pattern, struct err *err);
/* Adds a comma-separated list of them; between two commas there may be nothing. */
CHECKED bool exclude_add_list(struct exclude *exclude, struct str patterns, struct err *err);
bool exclude_matches(const struct exclude *exclude, struct str kind, struct str name);
/* Does one pattern KIND/NAME name this object? */
bool exclude_pattern_matches(struct str pattern, struct str kind, struct str name);

#endif
