/*
 * gitargs: the command line of git, and of what is put in front of it.
 *
 * Takes the words of one command as a shell would hand them over, known or unknown. Option tables are those of git up
 * to 2.50; git's rules for options hold: they may follow the operands, `--` ends them, long ones may be cut to a
 * beginning that only one has.
 */
#ifndef CHECKOUT_ARGS_H
#define CHECKOUT_ARGS_H

#include "shell/lex.h"

struct gitargs {
	const struct shword *words;
	size_t count;
};

/* What the commands in front of another one make of its environment. */
struct gitwrapping {
	struct shword *assignments; /* NAME=value */
	size_t count, room;
	const char *foreign; /* why it is not the shell's, to stand behind "because "; or NULL */
};

/*
 * Without the assignments and the commands in front of another command: env, exec, command, time, nohup, sudo, timeout,
 * nice, tini, gosu, busybox and others of that kind, with their options. Adds to `wrapping` what they do.
 */
struct gitargs gitargs_skip_prefixes(struct gitargs args, struct arena *arena, struct gitwrapping *wrapping);
/* `args` are those of su, or of another program that hands a script to a shell (`su USER -c SCRIPT`): it, or NULL. */
const struct shword *gitargs_user_script(struct gitargs args, struct arena *arena);
/* Do su, runuser or sudo start with an environment of their own? */
bool gitargs_is_login(struct gitargs args);
/* The last component of the first word, or empty if that is not known. */
struct str gitargs_program(struct gitargs args);
/*
 * `args` are those of a shell: the word that is its script (`sh -c SCRIPT`, also `bash -euxo pipefail -c -- SCRIPT`), or
 * with `*is_file` the name of the file that the script stands in; NULL: it reads its input. In `*operands` what stands
 * behind it.
 */
const struct shword *gitargs_script(struct gitargs args, bool *is_file, struct gitargs *operands);
bool gitargs_is_shell(struct str program);
/* Does the text of a file begin with `#!` and something else than a shell? */
bool gitargs_is_foreign_script(struct str text);

/* An option of a git command. */
struct gitoption {
	const char *name; /* without dashes, or NULL */
	char letter;      /* or 0 */
	bool has_value;   /* in the next word, unless it is joined */
};

struct gituse {
	const struct gitoption *option;
	struct shword value; /* empty and known if there is none */
};

struct gitparsed {
	const struct gituse *uses; /* options that are in the table, in their order; --no-... are left out */
	size_t use_count;
	const struct shword *operands;
	size_t operand_count;
	size_t before_dashes; /* operands that stand before a `--`, or SIZE_MAX without one */
};

/* Reads `args` by a table that ends with a row of zeros. */
struct gitparsed gitargs_parse(struct gitargs args, const struct gitoption *table, struct arena *arena);
/* The last use of the option with this letter, or of the one with this name, or NULL. */
const struct gituse *gitargs_last(const struct gitparsed *parsed, char letter, const char *name);

/* A command of git with the options that stand before its name. */
struct gitcommand {
	struct str name;                  /* clone, ...; empty if it is not known */
	const struct shword *directories; /* of -C, one inside the other */
	size_t directory_count;
	const struct shword *git_dir; /* --git-dir, or NULL */
	struct gitargs args;          /* behind the name */
};

/* `args` are those of git, with its own name first. */
struct gitcommand gitargs_command(struct gitargs args, struct arena *arena);

/* What of `word` stands behind its first `from` bytes, which are known. */
struct shword gitargs_tail(const struct shword *word, size_t from);

#endif
