/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lockfile: the lock file on the disk, which any number of processes may change at the same time.
 */
#ifndef GIT_LOCKFILE_H
#define GIT_LOCKFILE_H

#include "git/lock.h"

/* What is to be changed in a lock file. */
struct lockfile_change {
	const struct lock_entry *add; /* in place of all entries of the same (url, ref) */
	size_t count;
	bool prune; /* in place of all other entries, too */
};

/*
 * Makes `change` to the lock file at `path`. A file that isn't there is made, also with nothing to add.
 *
 * Any number of processes may do that at the same time: the file itself is locked (flock) while it is read and
 * replaced. It is replaced in one step, by a file that is renamed over it, so that a reader needs no lock; a symbolic
 * link stays one, mode bits stay, and a file that would not change is not touched. Fails when the file can't be read,
 * locked (within `wait_ms`) or written, is no regular file, or is no lock file (see lock_parse), which is then left
 * as it is. The message begins with the path.
 */
CHECKED bool lockfile_merge(const char *path, const struct lockfile_change *change, unsigned wait_ms,
			    struct arena *arena, struct err *err);

#endif
