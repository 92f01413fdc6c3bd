/* SPDX-License-Identifier: Apache-2.0 */
/*
 * objectnames: the names of the objects in some manifests, as KIND/[NAMESPACE/]NAME, to complete a word with.
 */
#ifndef APP_OBJECTNAMES_H
#define APP_OBJECTNAMES_H

#include "base/map.h"

struct objectnames {
	struct arena *arena;
	struct str *workloads; /* that would be stamped */
	size_t workload_count, workload_room;
	struct str *objects; /* that can have a digest */
	size_t object_count, object_room;
	struct map seen;
};

/* No names yet; they will live in `arena`. */
void objectnames_init(struct objectnames *names, struct arena *arena);
/*
 * Adds what is in the file at `path`, in its order, each name once. The kind is in lower case, and the namespace is there
 * only where the manifest has it. A name that no object of Kubernetes can have, a file that is no regular one or is too
 * large to be read while somebody waits, and what can't be read or planned are left out: there is nobody to be told.
 */
void objectnames_add_file(struct objectnames *names, const char *path);

#endif
