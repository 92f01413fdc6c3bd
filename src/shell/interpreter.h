/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interpreter: sh, bash and other shells, and the script that one is started with.
 */
#ifndef SHELL_INTERPRETER_H
#define SHELL_INTERPRETER_H

#include "shell/args.h"

bool interpreter_is(struct str program);
/*
 * `args` are those of a shell: the word that is its script (`sh -c SCRIPT`, also `bash -euxo pipefail -c -- SCRIPT`), or
 * with `*is_file` the name of the file that the script stands in; NULL: it reads its input. In `*operands` what stands
 * behind it.
 */
const struct word *interpreter_script(struct args args, bool *is_file, struct args *operands);
/* Does the text of a file begin with `#!` and something else than a shell? */
bool interpreter_is_other(struct str text);

#endif
