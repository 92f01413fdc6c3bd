/* SPDX-License-Identifier: Apache-2.0 */
/*
 * large: inputs that are large in one direction only, to measure growth: twice the number is twice the text.
 *
 * They are plain on purpose.
 */
#ifndef BENCH_LARGE_H
#define BENCH_LARGE_H

#include "out.h"
#include "prng.h"

#include <stddef.h>

struct large {
	size_t stamps;  /* that the output must have */
	size_t largest; /* bytes of the largest workload, where that is a good part of the input; else 0 */
};

/* `number` ConfigMaps, then `number` Deployments in another order, each naming one of them. */
struct large large_many(struct out *o, struct prng *p, size_t number);

/* One ConfigMap, then `number` small Deployments that all name it. */
struct large large_deployments(struct out *o, struct prng *p, size_t number);

/*
 * One Deployment with `number` containers. Each reads a key of its own of one ConfigMap, all of another, and mounts a
 * volume of its own with a ConfigMap of its own: whoever searches a list for each of them becomes slow.
 */
struct large large_containers(struct out *o, struct prng *p, size_t number);

/*
 * One ConfigMap with `number` keys, not sorted, and two Deployments: one consumes it all, the other every tenth key
 * through a volume's items.
 */
struct large large_keys(struct out *o, struct prng *p, size_t number);

#endif
