/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glob: shell patterns (fnmatch), for what people type on a command line.
 */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include "base/str.h"

/* Has it any of the characters that are special in a pattern? */
bool glob_is_pattern(struct str pattern);
/* What all texts that it matches begin with: what stands in front of the first of these characters. Borrowed. */
struct str glob_head(struct str pattern);
/* Does `pattern` match all of `text`? `*`, `?` and `[...]` as in a shell; `*` matches slashes and dots, too. */
bool glob_matches(struct str pattern, struct str text);
/* Does `pattern` match all of `text`, whatever the case of ASCII letters? */
bool glob_matches_nocase(struct str pattern, struct str text);

#endif
