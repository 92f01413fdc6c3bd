/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podpath: the way from a document's root to a place in a pod template, step by step, as shape takes it.
 */
#ifndef KUBE_PODPATH_H
#define KUBE_PODPATH_H

#include "kube/kinds.h"
#include "kube/podspec.h"
#include "yaml/shape.h"

/* An item of a list, the way to its template, and on to a container's variable. */
#define PODPATH_LIMIT (2 + KINDS_PATH_LIMIT + 8)

/* Whoever has gone on sets `length` back to what it was. */
struct podpath {
	struct step steps[PODPATH_LIMIT]; /* their keys are borrowed */
	size_t length;
};

/* One step on. There is always room from a template to what is written in one. */
void podpath_add_key(struct podpath *path, struct str key);
void podpath_add_index(struct podpath *path, size_t index);
/* From a template to the item of `container` in its list. */
void podpath_add_container(struct podpath *path, const struct container *container);

#endif
