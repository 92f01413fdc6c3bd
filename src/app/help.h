/* SPDX-License-Identifier: Apache-2.0 */
/*
 * help: what --help and the command help print.
 */
#ifndef APP_HELP_H
#define APP_HELP_H

#include "app/command.h"

extern const struct command help_command;

/* Appends the help for the command `topic`, with the options that it takes; NULL: for the program as a whole. */
void help_print(const struct command *topic, struct buf *to);

#endif
