/*
 * gitmove: commands that remove, move or copy the files of clones.
 */
#ifndef CHECKOUT_MOVE_H
#define CHECKOUT_MOVE_H

#include "checkout/worktree.h"

/* rm, mv, cp, rsync ... */
bool gitmove_is(struct str program);
/* Does what `args`, which are those of such a program, do to the clones of `work`. */
void gitmove_run(struct gitwork *work, struct gitdir directory, struct gitargs args);

#endif
