/* SPDX-License-Identifier: Apache-2.0 */
/*
 * change: what is to become of one node, as edits of its text.
 *
 * Shape changes the tree and notes here what that means for the text; this module alone decides where text goes, and how it
 * is written there.
 */
#ifndef YAML_CHANGE_H
#define YAML_CHANGE_H

#include "base/buf.h"
#include "base/err.h"
#include "yaml/edit.h"
#include "yaml/removal.h"

enum change_kind {
	CHANGE_INSERT, /* generated children in front of the others of a collection in the text, and some of these gone */
	CHANGE_REPLACE, /* the node's span becomes generated flow text */
	CHANGE_RENAME,  /* key and value become a generated key and value */
};

struct change {
	enum change_kind kind;
	struct node *node;       /* the collection; the node; the key */
	struct node *rest;       /* the first child that stood there before, or NULL */
	struct span span;        /* where a replaced or renamed one stood */
	struct removal *removal; /* of an insertion: what is gone, or NULL */
	bool is_quoted;          /* a renamed key's */
};

/* Has the text of the document a place for it? Fails with a sentence, and err->at at the node, where it has not. */
CHECKED bool change_check(const struct change *change, struct str text, struct err *err);
/*
 * Adds the edits for a change that change_check has found good to `edits`. Uses `scratch`, which is the caller's. A block
 * mapping that nothing is left of is written as `{}`, and is a flow mapping in the tree afterwards.
 */
void change_edit(const struct change *change, struct str text, struct buf *scratch, struct edits *edits);
/* What of the text is replaced: the span without the white space that a block scalar's has at its end. */
struct span change_span(const struct change *change, struct str text);

#endif
