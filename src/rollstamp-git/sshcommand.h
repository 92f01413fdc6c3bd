/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sshcommand: which program speaks ssh, and with which arguments.
 *
 * The program is chosen as git chooses it (git-config(1), core.sshCommand and ssh.variant; git(1), GIT_SSH): the first
 * of GIT_SSH_COMMAND, the user's core.sshCommand and GIT_SSH, or else `ssh`. The first two are lines for a shell. The
 * arguments are given to the shell apart from the line, and never become a part of it. Which options the program takes
 * is told by GIT_SSH_VARIANT, ssh.variant, or the name of the program. A program with an unknown name is called with
 * `-G`, which OpenSSH's client alone knows. Git is asked for the configuration, so that includes and variables count,
 * and no repository's configuration does (see environment).
 */
#ifndef ROLLSTAMP_GIT_SSHCOMMAND_H
#define ROLLSTAMP_GIT_SSHCOMMAND_H

#include "base/arena.h"
#include "base/err.h"

enum sshcommand_variant {
	SSHCOMMAND_OPENSSH,
	SSHCOMMAND_PLINK,         /* and putty */
	SSHCOMMAND_TORTOISEPLINK, /* with git's options for tortoiseplink */
	SSHCOMMAND_SIMPLE         /* takes [USER@]HOST and a command, no options */
};

struct sshcommand {
	const char *words[5]; /* the program and what comes before the arguments; ends in NULL */
	enum sshcommand_variant variant;
};

/* One call of the program. */
struct sshcommand_call {
	struct str host;     /* not empty; the caller has checked that host, user and port do not begin with `-` */
	struct str user;     /* or empty */
	struct str port;     /* or empty */
	struct str path;     /* of the repository at the server: any bytes but NUL */
	unsigned timeout_ms; /* for the connection to be made */
};

/*
 * The program that the environment and git's configuration name; in the arena. Runs git to read the configuration, and,
 * where neither variant nor name tells the options, the program itself with `-G` and `host`. Never fails: if git can't
 * be run, its configuration is taken as empty.
 */
struct sshcommand sshcommand_find(struct str host, struct arena *arena);

/*
 * Makes the argument vector of `command` for `call`, which ends in NULL, in the arena. OpenSSH's client is told to ask
 * nobody, to open no forwarding, and to leave nothing behind when it ends. Fails with a sentence for a port that the
 * program can't be told.
 */
CHECKED bool sshcommand_arguments(const struct sshcommand *command, const struct sshcommand_call *call,
				  struct arena *arena, const char *const **argv, struct err *err);

#endif
