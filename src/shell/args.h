/* SPDX-License-Identifier: Apache-2.0 */
/*
 * args: the words of one command, as whoever starts the command hands them over, each known or not.
 */
#ifndef SHELL_ARGS_H
#define SHELL_ARGS_H

#include "shell/word.h"

struct args {
	const struct word *words;
	size_t count;
};

/* `args` without the first `n` (at most all of them). */
static inline struct args args_skip(struct args args, size_t n)
{
	if (n > args.count)
		n = args.count;
	/* Nothing may be added to a NULL pointer, not even 0. */
	return (struct args){ .words = n > 0 ? args.words + n : args.words, .count = args.count - n };
}

/* The last component of the first word, or empty if that is not known. */
struct str args_program(struct args args);

#endif
