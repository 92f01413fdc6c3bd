/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trees: are two trees of one text the same?
 *
 * Links only tests that compare `block` with libyaml, the fuzz target among them.
 */
#ifndef UNIT_TREES_H
#define UNIT_TREES_H

#include "yaml/node.h"

/* What differs first, with the place in the text; in `arena`. Empty if nothing does. Any of the trees can be NULL. */
struct str trees_difference(const struct node *a, const struct node *b, struct arena *arena);

#endif
