/*
 * cloneref: the refs that the `git clone`s of a container check out, and which of them are those of its pairs of
 * variables. For gitref alone.
 */
#ifndef GIT_CLONEREF_H
#define GIT_CLONEREF_H

#include "git/looking.h"

/*
 * Adds what the command of the container clones, and what it follows by itself. Its pairs of variables must be there
 * already: the clone of one of them is no other checkout.
 */
void cloneref_look(struct looking *l);

#endif
