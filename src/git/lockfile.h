/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lockfile: the lock file on the disk, which any number of processes may change at the same time.
 */
#ifndef GIT_LOCKFILE_H
#define GIT_LOCKFILE_H

#include "git/lock.h"

/*
 * Makes `change` to the lock file at `path`. A missing file is made, also when there is nothing to add.
 *
 * Any number of processes may call this at the same time: the file itself is locked (flock) while it is read and
 * replaced. It is replaced in one step, by renaming a new file over it, so that a reader needs no lock. A symbolic link
 * stays a link, mode bits stay, and a file that would not change is not touched. Fails when the file can't be read,
 * locked (within `wait_ms`) or written, is no regular file, or is no lock file (see lock_parse); the file is then left
 * unchanged. The message begins with the path. The arena is for what is needed meanwhile.
 */
CHECKED bool lockfile_merge(const char *path, const struct lock_change *change, unsigned wait_ms, struct arena *arena,
			    struct err *err);

#endif
