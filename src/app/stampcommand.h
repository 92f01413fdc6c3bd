/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stampcommand: the filter, which the program is without the name of a command: prints the manifests with their stamps.
 */
#ifndef APP_STAMPCOMMAND_H
#define APP_STAMPCOMMAND_H

#include "app/command.h"

extern const struct command stampcommand;

#endif
