/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digestcommand: `rollstamp digest KIND/NAME`: prints the digest of one object, of all its keys or of those
 * that one workload consumes, or the bytes that are hashed.
 */
#ifndef APP_DIGESTCOMMAND_H
#define APP_DIGESTCOMMAND_H

#include "app/command.h"

extern const struct command digestcommand;

#endif
