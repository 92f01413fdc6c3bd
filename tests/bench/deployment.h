/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deployment: Deployments as charts write them, 2 to 8 KB each.
 *
 * Half of their pod templates have annotations, one in 25 has `annotations: {}`; lists are indented or not; labels,
 * probes, resources and a dozen environment variables a container stand between what consumes a ConfigMap.
 */
#ifndef BENCH_DEPLOYMENT_H
#define BENCH_DEPLOYMENT_H

#include "configmap.h"
#include "out.h"
#include "prng.h"

#include <stddef.h>

/* How a pod template consumes a ConfigMap. The first two are for settings, the others for files. */
enum use_how { USE_ENV_FROM, USE_KEYS, USE_VOLUME, USE_ITEMS, USE_SUBPATH, USE_PROJECTED };

struct use {
	char configmap[WORDS_NAME];
	enum use_how how;
	size_t keys; /* that the ConfigMap has: at least one */
};

/* The sort of ConfigMap that suits a way of consuming one. */
enum configmap_sort use_sort(enum use_how how);

/* One whole document that consumes all of `uses` in its first container. */
void deployment_write(struct out *o, struct prng *p, const struct object *object, const struct use *uses, size_t count);

#endif
