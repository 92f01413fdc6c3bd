/*
 * gitmove: commands that remove, move or copy the files of clones.
 */
#ifndef GIT_GITMOVE_H
#define GIT_GITMOVE_H

#include "git/gitwork.h"

/* rm, mv, cp, rsync ... */
bool gitmove_is(struct str program);
/* Does what `args`, which are those of such a program, do to the clones of `work`. */
void gitmove_run(struct gitwork *work, struct gitdir directory, struct gitargs args);

#endif
