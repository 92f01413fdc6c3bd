/* SPDX-License-Identifier: Apache-2.0 */
/*
 * completion: the command that makes a shell complete command lines of the program.
 *
 * It prints a script, which is small: whenever it completes a word, it runs `rollstamp completion words INDEX -- WORD...`,
 * which candidates answers. So nothing about options and commands stands in a script, and one that was installed long ago
 * knows what the program knows.
 */
#ifndef APP_COMPLETION_H
#define APP_COMPLETION_H

#include "app/command.h"

extern const struct command completion_command;

#endif
