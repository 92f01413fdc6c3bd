/*
 * command: what the program can be told to do, by the first word that is no option.
 */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include "app/options.h"

struct command {
	const char *name;  /* the word; empty: without one, the program is a filter */
	const char *usage; /* what may stand behind it */
	const char *help;  /* what it does, in whole lines; that of help goes on with the commands' names */
	bool only_informs; /* about the program: it reads nothing, takes no options, and main does it */
	/* Takes the words of its own from the front of options->files. Fails with a sentence. NULL: it has none. */
	bool (*take)(struct options *options, struct err *err);
	/* Do its options go together? Fails with a sentence. NULL: any do. */
	bool (*check)(const struct options *options, struct err *err);
};

extern const struct command command_stamp, command_list, command_digest, command_help, command_version;

/* All of them, `*count`, in the order of the help; the first one is the filter. */
const struct command *const *command_table(size_t *count);
/* The one with this name, which is not empty; or NULL. */
const struct command *command_find(struct str name);

#endif
