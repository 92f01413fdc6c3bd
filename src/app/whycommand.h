/* SPDX-License-Identifier: Apache-2.0 */
/*
 * whycommand: `rollstamp why`, which tells which workloads roll from one render to another, and because of what.
 */
#ifndef APP_WHYCOMMAND_H
#define APP_WHYCOMMAND_H

#include "app/command.h"

extern const struct command whycommand;

#endif
