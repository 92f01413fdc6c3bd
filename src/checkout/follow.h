/* SPDX-License-Identifier: Apache-2.0 */
/*
 * follow: follows the commands that a container is started with, script by script, and tells `verbs` of each git.
 *
 * Runs what certainly runs and what may; keeps the variables of each shell, the directory of each subshell, and which
 * branch (see branches) each command stands in. A part of `clones`.
 */
#ifndef CHECKOUT_FOLLOW_H
#define CHECKOUT_FOLLOW_H

#include "shell/args.h"
#include "checkout/clones.h"

/* `words` are the input's as those of a command. The result is in `arena`, or borrowed. Never fails. */
struct clones follow_follow(const struct clones_input *input, struct args words, struct arena *arena);

#endif
