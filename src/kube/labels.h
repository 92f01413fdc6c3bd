/* SPDX-License-Identifier: Apache-2.0 */
/*
 * labels: the labels of ConfigMaps and Secrets, which are read only when a workload selects by them.
 */
#ifndef KUBE_LABELS_H
#define KUBE_LABELS_H

#include "kube/manifest.h"

struct label {
	struct str key, value;
};

/* Of one object, in the order of the text. */
struct labels {
	struct label *items;
	size_t count;
};

/*
 * Reads the labels of an object, and of all others of its list, unless they have been read before; they are in the
 * manifest's arena. Resets manifest->scratch. Never fails: what can't be read has no labels. Each label is taken from
 * manifest->select_left, and there are none once that is used up.
 */
const struct labels *labels_load(struct manifest *manifest, struct object *object);
/* The value of a label, borrowed, or NULL. Of a label that is given twice the last counts. */
const struct str *labels_get(const struct labels *labels, struct str key);

#endif
