/* SPDX-License-Identifier: Apache-2.0 */
/*
 * directory: where a command of a script works, as far as its words say.
 *
 * A path is text: absolute, or relative to where the script begins ("" is there). Pieces that aren't known stand in it
 * as they are written; two paths with one text are one directory, other paths may be.
 */
#ifndef SHELL_DIRECTORY_H
#define SHELL_DIRECTORY_H

#include "shell/lex.h"

struct directory {
	struct str path; /* no `.`, no `//`, no `/` at its end; no `..` but at the beginning, if it is known */
	bool is_known;
};

enum directory_relation {
	DIRECTORY_INSIDE, /* it is the other one, or lies in it */
	DIRECTORY_OUTSIDE,
	DIRECTORY_UNCLEAR, /* one of them isn't known, or they count from different places */
};

/* `word`, seen from `from`. A path that no system takes is not known. */
struct directory directory_join(struct directory from, const struct word *word, struct arena *arena);
/* Is `inner` the directory `outer`, or below it? */
enum directory_relation directory_relate(struct directory inner, struct directory outer);

#endif
