/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lockcommand: `rollstamp lock`: decides in one lock file which commits the git refs of many releases are.
 */
#ifndef APP_LOCKCOMMAND_H
#define APP_LOCKCOMMAND_H

#include "app/command.h"

extern const struct command lockcommand;

#endif
