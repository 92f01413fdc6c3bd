/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scripts: what each shell reads to complete command lines of the program. The build makes C of the files in completions/
 * (src/literals).
 */
#ifndef APP_SCRIPTS_H
#define APP_SCRIPTS_H

#include "base/str.h"

/* Returns the names of the shells, ending in NULL. */
const char *const *scripts_shells(void);
/* Returns the script of the shell with this name, or NULL. */
const char *scripts_find(struct str shell);

#endif
