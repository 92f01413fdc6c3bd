/* SPDX-License-Identifier: Apache-2.0 */
/*
 * branches: numbers for what may run, one inside the other: the branches of all scripts together, or their shells.
 *
 * Number 0 is the start, which always runs.
 */
#ifndef SHELL_BRANCHES_H
#define SHELL_BRANCHES_H

#include "base/arena.h"

struct branches {
	struct arena *arena;
	size_t *parents; /* by number; each is smaller than the number, but for 0's */
	size_t count, room;
};

/* With number 0 alone. */
void branches_init(struct branches *branches, struct arena *arena);
/* A new number in `parent`. */
size_t branches_new(struct branches *branches, size_t parent);
/* Is `inner` the same as `outer`, or in it? Then what happens in `outer` happens whenever what is in `inner` does. */
bool branches_is_in(const struct branches *branches, size_t inner, size_t outer);

#endif
