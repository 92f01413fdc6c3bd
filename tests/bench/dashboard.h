/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dashboard: ConfigMaps that hold a Grafana dashboard of 15 to 80 KB. A sidecar reads them through the API by label:
 * no workload names them.
 */
#ifndef BENCH_DASHBOARD_H
#define BENCH_DASHBOARD_H

#include "out.h"
#include "prng.h"

#include <stddef.h>

/* One whole document; `number` makes its name. */
void dashboard_write(struct out *o, struct prng *p, size_t number);

#endif
