/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command: a simple command of a shell script: its words, where it stands, and what kinds of command it is.
 */
#ifndef SHELL_COMMAND_H
#define SHELL_COMMAND_H

#include "shell/lex.h"

/* Where a command stands. */
enum within {
	WITHIN_LOOP = 1 << 0,           /* in the body of while, until or for */
	WITHIN_LOOP_CONDITION = 1 << 1, /* between while or until and do */
	/*
	 * It need not run though all goes well: in a branch of if or case, in the body of a while or until that is not
	 * endless, on the right of ||, or on the right of && with a test on the left ([, [[, ((, test, a negated
	 * command, grep and its like, or a command whose name is not known).
	 */
	WITHIN_CONDITION = 1 << 2,
	WITHIN_FUNCTION = 1 << 3,
	WITHIN_SUBSHELL = 1 << 4,
	WITHIN_SUBSTITUTION = 1 << 5, /* in $(...), `...`, <(...) */
	WITHIN_AND = 1 << 6,          /* on the right of &&, without a test on the left */
	WITHIN_PIPE = 1 << 7,         /* in a pipeline, or in the background: maybe in a shell of its own */
};

struct loop {
	struct loop *outer; /* the one around it, or NULL */
	bool is_for;        /* over words; for (( )) counts as a while */
	bool asks;          /* it is while or until */
	bool is_until;
	bool is_endless;     /* its condition is nothing but true, :, sleep, [ 1 ] and the like */
	bool has_break;      /* break, exit or return stands in its body, other than on the right of || */
	bool has_sleep;      /* so does sleep, in the body or the condition */
	struct str variable; /* of for and select; else empty */
};

struct simple_command {
	unsigned within;                /* of enum within */
	const struct word *assignments; /* NAME=value in front of it */
	size_t assignment_count;
	const struct word *words; /* the redirections are left out */
	size_t word_count;        /* 0 for assignments alone */
	bool is_negated;          /* behind a `!` */
	struct loop *loop;        /* the innermost one, or NULL */
	struct str function;      /* the one in whose definition it stands, or empty */
	size_t subshell;          /* 0: none; else the number of the innermost ( ) or substitution */
	/*
	 * 0: it runs if all goes well; else the number of the innermost branch it stands in, which is the same for all
	 * commands that run, or don't, for the same reason.
	 */
	size_t branch;
	bool reads_pipe;  /* it stands behind a | */
	struct str input; /* a here-document or here-string that it reads: its text; or NULL */
	struct span at;
};

/* Is `text` one of `names`, which end in NULL? */
bool command_is_one_of(struct str text, const char *const *names);
/* Is it a command that is asked rather than told: one whose failing is an answer? */
bool command_is_test(const struct simple_command *command);
/* Is it a condition that a loop goes on for ever with? */
bool command_is_always_true(const struct simple_command *command, bool is_until);
/* Does it succeed, or fail, whatever happens? 1 or -1; else 0. */
int command_certainty(const struct simple_command *command);
/* Notes in the loops around it what `command` says of them. `is_after_or`: it stands on the right of ||. */
void command_note_loop(const struct simple_command *command, bool is_after_or);

#endif
