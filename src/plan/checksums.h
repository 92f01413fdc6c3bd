/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checksums: annotations with which charts roll a workload when their ConfigMaps change, and --drop-checksums, which takes
 * them out where the stamps cover what they can be for.
 *
 * A chart computes them over labels, too, so that every version of it restarts pods.
 */
#ifndef PLAN_CHECKSUMS_H
#define PLAN_CHECKSUMS_H

#include "plan/collections.h"
#include "plan/consumed.h"
#include "plan/leftovers.h"

/* Something in a template that rolls it beside the stamps: a checksum of the chart's own, or a label with its version. */
struct second_reason {
	bool is_label;
	struct str name;
	bool is_dropped;     /* --drop-checksums has taken it out */
	struct str why_kept; /* with --drop-checksums: why not; else empty */
};

struct second_reasons {
	struct second_reason *items;
	size_t count;
};

/* Is it one of the names that charts give to a checksum? */
bool checksums_is_name(struct str annotation);
/*
 * Finds what rolls a template beside its stamps, in the run's arena, and with --drop-checksums takes checksums out: in front
 * of what is inserted. All of `consumed` is decided. Fails with a sentence, and err->at in the document, where an edit can't
 * be made.
 */
CHECKED bool checksums_drop(const struct draft *draft, const struct consumed *consumed,
			    const struct collections *collections, struct second_reasons *reasons, struct err *err);

#endif
