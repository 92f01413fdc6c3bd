/*
 * gitrun: follows the commands that a container is started with, script by script, and tells gitverbs of each git.
 *
 * Runs what certainly runs and what may; keeps the variables of each shell, the directory of each subshell, and which
 * branch (see branches) each command stands in. A part of gitclone.
 */
#ifndef CHECKOUT_FOLLOW_H
#define CHECKOUT_FOLLOW_H

#include "checkout/args.h"
#include "checkout/clones.h"

/* `words` are the input's as those of a command. The result is in `arena`, or borrowed. Never fails. */
struct gitclones gitrun_follow(const struct gitclone_input *input, struct gitargs words, struct arena *arena);

#endif
