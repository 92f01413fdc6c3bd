/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitargs: the command line of git: its own options, then a command and the words of that. Options are those of git up to
 * 2.50.
 */
#ifndef CHECKOUT_GITARGS_H
#define CHECKOUT_GITARGS_H

#include "shell/args.h"

/* A command of git with the options that stand before its name. */
struct gitargs {
	struct str name;                /* clone, ...; empty if it is not known */
	const struct word *directories; /* of -C, one inside the other */
	size_t directory_count;
	const struct word *git_dir; /* --git-dir, or NULL */
	struct args args;           /* behind the name */
};

/* `args` are those of git, with its own name first. */
struct gitargs gitargs_read(struct args args, struct arena *arena);

#endif
