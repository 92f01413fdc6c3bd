/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program: other programs: where they are, and in which environment they run.
 *
 * We are often started in a directory that somebody else filled, an unpacked chart, and nothing in it may become a program
 * or the configuration of one. So programs are found in the absolute directories of PATH alone, the empty and relative
 * ones, which mean the current directory, are passed over; and a program that we start finds its own in the same way.
 */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include "base/arena.h"
#include "base/err.h"

/*
 * The path of the program `name`, in the arena: a name with a slash is one already, another is looked for in PATH, or in
 * the system's own directories if there is no PATH. Fails with a sentence that can follow "NAME can't be started: ".
 */
CHECKED bool program_find(const char *name, struct arena *arena, const char **path, struct err *err);

/*
 * `environment`, which ends in NULL (or NULL: ours), with changes: "NAME=VALUE" sets a variable, "NAME" removes it; a name
 * stands in them once. The result is in the arena, and borrows the strings.
 */
const char *const *program_change(const char *const *environment, const char *const *changes, size_t count,
				  struct arena *arena);

/*
 * `environment` (or NULL: ours) made fit for a child. PATH has its absolute directories alone; without any, it is one where
 * nothing can be found. A HOME that is missing or empty becomes a directory that is not there, since programs look for
 * their configuration in the current directory then: kubectl takes .kube/config from there, which names programs to run.
 */
const char *const *program_environment(const char *const *environment, struct arena *arena);

#endif
