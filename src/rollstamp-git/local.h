/* SPDX-License-Identifier: Apache-2.0 */
/*
 * local: refs of a repository in the file system.
 *
 * Looks up the names that are asked for, and nothing else, so that a broken ref beside them does no harm. Who owns the
 * repository does not matter, since nothing in it is run.
 */
#ifndef ROLLSTAMP_GIT_LOCAL_H
#define ROLLSTAMP_GIT_LOCAL_H

#include "base/arena.h"
#include "base/err.h"

/*
 * `url` is a path or begins with file://. `commits` has room for `count` answers, in the arena: 40 hex digits, or empty
 * for what is not there. Fails with a sentence without the path.
 */
CHECKED bool local_list(struct str url, const struct str *names, size_t count, struct arena *arena, struct str *commits,
			struct err *err);

#endif
