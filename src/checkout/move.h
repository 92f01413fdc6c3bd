/* SPDX-License-Identifier: Apache-2.0 */
/*
 * move: commands that remove, move or copy the files of clones.
 */
#ifndef CHECKOUT_MOVE_H
#define CHECKOUT_MOVE_H

#include "checkout/worktree.h"

/* rm, mv, cp, rsync ... */
bool move_is(struct str program);
/* Does what `args`, which are those of such a program, do to the clones of `work`. */
void move_run(struct worktree *work, struct directory directory, struct args args);

#endif
