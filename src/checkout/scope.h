/*
 * gitscope: where gitrun is while it follows the commands of a container: the scripts and functions that run, one called
 * by the other, and what each command sees of shells, branches and directories. A part of gitrun.
 */
#ifndef CHECKOUT_SCOPE_H
#define CHECKOUT_SCOPE_H

#include "checkout/clones.h"
#include "checkout/cron.h"
#include "shell/routines.h"
#include "checkout/builtins.h"
#include "checkout/worktree.h"

/* Commands that end a script, each in a branch of its own. */
#define GITSCOPE_MAX_ENDS 64

struct gitscope_runner {
	struct gitcron cron;
	struct gitwork work;
	struct gitstart start;
	struct branches shells; /* shells and subshells, one inside the other */
	struct shvars_container container;
	struct arena *arena;
	const struct gitclone_input *input;
	size_t word; /* the number of the container's word that a script stands in */
	size_t budget;
	struct shvars_place
		ends[GITSCOPE_MAX_ENDS]; /* where exit or exec stands: what is in that branch does not run any more */
	size_t end_count;
	const char *trouble;
};

/* Files that a shell has read: their functions are its own. */
struct gitscope_sourced {
	const struct gitprogram *program;
	struct gitscope_sourced *next;
};

/* A body that is running. */
struct gitscope {
	struct gitscope_runner *runner;
	const struct gitscope *outer;       /* that has called it, or NULL */
	const struct gitprogram_body *body; /* what runs in it; or NULL */
	const struct gitprogram *program;   /* NULL: the container's own words */
	struct shvars *vars;                /* of the shell */
	struct gitscope_sourced **sourced;  /* of the shell */
	struct shvars_args *args;
	size_t branch; /* where it was called */
	size_t shell;
	size_t *branches, *shells;  /* by number in the script: that in the work, or SIZE_MAX */
	struct gitdir *directories; /* by number of the subshell */
	bool *has_directory;
	bool fetch_polls, clone_polls; /* it was called in a loop */
	bool is_substitution, is_in_loop;
	bool is_unsure;  /* it was called in a loop, a pipeline or behind && */
	unsigned within; /* of enum shwithin: a loop, pipeline or && around the call of it, in the same shell */
	bool is_over;    /* it has returned */
	unsigned depth;
	const struct span *at; /* of the word that the script stands in, in the container's word; or NULL */
};

/* One simple command, and what stands around it. */
struct gitscope_call {
	struct gitscope *scope;
	const struct shcommand *command; /* NULL: the container's own words */
	struct gitdir *directory;
	struct shvars_place place;
	struct span at;
	bool fetch_polls, clone_polls, is_substitution, is_in_loop, is_unsure;
};

/* How a script is run. */
struct gitscope_running {
	bool has_references;
	bool is_file;
	bool is_own;                      /* in this very shell: eval, `.` */
	const struct shword *script_word; /* that it was, or NULL */
	struct shvars_args args;
	struct gitwrapping wrapping; /* unless `is_own` */
};

/* Takes `amount` from what following the container may cost; false, and trouble is noted, if that is too much. */
bool gitscope_spend(struct gitscope_runner *runner, size_t amount);
/* Something can't be read: the first one counts. */
void gitscope_note_trouble(struct gitscope_runner *runner, const char *what);
/* Reads a script. False, and trouble is noted if it seems to be about git, where that can't be done. */
bool gitscope_load(struct gitscope_runner *runner, struct str text, bool has_references, struct gitprogram *program);

/* The directory of a subshell of the script. */
struct gitdir *gitscope_directory_of(struct gitscope *scope, size_t subshell);
struct shvars_place gitscope_place_of(struct gitscope *scope, const struct shcommand *command);
/* exit, return or exec: what comes behind it, and runs only where it does, never runs. */
void gitscope_note_end(const struct gitscope_call *call, bool is_return);
/* Has one of those ended what stands at `place`? */
bool gitscope_has_ended(const struct gitscope_runner *runner, struct shvars_place place);
struct gitshell gitscope_shell_of(const struct gitscope_call *call);
/* All words as the shell hands them over. Returns how many. */
size_t gitscope_expand(const struct gitscope_call *call, const struct shword *words, size_t count,
		       const struct shword **expanded);
/* The scope of a body of `program` that `call` runs, in the same shell. False if that goes too deep. */
bool gitscope_enter(const struct gitscope_call *call, const struct gitprogram *program, struct gitscope *scope);
/* `script` and what stands behind it are the words of a shell: its script, $0, $1 ... */
void gitscope_set_args(struct gitscope_running *running, const struct shword *script, struct gitargs operands,
		       bool is_file, struct arena *arena);

#endif
