/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nsmap: a map of what objects name in their namespaces, where some objects name none.
 *
 * Who renders without --namespace leaves out the namespace of the release, in some objects or in all. So a namespace that
 * one side does not name may be any: whoever names none finds what is in another one, and what names none is found from all.
 */
#ifndef KUBE_NSMAP_H
#define KUBE_NSMAP_H

#include "base/map.h"

struct nsmap {
	struct map exact;   /* by namespace, which may be empty, and name */
	struct map by_name; /* whatever the namespace */
};

/* Everything lives in `arena`. */
void nsmap_init(struct nsmap *nsmap, struct arena *arena);
/*
 * Stores `value`, which is not NULL, under `name` in the namespace `ns`, which may be empty, in place of what was there. The
 * name is copied; of several things it can be that of KIND/NAME.
 */
void nsmap_set(struct nsmap *nsmap, struct str ns, struct str name, void *value);
static inline bool nsmap_is_empty(const struct nsmap *nsmap)
{
	return nsmap->by_name.count == 0;
}
/* What is stored under `name` in the namespace `ns`, else what may be; or NULL. */
void *nsmap_get(const struct nsmap *nsmap, struct str ns, struct str name);

#endif
