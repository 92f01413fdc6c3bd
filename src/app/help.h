/*
 * help: what --help prints.
 */
#ifndef APP_HELP_H
#define APP_HELP_H

#include "app/options.h"

/* Appends the help for a command, with the options that it takes; COMMAND_STAMP: for the program as a whole. */
void help_print(enum command topic, struct buf *to);

#endif
