/* SPDX-License-Identifier: Apache-2.0 */
/*
 * candidates: what a word of an unfinished command line can become, for a shell that completes it.
 */
#ifndef APP_CANDIDATES_H
#define APP_CANDIDATES_H

#include "base/arena.h"
#include "base/buf.h"

/*
 * Prints what fits the word at `index` of the `count` words behind the program's name, without quotes; where there is no such
 * word, an empty one. Each candidate is a line: all that would stand in the word's place, and behind a tab, where there is
 * something to say, what it means. One that ends in `=` is to be followed by more. The last line is ":files" and what stands
 * in front of the name where the name of a file fits as well, else ":end".
 * The files that the words name are read for the names of objects.
 */
void candidates_print(const struct str *words, size_t count, size_t index, struct arena *arena, struct buf *to);

#endif
