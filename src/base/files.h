/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files: which files of manifests stand in a directory, and below it.
 *
 * Whoever names a directory means what is in it: what can't be read, or could not be told from a file of manifests, is an
 * error, and never passed over as if it were not there.
 */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include "base/arena.h"
#include "base/err.h"

/* Is there a directory at `path`? */
bool files_is_directory(const char *path);
/*
 * The paths of the files in directory `path`, and in all directories below it, whose names end in .yaml, .yml or .json, in
 * bytewise order, in `arena`; `*count` of them. Links count as what they lead to; a directory that is reached in several
 * ways is read once, and by a link only where it stands nowhere else. Directories whose names begin with a dot are left
 * out, since they belong to programs. Fails when a directory can't be read, and when something has such a name that can't
 * be found, or is neither a file nor a directory.
 */
CHECKED bool files_list(const char *path, struct arena *arena, struct str **paths, size_t *count, struct err *err);

#endif
