/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script: the simple commands of a shell script, and their words as far as they can be known without running it.
 *
 * The lexical rules are those of POSIX (XCU 2.2 quoting, 2.3 token recognition, 2.4 reserved words, 2.7 redirection,
 * 2.9 commands), and those of bash where it reads more than POSIX asks for: [[ ]], (( )), arrays, <( ), <<<, &>,
 * `function`, $'...'. What the two read differently is an unknown word. Grammar is followed, not checked.
 *
 * Never executes, expands or guesses anything: a variable is unknown even if the line before sets it. Time and memory
 * are linear in the script; nesting is limited.
 */
#ifndef SHELL_SCRIPT_H
#define SHELL_SCRIPT_H

#include "shell/command.h"

/* Commands are in the order of the text; those of a substitution stand before the command around it. */
struct script {
	struct str text;
	const struct simple_command *commands;
	size_t count;
	const size_t *subshell_parents; /* by number: the one around it, which has a smaller number */
	size_t subshell_count;          /* with number 0, the script itself */
	const size_t *branch_parents;
	size_t branch_count;
};

/*
 * Reads `script`. `references`: `$(NAME)` in it stands for text that isn't known, also inside single quotes, and this is
 * why; NULL: it is a substitution. Fails, with the offset, on a quote, substitution, parenthesis or compound command that never ends, on nesting above
 * LEX_DEPTH, and on text that shells read in different ways. Everything is in `arena` or borrowed from `script`.
 */
CHECKED bool script_parse(struct str script, const char *references, struct arena *arena, struct script *parsed,
			  struct err *err);

#endif
