/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command: what the program can be told to do, by the first word that is no option.
 *
 * One table: a command is a module of its own (listcommand ...) and a row here.
 */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include "app/run.h"

struct command {
	const char *name;  /* the word; empty: without one, the program is a filter */
	const char *usage; /* what may stand behind it */
	const char *help;  /* what it does, in whole lines; that of help goes on with the commands' names */
	/* Takes the words of its own from the front of options->files. Fails with a sentence. NULL: it has none. */
	bool (*take)(struct options *options, struct err *err);
	/* Do its options go together? Fails with a sentence. NULL: any do. */
	bool (*check)(const struct options *options, struct err *err);
	/* Does it: see run. NULL: it only informs about the program, takes no options and reads nothing; main does it. */
	bool (*run)(const struct run_input *input, struct arena *arena, struct run_output *output, struct err *err);
};

/* All of them, `*count`, in the order of the help; the first one is the filter. */
const struct command *const *command_table(size_t *count);
/* What the program is without a word. */
const struct command *command_filter(void);
/* The one with this name, which is not empty; or NULL. */
const struct command *command_find(struct str name);
/* Is it about the program, and not about manifests? */
bool command_only_informs(const struct command *command);

#endif
