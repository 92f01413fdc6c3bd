/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listcommand: `rollstamp list`: prints, instead of the manifests, what would be stamped and why. What fails is a part of
 * the list, and not its end.
 */
#ifndef APP_LISTCOMMAND_H
#define APP_LISTCOMMAND_H

#include "app/command.h"

extern const struct command listcommand;

#endif
