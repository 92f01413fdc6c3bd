/* SPDX-License-Identifier: Apache-2.0 */
/*
 * failure: how the caller of the program is told that there is no output.
 */
#ifndef APP_FAILURE_H
#define APP_FAILURE_H

#include "app/options.h"

/* Who called the program. */
enum caller {
	CALLER_SHELL,       /* a person, Helm 3, CI, kustomize: the message on stderr, nothing on stdout */
	CALLER_HELM_PLUGIN, /* Helm 4, which shows no plugin's stderr: see failure.c */
};

/*
 * Tells of `err`, and returns the exit status: `status`, but 0 under Helm 4, which would hide the message otherwise and
 * fails by what it is given.
 */
int failure_tell(enum caller caller, const struct err *err, int status, struct arena *arena);

#endif
