/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node: a part of a document, with its place in the text, and the way through a tree of nodes.
 *
 * Lookups go through aliases and take whatever they are given: NULL, or a node of another type, has nothing.
 */
#ifndef YAML_NODE_H
#define YAML_NODE_H

#include "base/arena.h"

#include <stdint.h>

/* How deep collections may stand in each other. Real manifests reach 35; libyaml's work grows with the square of the depth. */
#define NODE_DEPTH 100

/* With a sanitizer each look-up goes through all keys and asserts that the bits would have said the same. */
#ifdef __SANITIZE_ADDRESS__
#define NODE_CHECKS_KEYS true
#else
#define NODE_CHECKS_KEYS false
#endif

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

#define NODE_ALIAS_BITS 16

/* A scalar, a collection or an alias. Small, since a tree has a node for every few bytes of its text. */
struct node {
	enum node_type type : 4;
	enum node_style style : 4;
	unsigned aliases : NODE_ALIAS_BITS; /* so many in the document refer to it; see node_add_alias */
	bool generated : 1;                 /* made by us: not in the text */
	bool edited : 1;                    /* changed by us, or has generated children */
	bool is_name : 1;                   /* generated scalars: needs no quotes in a block collection */
	bool closed : 1;                    /* for a collection that is being read: its end has been seen */
	bool has_no_twins : 1; /* mappings, while `keys` is known: it is known that no key is there twice */
	unsigned column;       /* collections: code points before `open` on its line */
	/* Byte offsets into the document's text. Includes anchor and tag; a block scalar's includes its line break. A
	 * block collection's ends with its last node. */
	struct span span;
	size_t open; /* collections: the end mark of its start event, which is where an entry can be put in front */
	union {
		struct str value; /* scalars: as YAML means it; aliases: the name; collections: empty */
		uint64_t keys;    /* mappings: the bits of all their keys, see node_key_bit; 0: not known */
	};
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

/*
 * One more alias refers to `node`, or one less does. From so many on that they can't be counted, some do for ever.
 */
static inline void node_add_alias(struct node *node)
{
	if (node->aliases < (1U << NODE_ALIAS_BITS) - 1)
		node->aliases++;
}

static inline void node_drop_alias(struct node *node)
{
	if (node->aliases > 0 && node->aliases < (1U << NODE_ALIAS_BITS) - 1)
		node->aliases--;
}

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
 * One of 64 bits for a key, by its first letter and its length: no two fields of a container, a volume or a pod have one
 * bit. Two thirds of all look-ups are for a field that is not there, and end at the bit. Whoever gives a mapping other
 * keys must set its `keys` to 0; node_find asserts that, where sanitizers are.
 */
static inline uint64_t node_key_bit(struct str key)
{
	size_t first = key.len > 0 ? (unsigned char)key.ptr[0] : 0;

	return UINT64_C(1) << ((first + 9 * key.len) & 63);
}

/* node_find in a mapping that is no alias. */
struct node *node_find_in(const struct node *mapping, struct str key);

/*
 * The value of the last entry with `key` of a mapping, as it stands there: maybe an alias. NULL for none, and when
 * `mapping` (behind its alias) is no mapping.
 */
static inline struct node *node_find(struct node *mapping, struct str key)
{
	if (mapping && mapping->type == NODE_ALIAS)
		mapping = mapping->target;
	if (!mapping || mapping->type != NODE_MAPPING)
		return NULL;
	if (!NODE_CHECKS_KEYS && mapping->keys != 0 && !(mapping->keys & node_key_bit(key)))
		return NULL;
	return node_find_in(mapping, key);
}

/* What node_find finds, behind its alias. */
static inline struct node *node_find_resolved(struct node *mapping, struct str key)
{
	struct node *found = node_find(mapping, key);

	return found && found->type == NODE_ALIAS ? found->target : found;
}

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
