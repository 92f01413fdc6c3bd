/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prefix: commands that run another command, which stands behind them: env, sudo, timeout, nice and their like.
 */
#ifndef SHELL_PREFIX_H
#define SHELL_PREFIX_H

#include "shell/args.h"

/* What the commands in front of another one make of its environment. */
struct prefix_environment {
	struct word *assignments; /* NAME=value */
	size_t count, room;
	const char *foreign; /* why it is not the environment of the shell, to stand behind "because "; or NULL */
};

/*
 * Without the assignments and the commands in front of another command: env, exec, command, time, nohup, sudo, timeout,
 * nice, tini, gosu, busybox and others of that kind, with their options. Adds to `environment` what they do.
 */
struct args prefix_skip(struct args args, struct arena *arena, struct prefix_environment *environment);
/* `args` are those of su, or of another program that hands a script to a shell (`su USER -c SCRIPT`): it, or NULL. */
const struct word *prefix_script(struct args args, struct arena *arena);

#endif
