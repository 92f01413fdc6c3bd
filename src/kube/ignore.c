/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/ignore.h"

bool ignore_matches(const struct ignore *ignore, struct str kind, struct str ns, struct str name)
{
	for (size_t i = 0; i < ignore->count; i++) {
		struct pattern pattern = pattern_read(ignore->kinds, ignore->patterns[i]);

		if (pattern_matches(&pattern, kind, ns, name))
			return true;
	}
	return false;
}
