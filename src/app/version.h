/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version: what --version and the command version print: the version and commit, the libraries, and where rollstamp-git is.
 *
 * rollstamp-git is looked for, and asked for the version of libgit2; one that is not there, or that can't be run, is said to
 * be so. SIGPIPE must be ignored.
 */
#ifndef APP_VERSION_H
#define APP_VERSION_H

#include "app/command.h"

extern const struct command version_command;

#endif
