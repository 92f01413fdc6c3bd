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
enum option_completes { COMPLETES_NOTHING, COMPLETES_FILES };

struct option {
	const char *name;
	char letter; /* its short name, or 0 */
	enum option_type type;
	enum option_completes completes;
	size_t at, size;   /* its field in struct options */
	unsigned places;   /* enum option_place */
	const char *value; /* what it takes, for people; of a flag NULL */
	const char *help;  /* or NULL: it is not shown */
	/* The names of the commands that take it, with a space between them; NULL: all do; empty: the filter alone. */
	const char *commands;
	/* Of an OPTION_CHOICE, ending in NULL; and the value of the first one. */
	const char *const *choices;
	unsigned first_choice;
	/* Of a text or an item: can it be one? Fails with a sentence. NULL: any can. */
	bool (*check)(const struct options *options, struct str value, struct err *err);
	/* Instead of all that: sets what it is about itself. Fails with a sentence. */
	bool (*read)(struct options *options, struct str value, struct arena *arena, struct err *err);
	/* Did a functionConfig, which made `after` of `before`, let something pass that --strict refuses? NULL: never. */
	bool (*weakens)(const struct option *option, const struct options *before, const struct options *after);
	bool is_early;    /* it is set before the configuration file is read, too, since it is about that */
	bool last_counts; /* of a list: an item takes the place of earlier ones */
};

/* All of them, `*count`, sorted as --help shows them. */
const struct option *option_table(size_t *count);
/* For options.set_by_caller. */
uint64_t option_bit(const struct option *option);
/* The one with this name; or NULL. */
const struct option *option_find(struct str name);
/* The only one whose name begins so; or NULL. Names are never abbreviated: for a message. */
const struct option *option_guess(struct str beginning);
/* The one with this letter; or NULL. */
const struct option *option_find_letter(char letter);
/* The list that it adds to; NULL if it is none that keeps its items as they are given. */
struct policy_list *option_list(const struct option *option, struct options *options);
/* Does this command take it? */
bool option_is_taken(const struct option *option, const struct command *command);
/*
 * Sets it in `options`, or adds to a list. The value is borrowed; it is ignored for a flag. Fails with a sentence when the
 * value is none that it takes.
 */
CHECKED bool option_apply(const struct option *option, struct str value, struct arena *arena, struct options *options,
			  struct err *err);

#endif
