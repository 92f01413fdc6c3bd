/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree: a document as a tree of nodes.
 *
 * Plain block text, which most documents are, is read by `block`, and everything else by libyaml. Both make the same tree
 * of what both can read.
 */
#ifndef YAML_TREE_H
#define YAML_TREE_H

#include "yaml/reader.h"

/*
 * The document in `text`, borrowed, as a tree in `arena`; `*root` is NULL if the text has only white space and comments.
 * Leniently, an alias without an anchor is null. Fails also where the document has more nodes than a document of its length
 * should have: one in eight bytes, beside 200,000. On failure err->at is a byte offset into `text`.
 */
CHECKED bool tree_parse(struct str text, enum reader_rules rules, struct arena *arena, struct node **root,
			struct err *err);
/* Does the same without `block`: the judge where there is doubt about what block read. */
CHECKED bool tree_parse_by_library(struct str text, enum reader_rules rules, struct arena *arena, struct node **root,
				   struct err *err);

/*
 * Does `block` take the document in `text`, and make the very tree of it that libyaml makes? Then what is wrong with the
 * tree is wrong with the document. Both trees are in `arena`.
 */
bool tree_is_judged(struct str text, struct arena *arena);

#endif
