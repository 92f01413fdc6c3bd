/*
 * gitdir: where a command of a script works, as far as its words say.
 *
 * A path is text: absolute, or relative to where the script begins ("" is there). Pieces that aren't known stand in it
 * as they are written; two paths with one text are one directory, other paths may be.
 */
#ifndef SHELL_DIRECTORY_H
#define SHELL_DIRECTORY_H

#include "shell/lex.h"

struct gitdir {
	struct str path; /* no `.`, no `//`, no `/` at its end; no `..` but at the beginning, if it is known */
	bool is_known;
};

enum gitdir_relation {
	GITDIR_INSIDE, /* it is the other one, or lies in it */
	GITDIR_OUTSIDE,
	GITDIR_UNCLEAR, /* one of them isn't known, or they count from different places */
};

/* `word`, seen from `from`. A path that no system takes is not known. */
struct gitdir gitdir_join(struct gitdir from, const struct shword *word, struct arena *arena);
/* Is `inner` the directory `outer`, or below it? */
enum gitdir_relation gitdir_relate(struct gitdir inner, struct gitdir outer);
/* Can it only be a url, and no directory? */
bool gitdir_is_url(const struct shword *word);
/* The directory that `git clone URL` makes, of a url whose end is known; else false. */
bool gitdir_of_url(const struct shword *url, struct shword *directory);

#endif
