/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exclude: the objects that are left out for one workload: what --exclude and rollstamp.io/exclude name.
 *
 * Patterns come from manifests, too, which can be anybody's. Exact names, of which there may be many, are looked up;
 * globs, which must be tried one by one, are few.
 */
#ifndef KUBE_EXCLUDE_H
#define KUBE_EXCLUDE_H

#include "base/map.h"
#include "kube/pattern.h"

#define EXCLUDE_GLOBS 100

struct exclude {
	const struct kinds *kinds;
	struct arena *arena;
	struct map exact; /* "kind/NAMESPACE/NAME", the kind in lower case, to the exclude; what may be any is empty */
	struct pattern *globs; /* EXCLUDE_GLOBS at most */
	size_t glob_count, glob_room;
};

void exclude_init(struct exclude *exclude, const struct kinds *kinds, struct arena *arena);
/* Is `text` a pattern that can name a ConfigMap or Secret? Fails with a sentence if not. */
CHECKED bool exclude_check(const struct kinds *kinds, struct str text, struct err *err);
/* Adds a pattern, borrowed. Fails as exclude_check does, and if there are too many globs. */
CHECKED bool exclude_add(struct exclude *exclude, struct str text, struct err *err);
/* Adds a comma-separated list of them; between two commas there may be nothing. */
CHECKED bool exclude_add_list(struct exclude *exclude, struct str texts, struct err *err);
bool exclude_matches(const struct exclude *exclude, struct str kind, struct str ns, struct str name);

#endif
