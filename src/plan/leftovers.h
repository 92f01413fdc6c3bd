/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leftovers: ConfigMaps and Secrets of the input that no pod template names.
 *
 * Somebody may read them through the API, and a checksum that a chart puts into a template may be for that.
 */
#ifndef PLAN_LEFTOVERS_H
#define PLAN_LEFTOVERS_H

#include "plan/subject.h"

struct leftover {
	const struct object *object;
	struct str instance; /* of which release it says that it is, or empty */
};

struct leftovers {
	struct leftover *items;
	size_t count;
};

/*
 * Notes the objects that a workload names. Fails with the whole context in the message where planning it would fail, too.
 */
CHECKED bool leftovers_note_named(const struct basis *basis, const struct subject *subject, struct err *err);
/* Finds them, once all workloads have been noted; everything is in `arena`. */
void leftovers_find(struct leftovers *leftovers, struct manifest *manifest, struct arena *arena);
/* The first one that may be of the same release as the workload, or NULL. */
const struct object *leftovers_beside(const struct leftovers *leftovers, const struct subject *subject);

#endif
