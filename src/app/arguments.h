/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arguments: the words of the command line, one after the other: which are options, and with which value.
 *
 * As GNU getopt_long has it: --name=VALUE or --name VALUE, -n VALUE or -nVALUE, flags without a value in one word (-ab),
 * options in front of other words and behind them, and none behind `--`. Names are not abbreviated, since the next option
 * that begins alike would break scripts.
 */
#ifndef APP_ARGUMENTS_H
#define APP_ARGUMENTS_H

#include "app/option.h"

struct arguments {
	char *const *words; /* argv; borrowed, like all values */
	int count, next;
	const char *letters; /* what is left of a word with several letters, or NULL */
	bool only_words;     /* `--` has been seen */
};

struct argument {
	const struct option *option; /* or NULL: `value` is a word that is no option */
	struct str value;            /* of a flag empty */
};

/* Begins at words[1]; words[0] is the name of the program. */
void arguments_init(struct arguments *arguments, int count, char *const words[]);
/* Has every word been read? A `--` that ends the options is read here. */
bool arguments_is_end(struct arguments *arguments);
/*
 * Reads the next option or word, after arguments_is_end has said that there is one. Fails with a sentence where there is no
 * such option, and where its value is missing.
 */
CHECKED bool arguments_next(struct arguments *arguments, struct argument *argument, struct err *err);

#endif
