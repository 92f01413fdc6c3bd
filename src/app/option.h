/* SPDX-License-Identifier: Apache-2.0 */
/*
 * option: everything that can be set, on the command line, in the configuration file, or by a KRM function's
 * configuration.
 *
 * One table: a row is an option, with its name, what it takes, where that goes in struct options, who may set it, and
 * its line of help. A new option is a new row.
 */
#ifndef APP_OPTION_H
#define APP_OPTION_H

#include "app/command.h"

enum option_type {
	OPTION_FLAG,    /* a bool, which is false without it */
	OPTION_TEXT,    /* a struct str */
	OPTION_CHOICE,  /* an enum, whose values are in the order of the choices; or a bool */
	OPTION_SECONDS, /* milliseconds, as an unsigned */
	OPTION_LIST,    /* a struct policy_list, to which each use adds */
};

/* Where an option may stand, beside the command line. */
enum option_place {
	IN_FILE = 1, /* the configuration file */
	/*
	 * A functionConfig, which comes with the manifests: nothing that names files or servers, asks more of them, takes
	 * longer or trusts more.
	 */
	IN_FUNCTION = 2
};

/* What a shell can complete the value of an option with. The choices of an OPTION_CHOICE are known anyway. */
enum option_completes {
	COMPLETES_NOTHING,
	COMPLETES_FILES,
	COMPLETES_WORKLOADS,
	COMPLETES_NAMES,           /* of workloads and of what they consume */
	COMPLETES_WORKLOAD_OBJECT, /* WORKLOAD=OBJECT */
	COMPLETES_VOLUMES,         /* [WORKLOAD=] and one of three words */
};

struct option {
	const char *name;
	char letter; /* its short name, or 0 */
	enum option_type type;
	enum option_completes completes;
	size_t at, size;      /* its field in struct options */
	unsigned places;      /* enum option_place */
	const char *value;    /* what it takes, for people; of a flag NULL */
	const char *help;     /* NULL: --help does not show the option */
	const char *variable; /* the environment variable that gives it, too; NULL: none */
	/*
	 * The words of the commands that it means something to, with a space between them (see command_word); NULL: all.
	 * Others refuse it on the command line, and pass over it elsewhere, which is for several commands.
	 */
	const char *commands;
	/* Of an OPTION_CHOICE, ending in NULL; and the value of the first one. */
	const char *const *choices;
	unsigned first_choice;
	/* Can this be the text, or an item of the list? Fails with a sentence. NULL: everything can. */
	bool (*check)(const struct options *options, struct str value, struct err *err);
	/* Instead of `at`, where a value is more than its type says: sets the option. Fails with a sentence. */
	bool (*read)(struct options *options, struct str value, struct arena *arena, struct err *err);
	/* Did a functionConfig, which made `after` of `before`, let something pass that --strict refuses? NULL: never. */
	bool (*weakens)(const struct option *option, const struct options *before, const struct options *after);
	bool is_early;    /* the option is about reading the configuration file, and set before that as well */
	bool last_counts; /* an item of the list takes the place of earlier items */
	/* The value where none is given: one that is given can then only stand behind a `=`. NULL: the option needs one. */
	const char *without_value;
};

/* Returns the `*count` rows, in the order of --help. */
const struct option *option_table(size_t *count);
/* Returns the bit of options.set_by_caller that is for this option. */
uint64_t option_bit(const struct option *option);
/* Returns the option with this name, or NULL. */
const struct option *option_find(struct str name);
/* Returns the only option whose name begins so, or NULL. For messages alone: names are never abbreviated. */
const struct option *option_guess(struct str beginning);
/* Returns the option with this letter, or NULL. */
const struct option *option_find_letter(char letter);
/* Returns the list in `options` that the option adds its values to as they are given; NULL if it adds to none. */
struct policy_list *option_list(const struct option *option, struct options *options);
/* Must a value stand behind its name? */
bool option_needs_value(const struct option *option);
/* Does this command take the option? */
bool option_is_taken(const struct option *option, const struct command *command);
/*
 * Sets the option in `options`, or adds `value` to its list. The value is borrowed; that of a flag is ignored. Fails with a
 * sentence when the option does not take this value.
 */
CHECKED bool option_apply(const struct option *option, struct str value, struct arena *arena, struct options *options,
			  struct err *err);
/*
 * The same where an option is given for several commands: one that options->command does not take is passed over, but fails
 * as well with a value that it can't have.
 */
CHECKED bool option_offer(const struct option *option, struct str value, struct arena *arena, struct options *options,
			  struct err *err);

#endif
