/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command: what the program can be told to do, by the first word that is no option.
 *
 * One table: a command is a module of its own (listcommand ...) and a row here.
 */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include "app/run.h"

/* What the first word behind a command's name is. */
enum command_word {
	COMMAND_FILE,   /* and so are the others */
	COMMAND_OBJECT, /* KIND/NAME; the others are files */
	COMMAND_NAME,   /* of a command */
	COMMAND_SHELL,
	COMMAND_NOTHING, /* there is none */
};

struct command {
	const char *name;  /* the word; empty: without one, the program is a filter */
	const char *usage; /* what may stand behind it */
	const char *help;  /* what it does, in whole lines; that of help goes on with the commands' names */
	enum command_word first_word;
	bool takes_old; /* the first word is what is compared with: see options->since */
	/* Takes the words that are for the command alone from the front of options->files. Fails with a sentence. May be NULL. */
	bool (*take)(struct options *options, struct err *err);
	/* Do the options go together? Fails with a sentence. May be NULL. */
	bool (*check)(const struct options *options, struct err *err);
	/* Of a command that only informs about the program: prints that. `commit` is what the program was built of. */
	void (*inform)(const struct options *options, const char *commit, struct arena *arena, struct buf *to);
	/* Does what any other command is for: see run. */
	bool (*run)(const struct run_input *input, struct arena *arena, struct run_output *output, struct err *err);
};

/* Returns the `*count` commands, in the order of --help; the first one is the filter. */
const struct command *const *command_table(size_t *count);
/* Returns the command that the program is when no word names one. */
const struct command *command_filter(void);
/* Returns the command with this name, or NULL. An empty name is no name. */
const struct command *command_find(struct str name);
/* Returns what the command is called where the filter has a name as well. */
const char *command_word(const struct command *command);
/* Is the command about the program, and not about manifests? */
bool command_only_informs(const struct command *command);

#endif
