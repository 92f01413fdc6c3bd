/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shapetext: the text of generated nodes. Where it goes is decided by shape.
 *
 * Each function appends to `out`. Collections are rendered up to their child `stop`, the first one that is not rendered;
 * NULL: all of them. Nothing fails: what a generated node can be is rendered, and it is no alias.
 */
#ifndef YAML_SHAPETEXT_H
#define YAML_SHAPETEXT_H

#include "base/buf.h"
#include "yaml/node.h"

/* `value`, valid UTF-8, in double quotes. */
void shapetext_quoted(struct buf *out, struct str value);
/* A node on one line, and the children of one without its brackets. */
void shapetext_flow(struct buf *out, const struct node *node);
void shapetext_flow_children(struct buf *out, const struct node *collection, const struct node *stop);
/*
 * Block lines for the children of a collection, each ending with `newline`. The first line begins behind what stands there
 * already: white space up to `indent`, or a dash.
 */
void shapetext_block(struct buf *out, const struct node *collection, const struct node *stop, size_t indent,
		     const char *newline);

#endif
