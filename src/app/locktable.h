/* SPDX-License-Identifier: Apache-2.0 */
/*
 * locktable: what `rollstamp lock` tells, for people.
 */
#ifndef APP_LOCKTABLE_H
#define APP_LOCKTABLE_H

#include "app/lockdiff.h"
#include "base/buf.h"

/* What the command has come to. */
struct lockresult {
	const struct fleet *fleet;
	const struct fleet_ref *refs;
	size_t ref_count;
	const struct lockdiff *diff;
	struct str path; /* of the lock file */
	bool is_check;   /* nothing is written */
	bool colour;
};

/* What changes, and who uses it; with `wide` also what does not change, and everything whole. */
void locktable_print(const struct lockresult *result, bool wide, struct buf *to);

#endif
