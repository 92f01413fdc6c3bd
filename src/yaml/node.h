/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node: a part of a document, with its place in the text, and the way through a tree of nodes.
 *
 * Lookups go through aliases and take whatever they are given: NULL, or a node of another type, has nothing.
 */
#ifndef YAML_NODE_H
#define YAML_NODE_H

#include "base/arena.h"

/* How deep collections may stand in each other. Real manifests reach 35; libyaml's work grows with the square of the depth. */
#define NODE_DEPTH 100

enum node_type { NODE_SCALAR, NODE_MAPPING, NODE_SEQUENCE, NODE_ALIAS };

enum node_style {
	STYLE_PLAIN,
	STYLE_SINGLE_QUOTED,
	STYLE_DOUBLE_QUOTED,
	STYLE_LITERAL,
	STYLE_FOLDED,
	STYLE_BLOCK,
	STYLE_FLOW,
};

/* The anchor and the tag of a node, which few nodes have. */
struct properties {
	struct str anchor;
	struct str tag;
};

/* A scalar, a collection or an alias. Small, since a tree has a node for every few bytes of its text. */
struct node {
	enum node_type type : 4;
	enum node_style style : 4;
	bool aliased : 1;   /* an alias in the document refers to it */
	bool generated : 1; /* made by us: not in the text */
	bool edited : 1;    /* changed by us, or has generated children */
	bool is_name : 1;   /* generated scalars: needs no quotes in a block collection */
	bool closed : 1;    /* for a collection that is being read: its end has been seen */
	unsigned column;    /* collections: code points before `open` on its line */
	/* Byte offsets into the document's text. Includes anchor and tag; a block scalar's includes its line break. A
	 * block collection's ends with its last node. */
	struct span span;
	size_t open; /* collections: the end mark of its start event, which is where an entry can be put in front */
	struct str value;                    /* scalars: as YAML means it; aliases: the name */
	const struct properties *properties; /* NULL for most; see node_anchor and node_tag */
	union {
		struct node *child;  /* mappings: key, value, key, value ...; sequences: item, item ... */
		struct node *target; /* aliases: the anchored node */
	};
	struct node *next;
};

/* How many nodes a document with `text` may have: a node takes 40 times the memory of the two bytes that are its least text. */
size_t node_limit(struct str text);

/*
 * The value of the node of an event of a reader of `text`, as a str that outlives the event: a slice of `text` where that
 * has the same bytes, else a copy in `arena`.
 */
struct str node_keep_value(const struct node *node, struct str text, struct arena *arena);

/* Anchor and tag of the node of an event, copied to `arena` so that they outlive the event; NULL if it has none. */
const struct properties *node_keep_properties(const struct node *node, struct arena *arena);

/* The anchor of `node`, and its tag; empty if it has none. */
static inline struct str node_anchor(const struct node *node)
{
	return node->properties ? node->properties->anchor : (struct str){ 0 };
}

static inline struct str node_tag(const struct node *node)
{
	return node->properties ? node->properties->tag : (struct str){ 0 };
}

/* The first child of a collection; NULL for an alias. */
static inline struct node *node_child(const struct node *node)
{
	return node->type == NODE_ALIAS ? NULL : node->child;
}

/* The node that `node` stands for: an alias gives its target, NULL gives NULL. */
struct node *node_resolve(struct node *node);
/*
 * The value of the last entry with `key` of a mapping, as it stands there: maybe an alias. NULL for none, and when
 * `mapping` (behind its alias) is no mapping.
 */
struct node *node_find(struct node *mapping, struct str key);
/* What node_find finds, behind its alias. */
struct node *node_find_resolved(struct node *mapping, struct str key);
/* The same for a literal, whose letters the compiler counts. */
static inline struct node *node_get(struct node *mapping, const char *key)
{
	return node_find_resolved(mapping, str_from(key));
}

/* The first item of `sequence`, behind its alias, or NULL; go on with ->next. */
struct node *node_items(struct node *sequence);
/* Is `node`, behind its alias, a mapping? */
bool node_is_mapping(struct node *node);

#endif
