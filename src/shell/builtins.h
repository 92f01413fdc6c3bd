/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builtins: what the builtins of a shell, and assignments, do to its variables.
 */
#ifndef CHECKOUT_BUILTINS_H
#define CHECKOUT_BUILTINS_H

#include "shell/args.h"
#include "shell/routines.h"

/* Where a command runs that may set variables. */
struct builtins {
	struct variables *vars;
	struct variables_place place;
	struct variables_args *args; /* of the script or function it stands in */
	unsigned within;             /* of enum within */
	bool is_repeated;            /* in a loop, or in a function that is called in one */
};

/* `NAME=value`, expanded, as a command of its own. */
void builtins_assign(const struct builtins *shell, const struct word *word);
/*
 * `NAME=value` in front of a command that is a function, or a builtin that keeps it in some shells: then it is not known
 * any more.
 */
void builtins_spoil(const struct builtins *shell, const struct word *word);
/* Is it a builtin of the kind whose assignments stay, in some shells? */
bool builtins_is_special(struct str name);
/* Does what the builtin `args`, expanded, does to variables; nothing if it is none. */
void builtins_run(const struct builtins *shell, struct args args, const struct simple_command *command);

#endif
