/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mention: a first look at a text, before it is parsed: could a key or value in it have a word?
 *
 * In double quotes YAML and JSON can write each character in other ways, and break the line between any two of them.
 */
#ifndef YAML_MENTION_H
#define YAML_MENTION_H

#include "base/str.h"

/*
 * Could a scalar of `text` have `word` in it, which is ASCII without blanks, quotes and backslashes? Only true where it stands
 * there, or what may be it with escapes: a text without it needs no parsing to know.
 */
bool mention_of(struct str text, const char *word);
/* The same of any of the words, which end in NULL. */
bool mention_of_any(struct str text, const char *const *words);

#endif
