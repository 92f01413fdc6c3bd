/* SPDX-License-Identifier: Apache-2.0 */
/*
 * environment: the environment that git, and what it starts, runs in.
 *
 * The user's own configuration of git counts, and so do the variables that the user set for it. What belongs to a
 * repository never does: neither the configuration of one that lies where we were started (an unpacked chart can be one),
 * nor the variables that point to one (a hook's). Nobody is asked for anything.
 */
#ifndef GIT_ENVIRONMENT_H
#define GIT_ENVIRONMENT_H

#include "base/arena.h"

/*
 * Our environment, changed for git, and then as program_change does it; in the arena, and ends in NULL.
 */
const char *const *environment_make(const char *const *changes, size_t count, struct arena *arena);

#endif
