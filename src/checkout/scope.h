/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope: where `follow` stands in the commands of a container: the scripts and functions that run, one called
 * by the other, and what each command sees of shells, branches and directories. A part of `follow`.
 */
#ifndef CHECKOUT_SCOPE_H
#define CHECKOUT_SCOPE_H

#include "checkout/clones.h"
#include "checkout/cron.h"
#include "shell/builtins.h"
#include "shell/prefix.h"
#include "checkout/worktree.h"

/* Commands that end a script, each in a branch of its own. */
#define SCOPE_MAX_ENDS 64

struct scope_runner {
	struct cron cron;
	struct worktree work;
	struct starts start;
	struct branches shells; /* shells and subshells, one inside the other */
	struct variables_environment environment;
	struct arena *arena;
	const struct clones_input *input;
	size_t word; /* the number of the container's word that a script stands in */
	size_t budget;
	struct variables_place
		ends[SCOPE_MAX_ENDS]; /* where exit or exec stands: what is in that branch does not run any more */
	size_t end_count;
	const char *trouble;
};

/* Files that a shell has read: their functions are its own. */
struct scope_sourced {
	const struct routines *program;
	struct scope_sourced *next;
};

/* A body that is running. */
struct scope {
	struct scope_runner *runner;
	const struct scope *outer;        /* that has called it, or NULL */
	const struct routines_body *body; /* what runs in it; or NULL */
	const struct routines *program;   /* NULL: the container's own words */
	struct variables *vars;           /* of the shell */
	struct scope_sourced **sourced;   /* of the shell */
	struct variables_args *args;
	size_t branch; /* where it was called */
	size_t shell;
	size_t *branches, *shells;     /* by number in the script: that in the work, or SIZE_MAX */
	struct directory *directories; /* by number of the subshell */
	bool *has_directory;
	bool fetch_polls, clone_polls; /* it was called in a loop */
	bool is_substitution, is_in_loop;
	bool is_unsure;  /* it was called in a loop, a pipeline or behind && */
	unsigned within; /* of enum within: a loop, pipeline or && around the call of it, in the same shell */
	bool is_over;    /* it has returned */
	unsigned depth;
	const struct span *at; /* of the word that the script stands in, in the container's word; or NULL */
};

/* One simple command, and what stands around it. */
struct scope_call {
	struct scope *scope;
	const struct simple_command *command; /* NULL: the container's own words */
	struct directory *directory;
	struct variables_place place;
	struct span at;
	bool fetch_polls, clone_polls, is_substitution, is_in_loop, is_unsure;
};

/* How a script is run. */
struct scope_running {
	bool has_references;
	bool is_file;
	bool is_own;                    /* in this very shell: eval, `.` */
	const struct word *script_word; /* that it was, or NULL */
	struct variables_args args;
	struct prefix_environment environment; /* unless `is_own` */
};

/* Takes `amount` from what following the container may cost; false, and trouble is noted, if that is too much. */
bool scope_spend(struct scope_runner *runner, size_t amount);
/* Something can't be read: the first one counts. */
void scope_note_trouble(struct scope_runner *runner, const char *what);
/* Reads a script. False, and trouble is noted if it seems to be about git, where that can't be done. */
bool scope_load(struct scope_runner *runner, struct str text, bool has_references, struct routines *program);

/* The directory of a subshell of the script. */
struct directory *scope_directory_of(struct scope *scope, size_t subshell);
struct variables_place scope_place_of(struct scope *scope, const struct simple_command *command);
/* exit, return or exec: what comes behind it, and runs only where it does, never runs. */
void scope_note_end(const struct scope_call *call, bool is_return);
/* Has one of those ended what stands at `place`? */
bool scope_has_ended(const struct scope_runner *runner, struct variables_place place);
/* Does the command, which is a clone or else a fetch, run again and again because of the loops around it? */
bool scope_polls(const struct simple_command *command, bool is_clone);

/* Does it stand in the body of a while or until that is not left when it is done? */
bool scope_is_in_loop(const struct simple_command *command);

struct builtins scope_shell_of(const struct scope_call *call);
/* All words as the shell hands them over. Returns how many. */
size_t scope_expand(const struct scope_call *call, const struct word *words, size_t count,
		    const struct word **expanded);
/* The scope of a body of `program` that `call` runs, in the same shell. False if that goes too deep. */
bool scope_enter(const struct scope_call *call, const struct routines *program, struct scope *scope);
/* `script` and what stands behind it are the words of a shell: its script, $0, $1 ... */
void scope_set_args(struct scope_running *running, const struct word *script, struct args operands, bool is_file,
		    struct arena *arena);

#endif
