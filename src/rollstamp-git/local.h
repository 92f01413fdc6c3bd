/* SPDX-License-Identifier: Apache-2.0 */
/*
 * local: refs of a repository in the file system.
 *
 * Only the asked names are looked up, so that a broken ref beside them does no harm. Who owns the repository does not
 * matter, since nothing in it is run.
 */
#ifndef ROLLSTAMP_GIT_LOCAL_H
#define ROLLSTAMP_GIT_LOCAL_H

#include "base/arena.h"
#include "base/err.h"

/*
 * Looks up `names` in the repository at `url`, which is a path or begins with file://. `commits`, the caller's array of
 * `count` elements, gets an answer for each name, in the arena: the hex digits of the object that the ref leads to, or
 * empty if there is no such ref. Fails with a sentence, which does not have the path in it, if the repository or one of
 * the refs can't be read; some commits may be set then.
 */
CHECKED bool local_list(struct str url, const struct str *names, size_t count, struct arena *arena, struct str *commits,
			struct err *err);

#endif
