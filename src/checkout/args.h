/* SPDX-License-Identifier: Apache-2.0 */
/*
 * args: the command line of git, and of what is put in front of it.
 *
 * Takes the words of one command as a shell would hand them over, known or unknown. Option tables are those of git up
 * to 2.50; git's rules for options hold: they may follow the operands, `--` ends them, long ones may be cut to a
 * beginning that only one has.
 */
#ifndef CHECKOUT_ARGS_H
#define CHECKOUT_ARGS_H

#include "shell/lex.h"

struct args {
	const struct word *words;
	size_t count;
};

/* What the commands in front of another one make of its environment. */
struct args_wrapping {
	struct word *assignments; /* NAME=value */
	size_t count, room;
	const char *foreign; /* why it is not the shell's, to stand behind "because "; or NULL */
};

/*
 * Without the assignments and the commands in front of another command: env, exec, command, time, nohup, sudo, timeout,
 * nice, tini, gosu, busybox and others of that kind, with their options. Adds to `wrapping` what they do.
 */
struct args args_skip_prefixes(struct args args, struct arena *arena, struct args_wrapping *wrapping);
/* `args` are those of su, or of another program that hands a script to a shell (`su USER -c SCRIPT`): it, or NULL. */
const struct word *args_user_script(struct args args, struct arena *arena);
/* Do su, runuser or sudo start with an environment of their own? */
bool args_is_login(struct args args);
/* The last component of the first word, or empty if that is not known. */
struct str args_program(struct args args);
/*
 * `args` are those of a shell: the word that is its script (`sh -c SCRIPT`, also `bash -euxo pipefail -c -- SCRIPT`), or
 * with `*is_file` the name of the file that the script stands in; NULL: it reads its input. In `*operands` what stands
 * behind it.
 */
const struct word *args_script(struct args args, bool *is_file, struct args *operands);
bool args_is_shell(struct str program);
/* Does the text of a file begin with `#!` and something else than a shell? */
bool args_is_foreign_script(struct str text);

/* An option of a git command. */
struct args_option {
	const char *name; /* without dashes, or NULL */
	char letter;      /* or 0 */
	bool has_value;   /* in the next word, unless it is joined */
};

struct args_use {
	const struct args_option *option;
	const struct word *value; /* empty and known if there is none */
};

struct args_parsed {
	const struct args_use *uses; /* options that are in the table, in their order; --no-... are left out */
	size_t use_count;
	const struct word *operands;
	size_t operand_count;
	size_t before_dashes; /* operands that stand before a `--`, or SIZE_MAX without one */
};

/* Reads `args` by a table that ends with a row of zeros. */
struct args_parsed args_parse(struct args args, const struct args_option *table, struct arena *arena);
/* The last use of the option with this letter, or of the one with this name, or NULL. */
const struct args_use *args_last(const struct args_parsed *parsed, char letter, const char *name);

/* A command of git with the options that stand before its name. */
struct args_command_line {
	struct str name;                /* clone, ...; empty if it is not known */
	const struct word *directories; /* of -C, one inside the other */
	size_t directory_count;
	const struct word *git_dir; /* --git-dir, or NULL */
	struct args args;           /* behind the name */
};

/* `args` are those of git, with its own name first. */
struct args_command_line args_command(struct args args, struct arena *arena);

/* What of `word` stands behind its first `from` bytes, which are known. */
struct word args_tail(const struct word *word, size_t from);

#endif
