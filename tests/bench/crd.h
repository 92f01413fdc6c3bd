/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crd: what a stream is full of and what no pod template consumes: CustomResourceDefinitions of 10 to 100 KB, as
 * controller-gen writes them, and the small objects around an application (Service, ServiceAccount, Role).
 */
#ifndef BENCH_CRD_H
#define BENCH_CRD_H

#include "out.h"
#include "prng.h"

#include <stddef.h>

/* One CustomResourceDefinition; `number` makes its name. */
void crd_write(struct out *o, struct prng *p, size_t number);

/* One small object; `number` makes its name and its kind. */
void crd_write_small(struct out *o, struct prng *p, size_t number);

#endif
