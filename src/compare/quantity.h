/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantity: amounts of cpu and memory as Kubernetes writes them (k8s.io/apimachinery/pkg/api/resource).
 *
 * The API server parses every amount and writes it again: without a fraction, with the largest suffix that fits, in the
 * family of suffixes that the amount came in (1024Mi is 1Gi, 1000M is 1G). So one value can still be kept as two texts,
 * 1Gi and 1073741824. A Deployment compares the values and does not roll; StatefulSets and DaemonSets compare the texts
 * and do.
 */
#ifndef COMPARE_QUANTITY_H
#define COMPARE_QUANTITY_H

#include "base/arena.h"

/*
 * The text that the API server keeps of the amount `text`: `text` itself, or in the arena. With `in_thousandths` the amount is first
 * rounded up to thousandths, as requests and limits are. False if `text` is no amount.
 */
bool quantity_canonical(struct str text, bool in_thousandths, struct arena *arena, struct str *canonical);
/* Are two texts of quantity_canonical one amount? */
bool quantity_equal(struct str a, struct str b);

#endif
