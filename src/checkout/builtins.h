/*
 * gitshell: what the builtins of a shell, and assignments, do to its variables.
 */
#ifndef CHECKOUT_BUILTINS_H
#define CHECKOUT_BUILTINS_H

#include "checkout/args.h"
#include "shell/routines.h"

/* Where a command runs that may set variables. */
struct gitshell {
	struct shvars *vars;
	struct shvars_place place;
	struct shvars_args *args; /* of the script or function it stands in */
	unsigned within;          /* of enum shwithin */
	bool is_repeated;         /* in a loop, or in a function that is called in one */
};

/* `NAME=value`, expanded, as a command of its own. */
void gitshell_assign(const struct gitshell *shell, const struct shword *word);
/*
 * `NAME=value` in front of a command that is a function, or a builtin that keeps it in some shells: then it is not known
 * any more.
 */
void gitshell_spoil(const struct gitshell *shell, const struct shword *word);
/* Is it a builtin of the kind whose assignments stay, in some shells? */
bool gitshell_is_special(struct str name);
/* Does what the builtin `args`, expanded, does to variables; nothing if it is none. */
void gitshell_run(const struct gitshell *shell, struct gitargs args, const struct shcommand *command);

#endif
