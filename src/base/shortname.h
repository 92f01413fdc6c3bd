/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shortname: names that can stand in an annotation's key, made of texts that can't.
 */
#ifndef BASE_SHORTNAME_H
#define BASE_SHORTNAME_H

#include "base/arena.h"

/*
 * `text` with `-` for each byte that is not of [A-Za-z0-9._-], without what is not alphanumeric at both ends; where that
 * has changed it, "-" and 8 hex digits of `text` follow, so that no two texts meet. If nothing is left, `empty` stands for
 * it, with those digits behind it. Borrowed, or in `arena`.
 */
struct str shortname_clean(struct str text, const char *empty, struct arena *arena);

#endif
