/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trees: are two trees of one text the same, and is the rest of it the same without an entry?
 *
 * Links only tests that compare `block` with libyaml, the fuzz target among them.
 */
#ifndef UNIT_TREES_H
#define UNIT_TREES_H

#include "yaml/node.h"

/* What differs first, with the place in the text; in `arena`. Empty if nothing does. Any of the trees can be NULL. */
struct str trees_difference(const struct node *a, const struct node *b, struct arena *arena);
/*
 * For each entry of the mapping at the root that begins at column 0: what differs first between `block`'s tree of `text` and
 * what block_parse_rest makes of the text if the entry is known. Empty if nothing does.
 */
struct str trees_rest_difference(struct str text, struct arena *arena);

#endif
