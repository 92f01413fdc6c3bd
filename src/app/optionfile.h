/* SPDX-License-Identifier: Apache-2.0 */
/*
 * optionfile: options in YAML, with the names of the long ones: the configuration file, or a part of a manifest.
 */
#ifndef APP_OPTIONFILE_H
#define APP_OPTIONFILE_H

#include "app/option.h"
#include "base/err.h"
#include "yaml/node.h"

/*
 * Applies the entries of the mapping `root` (NULL has none), which may stand in `place`; everything is copied into the
 * arena. What is a list can be given as a sequence, or as text with an item a line. Fails with a sentence, and err->at
 * in the text of `root`.
 */
CHECKED bool optionfile_apply(struct options *options, struct node *root, enum option_place place, struct arena *arena,
			      struct err *err);
/*
 * Applies the options of the configuration file at `path`. A message has line and column, and what was expected there; it
 * quotes nothing, since any file can be named as one.
 */
CHECKED bool optionfile_read(struct options *options, const char *path, struct arena *arena, struct err *err);

#endif
