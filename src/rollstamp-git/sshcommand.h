/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sshcommand: which program speaks ssh, and with which arguments.
 *
 * As git has it (git-config(1), core.sshCommand and ssh.variant; git(1), GIT_SSH): the first of GIT_SSH_COMMAND, the user's
 * core.sshCommand and GIT_SSH, or else `ssh`. The first two are lines for a shell, to which the arguments are given apart:
 * they never become a part of the line. What it takes is told by GIT_SSH_VARIANT, ssh.variant, or its name; one with another
 * name is asked `-G`, which only OpenSSH's knows. Git is asked for the configuration, so that includes and variables count,
 * and no repository's does (see `environment`).
 */
#ifndef ROLLSTAMP_GIT_SSHCOMMAND_H
#define ROLLSTAMP_GIT_SSHCOMMAND_H

#include "base/arena.h"
#include "base/err.h"

enum sshcommand_variant {
	SSHCOMMAND_OPENSSH,
	SSHCOMMAND_PLINK,         /* and putty */
	SSHCOMMAND_TORTOISEPLINK, /* as git has it, the same */
	SSHCOMMAND_SIMPLE         /* takes [USER@]HOST and a command, no options */
};

struct sshcommand {
	const char *words[5]; /* what comes before the arguments; ends in NULL */
	enum sshcommand_variant variant;
};

/* What is asked of it. */
struct sshcommand_call {
	struct str host;     /* checked: none of these begins with `-` */
	struct str user;     /* or empty */
	struct str port;     /* or empty */
	struct str path;     /* of the repository there: any bytes but NUL */
	unsigned timeout_ms; /* for the connection to be made */
};

/* As the environment and git's configuration say; in the arena. Asks git, and where it must, the program with `host`. */
struct sshcommand sshcommand_find(struct str host, struct arena *arena);

/*
 * Its argument vector for a call, in the arena. OpenSSH's never asks anybody, opens no forwarding, and leaves nothing behind
 * when it ends. Fails with a sentence for a port that the program can't be told.
 */
CHECKED bool sshcommand_arguments(const struct sshcommand *command, const struct sshcommand_call *call,
				  struct arena *arena, const char *const **argv, struct err *err);

#endif
