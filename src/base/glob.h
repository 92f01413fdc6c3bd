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
/*
 * Cuts the first item off a list of patterns with commas between them, where a comma in brackets, or behind a backslash,
 * belongs to its pattern. As str_cut: `rest` becomes what stands behind the comma, {NULL, 0} behind the last item.
 */
struct str glob_cut(struct str *rest);
/* Does `pattern` match all of `text`? `*`, `?` and `[...]` as in a shell; `*` matches slashes and dots, too. */
bool glob_matches(struct str pattern, struct str text);
/* Does `pattern` match all of `text`, whatever the case of ASCII letters? */
bool glob_matches_nocase(struct str pattern, struct str text);

#endif
