/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile: the inputs of the benchmarks, by name.
 *
 * The same name, number and seed give the same bytes on every machine; none of them is kept in the repository.
 *
 *   crds        CustomResourceDefinitions, some small objects, a few Deployments with their ConfigMaps
 *   dashboards  ConfigMaps with dashboards that no workload names, some Deployments which name a few small ConfigMaps
 *   workloads   only Deployments and the ConfigMaps that they name, about half of the text each
 *   stream      the same, 20 MB of it
 *   many        so many ConfigMaps and as many Deployments, each naming one
 *   containers  one Deployment with so many containers
 *   keys        one ConfigMap with so many keys, and what consumes it
 */
#ifndef BENCH_PROFILE_H
#define BENCH_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What has been written, for whoever wants to know whether the program under test did its work. */
struct profile_facts {
	size_t bytes;
	size_t deployment_bytes;
	size_t configmap_bytes;  /* ConfigMaps that a workload names */
	size_t largest_workload; /* the bytes of one that is a good part of the input; else 0 */
	size_t stamps;           /* that the output must have: one for every ConfigMap that a Deployment consumes */
};

/* The seed that all benchmarks use. */
enum { PROFILE_SEED = 20240607 };

/*
 * Writes one input. `number` is the size in bytes for the first four (they stop after the document that reaches it),
 * else how many; 0 means the default. On failure a message is on stderr and `facts` is as it was.
 */
bool profile_write(const char *name, size_t number, uint64_t seed, FILE *file, struct profile_facts *facts);

#endif
