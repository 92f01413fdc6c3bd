/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantity: amounts of cpu and memory as Kubernetes writes them (k8s.io/apimachinery/pkg/api/resource).
 *
 * The API server parses every amount and writes it again: without a fraction, with the largest suffix that fits, in the
 * family of suffixes that it came in (1024Mi is 1Gi, 1000M is 1G). So two texts of one value can stay two texts, 1Gi and
 * 1073741824: a Deployment compares values and does not roll, StatefulSets and DaemonSets compare texts and do.
 */
#ifndef COMPARE_QUANTITY_H
#define COMPARE_QUANTITY_H

#include "base/arena.h"

/*
 * The text that the API server keeps of the amount `text`, in `arena`. With `in_thousandths` it is rounded up to them
 * first, as requests and limits are. False if it is no amount.
 */
bool quantity_canonical(struct str text, bool in_thousandths, struct arena *arena, struct str *canonical);
/* Are two canonical texts one value? */
bool quantity_equal(struct str a, struct str b);

#endif
