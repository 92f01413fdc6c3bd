/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ignore: which objects --ignore names.
 */
#ifndef KUBE_IGNORE_H
#define KUBE_IGNORE_H

#include "kube/pattern.h"

struct ignore {
	const struct kinds *kinds;
	const struct str *patterns; /* see pattern.h */
	size_t count;
};

bool ignore_matches(const struct ignore *ignore, struct str kind, struct str ns, struct str name);

#endif
