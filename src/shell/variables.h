/* SPDX-License-Identifier: Apache-2.0 */
/*
 * variables: the variables of a shell while the commands of its script are followed, as far as they are known.
 *
 * A variable has the value that the script gave it last, if that is certain: in the same shell or one around it, and
 * whenever the command that asks runs. One that the script does not set has the value of the environment; one that this does
 * not set either is unknown, since the image may set it. Where more than one value is possible, it is unknown, too.
 */
#ifndef SHELL_VARIABLES_H
#define SHELL_VARIABLES_H

#include "base/map.h"
#include "shell/branches.h"
#include "base/text.h"
#include "shell/lex.h"

/* Where a command stands, in numbers of all scripts together: its branch, and the shell (or subshell) it runs in. */
struct variables_place {
	size_t branch, shell;
};

/* What the environment has of a variable. */
typedef struct text variables_look_up(void *context, struct str name);

struct variables_environment {
	const char *owner;            /* who sets it, for people */
	variables_look_up *variable;  /* or NULL: nothing is known of any */
	variables_look_up *reference; /* of the variables that references `$(NAME)` stand for; or NULL */
	void *context;
	size_t *budget;    /* bytes that all words together may be expanded to */
	struct map values; /* what it said: for variables alone */
};

/* The positional parameters of a script or function; words[0] is $0. */
struct variables_args {
	const struct word *words;
	size_t count;
	bool is_known; /* else each of them can be anything */
};

struct variables_loss;
struct variables_local;

struct variables {
	struct arena *arena;
	const struct branches *branches, *shells;
	struct variables_environment *environment;
	const struct variables *outer; /* of the shell that started this one, at `outer_place`; or NULL */
	struct variables_place outer_place;
	const char *foreign; /* why nothing is known of what came from outside; or NULL */
	struct map names;
	struct variables_loss *losses;
	struct variables_local *locals;
	size_t clock;
	bool exports_all;
};

/* The variables of the first shell. All is borrowed. */
void variables_init(struct variables *vars, struct variables_environment *environment, const struct branches *branches,
		    const struct branches *shells, struct arena *arena);
/* Those of a shell that `outer` starts at `place`: it has what is exported. `foreign`: see above. */
void variables_init_inner(struct variables *vars, const struct variables *outer, struct variables_place place,
			  const char *foreign);

/* `name` gets `value`, which is expanded. */
void variables_assign(struct variables *vars, struct variables_place place, struct str name, const struct word *value);
/* `name` gets a value that is not known; `how`, "in a condition" say, stands behind "sets the variable X". */
void variables_forget(struct variables *vars, struct variables_place place, struct str name, const char *how);
/* It is never known, also before, because of `reason`; or because a loop sets it. */
void variables_distrust(struct variables *vars, struct str name, const char *reason);
void variables_distrust_loop(struct variables *vars, struct str name);
/* Has it a value here that is known, or that the script gave it? */
bool variables_is_set(const struct variables *vars, struct variables_place place, struct str name);
/* `name` is not set from here on. */
void variables_unset(struct variables *vars, struct variables_place place, struct str name);
/* `name` is from here on one of the function's that runs: the others have it as it was. */
void variables_make_local(struct variables *vars, struct variables_place place, struct str name);
/* The end of a function that was called at `place` when the clock said `since`: what it had of its own is gone. */
void variables_leave(struct variables *vars, struct variables_place place, size_t since);
/* Any variable can have got any value, because `what`, "eval" say, can set it. */
void variables_lose(struct variables *vars, struct variables_place place, const char *what);
/* `name` is seen by the programs that the shell starts. */
void variables_export(struct variables *vars, struct variables_place place, struct str name);

/*
 * `word` as the shell hands it over, with all filled in that is known; it may be `expanded` itself. Of what isn't, the
 * reason names the variable. Returns false where no word is left of it.
 */
bool variables_expand(struct variables *vars, struct variables_place place, const struct variables_args *args,
		      const struct word *word, struct word *expanded);

#endif
