/* SPDX-License-Identifier: Apache-2.0 */
/*
 * environment: the environment that git, and every program that git starts, runs in.
 *
 * The user's own configuration of git counts, and so do the variables that the user set for git. A repository never
 * counts: neither the configuration of a repository that lies where we were started (an unpacked chart can be one), nor
 * variables that point to a repository (a hook has them). Nobody is asked for anything.
 */
#ifndef GIT_ENVIRONMENT_H
#define GIT_ENVIRONMENT_H

#include "base/arena.h"

/*
 * Our environment, changed for git, and then by `changes` as program_change does it. The vector ends in NULL; it and
 * what it needs are in the arena, other strings are those of our environment. Never fails.
 */
const char *const *environment_make(const char *const *changes, size_t count, struct arena *arena);

#endif
