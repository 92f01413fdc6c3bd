/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/node.h"

#include <assert.h>

/* How many nodes any document may have, and how many bytes of it give it one more. */
#define NODE_ALLOWANCE 200000
#define NODE_BYTES 8

size_t node_limit(struct str text)
{
	return NODE_ALLOWANCE + text.len / NODE_BYTES;
}

struct str node_keep_value(const struct node *node, struct str text, struct arena *arena)
{
	struct str value = node->value;

	if (value.len == 0)
		return (struct str){ 0 };
	if ((uintptr_t)value.ptr >= (uintptr_t)text.ptr && (uintptr_t)value.ptr < (uintptr_t)text.ptr + text.len)
		return value;
	for (size_t from = node->span.from; from < node->span.from + 2; from++) /* plain, or behind a quote */
		if (from + value.len <= text.len && from + value.len <= node->span.to &&
		    memcmp(text.ptr + from, value.ptr, value.len) == 0)
			return (struct str){ text.ptr + from, value.len };
	return arena_dup(arena, value);
}

const struct properties *node_keep_properties(const struct node *node, struct arena *arena)
{
	const struct properties *seen = node->properties;
	struct properties *properties;

	if (!seen)
		return NULL;
	properties = ARENA_NEW(arena, struct properties);
	properties->anchor = seen->anchor.len > 0 ? arena_dup(arena, seen->anchor) : (struct str){ 0 };
	properties->tag = seen->tag.len > 0 ? arena_dup(arena, seen->tag) : (struct str){ 0 };
	return properties;
}

struct node *node_resolve(struct node *node)
{
	/* An alias' target is never an alias itself: `&a *b` is no YAML. */
	return node && node->type == NODE_ALIAS ? node->target : node;
}

struct node *node_items(struct node *sequence)
{
	sequence = node_resolve(sequence);
	return sequence && sequence->type == NODE_SEQUENCE ? sequence->child : NULL;
}

bool node_is_mapping(struct node *node)
{
	node = node_resolve(node);
	return node && node->type == NODE_MAPPING;
}

struct node *node_find_in(const struct node *mapping, struct str key)
{
	bool has_twins = !mapping->has_no_twins || mapping->keys == 0;
	struct node *found = NULL;

	for (struct node *at = mapping->child; at; at = at->next->next) {
		const struct node *name = at->type == NODE_ALIAS ? at->target : at;

		/* Most keys differ in their first letter or their length. */
		if (name->value.len != key.len || name->type != NODE_SCALAR ||
		    (key.len > 0 && (name->value.ptr[0] != key.ptr[0] || !str_equal_word(name->value, key))))
			continue;
		if (!has_twins && !NODE_CHECKS_KEYS)
			return at->next;
		assert(has_twins || !found);
		found = at->next;
	}
	assert(!found || mapping->keys == 0 || (mapping->keys & node_key_bit(key)));
	return found;
}
