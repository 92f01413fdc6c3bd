/*
 * help: what --help prints.
 */
#ifndef APP_HELP_H
#define APP_HELP_H

#include "app/command.h"
#include "base/buf.h"

/* Appends the help for a command, with the options that it takes; NULL: for the program as a whole. */
void help_print(const struct command *topic, struct buf *to);

#endif
