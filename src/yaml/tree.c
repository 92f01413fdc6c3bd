/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/tree.h"

#include "base/map.h"
#include "yaml/block.h"

/* Building a tree: where the next node goes, for every open collection. */
struct builder {
	struct reader *reader;
	struct arena *arena;
	struct str text;
	struct map anchors;
	size_t end;  /* where the last node that is no block collection ended */
	size_t left; /* nodes that it may still have */
};

static struct node *keep_node(struct builder *b, const struct node *seen)
{
	struct node *node = ARENA_NEW(b->arena, struct node);

	*node = *seen;
	node->value = node_keep_value(seen, b->text, b->arena);
	node->properties = node_keep_properties(seen, b->arena);
	if (node->type == NODE_ALIAS) {
		node->target = map_get(&b->anchors, node->value);
		if (node->target)
			node_add_alias(node->target);
		else
			*node = (struct node){ .type = NODE_SCALAR, .span = seen->span };
	} else if (node_anchor(node).len > 0) {
		map_set(&b->anchors, node_anchor(node), node);
	}
	return node;
}

/*
 * A node takes 40 times the memory of the two bytes that are its least text. Manifests have one in ten bytes, and fewer
 * in large documents.
 */
static bool may_have_node(struct builder *b, const struct node *node, struct err *err)
{
	if (b->left == 0)
		return err_set_at(err, node->span.from,
				  "more keys, values and brackets than a document of this length may have: leave the "
				  "object alone with --ignore if that is meant");
	b->left--;
	return true;
}

/* Recursion is bounded by NODE_DEPTH, which the reader enforces. */
static bool build_children(struct builder *b, struct node *parent, struct err *err)
{
	struct node **link = &parent->child;
	bool is_key = parent->type == NODE_MAPPING;
	struct event event;

	for (;;) {
		struct node *node;

		if (!reader_next(b->reader, &event, err))
			return false;
		if (event.type == EVENT_CLOSE)
			break;
		if (!may_have_node(b, &event.node, err))
			return false;
		node = keep_node(b, &event.node);
		*link = node;
		link = &node->next;
		b->end = node->span.to;
		if (event.type == EVENT_OPEN && !build_children(b, node, err))
			return false;
		if (is_key)
			parent->keys |= node_key_bit(node_resolve(node)->value);
		is_key = parent->type == NODE_MAPPING && !is_key;
	}
	/* The end mark of a block collection lies at the next token, past comments: its last node tells better. */
	if (parent->style == STYLE_FLOW)
		b->end = event.close;
	parent->span.to = b->end;
	return true;
}

static bool build(struct builder *b, struct node **root, struct err *err)
{
	struct event event;
	struct node *node;

	if (!reader_next(b->reader, &event, err))
		return false;
	if (event.type == EVENT_DOCUMENT_END) {
		*root = NULL;
		return true;
	}
	node = keep_node(b, &event.node);
	if (event.type == EVENT_OPEN && !build_children(b, node, err))
		return false;
	if (!reader_next(b->reader, &event, err))
		return false;
	*root = node;
	return true;
}

bool tree_parse_by_library(struct str text, enum reader_rules rules, struct arena *arena, struct node **root,
			   struct err *err)
{
	struct builder b = { .arena = arena, .text = text, .left = node_limit(text) };
	bool ok;

	map_init(&b.anchors, arena);
	b.reader = reader_new(text, rules, arena);
	ok = build(&b, root, err);
	reader_free(b.reader);
	return ok;
}

bool tree_parse(struct str text, enum reader_rules rules, struct arena *arena, struct node **root, struct err *err)
{
	return block_parse(text, arena, root) || tree_parse_by_library(text, rules, arena, root, err);
}

/* To every field that planning looks at. Trees of `block` have no aliases, and so are not deeper than NODE_DEPTH. */
static bool is_same(const struct node *a, const struct node *b)
{
	if (a->type != b->type || a->style != b->style || a->column != b->column || a->span.from != b->span.from ||
	    a->span.to != b->span.to || a->open != b->open || !str_equal(a->value, b->value) || a->properties ||
	    b->properties || a->aliases > 0 || b->aliases > 0 || a->type == NODE_ALIAS)
		return false;
	if (a->type == NODE_SCALAR)
		return true;
	a = a->child;
	b = b->child;
	for (; a && b; a = a->next, b = b->next)
		if (!is_same(a, b))
			return false;
	return !a && !b;
}

bool tree_is_judged(struct str text, struct arena *arena)
{
	struct node *own, *judged;
	struct err err;

	return block_parse(text, arena, &own) && tree_parse_by_library(text, READER_STRICT, arena, &judged, &err) &&
	       judged && is_same(own, judged);
}
