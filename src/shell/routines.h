/* SPDX-License-Identifier: Apache-2.0 */
/*
 * routines: a script that has been read, with its functions, and with the variables that cannot be followed in it.
 */
#ifndef SHELL_ROUTINES_H
#define SHELL_ROUTINES_H

#include "shell/variables.h"
#include "shell/script.h"

/* The commands of a function, or those outside of all, as numbers in the script. */
struct routines_body {
	size_t first, last;
};

struct routines {
	struct script script;
	struct map bodies;      /* by name; "" is the script's own */
	size_t *next;           /* of each command: the next one of its body, or SIZE_MAX */
	struct str *loop_names; /* of variables that a loop sets */
	size_t loop_name_count, loop_name_room;
};

/* Reads `script` as script_parse does. */
CHECKED bool routines_read(struct str script, const char *references, struct arena *arena, struct routines *program,
			   struct err *err);
/* NULL if there is none of that name. */
const struct routines_body *routines_body(const struct routines *program, struct str name);

/* The NAME of `NAME=value`, as far as the word says; else empty. */
struct str routines_assigned_name(const struct word *word);
/* Is it a builtin of the shell that sets variables which its words name? */
bool routines_sets_names(const struct simple_command *command);

#endif
