/* SPDX-License-Identifier: Apache-2.0 */
/*
 * optargs: the options and operands of a command.
 *
 * By git's rules, which are those of most programs: options may follow the operands, `--` ends them, long ones may be cut
 * to a beginning that only one has.
 */
#ifndef CHECKOUT_OPTARGS_H
#define CHECKOUT_OPTARGS_H

#include "shell/args.h"

/* An option that a command has. */
struct optargs_option {
	char name[30];  /* without dashes, or ""; no pointer, so that nothing is relocated at each start */
	char letter;    /* or 0 */
	bool has_value; /* in the next word, unless it is joined */
};

struct optargs_use {
	const struct optargs_option *option;
	const struct word *value; /* empty and known if there is none */
};

struct optargs {
	const struct optargs_use *uses; /* options that are in the table, in their order; --no-... are left out */
	size_t use_count;
	const struct word *operands;
	size_t operand_count;
	size_t before_dashes; /* operands that stand before a `--`, or SIZE_MAX without one */
};

/* Reads `args` by a table that ends with a row of zeros. */
struct optargs optargs_parse(struct args args, const struct optargs_option *table, struct arena *arena);
/* The last use of the option with this letter, or of the one with this name, or NULL. */
const struct optargs_use *optargs_last(const struct optargs *parsed, char letter, const char *name);

#endif
