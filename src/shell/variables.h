/*
 * shvars: the variables of a shell while the commands of its script are followed, as far as they are known.
 *
 * A variable has the value that the script gave it last, if that is certain: in the same shell or one around it, and
 * whenever the command that asks runs. One that the script does not set has the container's value; one that this does
 * not set either is unknown, since the image may set it. Where more than one value is possible, it is unknown, too.
 */
#ifndef SHELL_VARIABLES_H
#define SHELL_VARIABLES_H

#include "base/map.h"
#include "shell/branches.h"
#include "base/text.h"
#include "shell/lex.h"

/* Where a command stands, in numbers of all scripts of a container: its branch, and the shell (or subshell) it runs in. */
struct shvars_place {
	size_t branch, shell;
};

/* What the container says of a variable; `value` is filled unless that is GIT_ABSENT. */
typedef enum git_state shvars_look_up(void *context, struct str name, struct git_value *value);

struct shvars_container {
	shvars_look_up *variable;  /* or NULL: nothing is known of any */
	shvars_look_up *reference; /* of the variables that Kubernetes' $(NAME) stands for; or NULL */
	void *context;
	size_t *budget;    /* bytes that all words together may be expanded to */
	struct map values; /* what it said: for shvars alone */
};

/* The positional parameters of a script or function; words[0] is $0. */
struct shvars_args {
	const struct shword *words;
	size_t count;
	bool is_known; /* else each of them can be anything */
};

struct shvars_loss;
struct shvars_local;

struct shvars {
	struct arena *arena;
	const struct branches *branches, *shells;
	struct shvars_container *container;
	const struct shvars *outer; /* of the shell that started this one, at `outer_place`; or NULL */
	struct shvars_place outer_place;
	const char *foreign; /* why nothing is known of what came from outside; or NULL */
	struct map names;
	struct shvars_loss *losses;
	struct shvars_local *locals;
	size_t clock;
	bool exports_all;
};

/* The variables of a container's first shell. All is borrowed. */
void shvars_init(struct shvars *vars, struct shvars_container *container, const struct branches *branches,
		 const struct branches *shells, struct arena *arena);
/* Those of a shell that `outer` starts at `place`: it has what is exported. `foreign`: see above. */
void shvars_init_inner(struct shvars *vars, const struct shvars *outer, struct shvars_place place, const char *foreign);

/* `name` gets `value`, which is expanded. */
void shvars_assign(struct shvars *vars, struct shvars_place place, struct str name, const struct shword *value);
/* `name` gets a value that is not known; `how`, "in a condition" say, stands behind "sets the variable X". */
void shvars_forget(struct shvars *vars, struct shvars_place place, struct str name, const char *how);
/* It is never known, also before, because of `reason`; or because a loop sets it. */
void shvars_distrust(struct shvars *vars, struct str name, const char *reason);
void shvars_distrust_loop(struct shvars *vars, struct str name);
/* Has it a value here that is known, or that the script gave it? */
bool shvars_is_set(const struct shvars *vars, struct shvars_place place, struct str name);
/* `name` is not set from here on. */
void shvars_unset(struct shvars *vars, struct shvars_place place, struct str name);
/* `name` is from here on one of the function's that runs: the others have it as it was. */
void shvars_make_local(struct shvars *vars, struct shvars_place place, struct str name);
/* The end of a function that was called at `place` when the clock said `since`: what it had of its own is gone. */
void shvars_leave(struct shvars *vars, struct shvars_place place, size_t since);
/* Any variable can have got any value, because `what`, "eval" say, can set it. */
void shvars_lose(struct shvars *vars, struct shvars_place place, const char *what);
/* `name` is seen by the programs that the shell starts. */
void shvars_export(struct shvars *vars, struct shvars_place place, struct str name);

/*
 * `word` as the shell hands it over, with all filled in that is known; it may be `expanded` itself. Of what isn't, the
 * reason names the variable. Returns false where no word is left of it.
 */
bool shvars_expand(struct shvars *vars, struct shvars_place place, const struct shvars_args *args,
		   const struct shword *word, struct shword *expanded);

#endif
