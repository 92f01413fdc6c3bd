/* SPDX-License-Identifier: Apache-2.0 */
/*
 * variable: an entry of a container's env, written into the manifest.
 */
#ifndef PLAN_VARIABLE_H
#define PLAN_VARIABLE_H

#include "kube/podpath.h"

/* Does the node already say `value`, and as a string whoever reads it? */
bool variable_says(const struct node *node, struct str value);
/*
 * Makes the entry `item` of env, to which `path` leads, say `value`; a valueFrom becomes a value. `*changed` tells whether
 * there was something to do. Fails with a sentence.
 */
CHECKED bool variable_set(struct shape *shape, struct podpath *path, struct node *item, struct str value, bool *changed,
			  struct err *err);
/* A new entry, to be put into an env. */
struct node *variable_new(struct shape *shape, struct str name, struct str value);

#endif
