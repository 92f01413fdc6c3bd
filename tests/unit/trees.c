/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/block.h"
#include "trees.h"

/* The name of the first field that differs, or NULL. */
static const char *differing_field(const struct node *a, const struct node *b)
{
	if (a->type != b->type)
		return "type";
	if (a->style != b->style)
		return "style";
	if (a->aliases != b->aliases || a->generated != b->generated || a->edited != b->edited ||
	    a->is_name != b->is_name || a->closed != b->closed)
		return "a flag";
	if (a->column != b->column)
		return "column";
	if (a->span.from != b->span.from || a->span.to != b->span.to)
		return "span";
	if (a->open != b->open)
		return "open";
	if (a->type == NODE_MAPPING && (a->keys != b->keys || a->value.len > 0 || b->value.len > 0))
		return "keys";
	if (a->type != NODE_MAPPING && (!str_equal(a->value, b->value) || !a->value.ptr != !b->value.ptr))
		return "value";
	if (!str_equal(node_anchor(a), node_anchor(b)) || !str_equal(node_tag(a), node_tag(b)) ||
	    !a->properties != !b->properties)
		return "properties";
	return NULL;
}

static struct str describe(const struct node *node, struct arena *arena)
{
	if (!node)
		return (struct str)STR("nothing");
	return arena_printf(arena, "type %d style %d column %u span %zu to %zu open %zu value '%.*s'", node->type,
			    node->style, node->column, node->span.from, node->span.to, node->open,
			    STR_ARG(node->value));
}

struct str trees_difference(const struct node *a, const struct node *b, struct arena *arena)
{
	const char *field = a && b ? differing_field(a, b) : a || b ? "existence" : NULL;
	struct str difference = { 0 };

	if (field)
		return arena_printf(arena, "%s: %s and %s", field, describe(a, arena).ptr, describe(b, arena).ptr);
	if (!a || a->type == NODE_SCALAR)
		return difference;
	if (a->type == NODE_ALIAS)
		return trees_difference(a->target, b->target, arena);
	a = a->child;
	b = b->child;
	while ((a || b) && difference.len == 0) {
		difference = trees_difference(a, b, arena);
		a = a ? a->next : NULL;
		b = b ? b->next : NULL;
	}
	return difference;
}

/* Puts the value of the entry of `whole` into the same entry of `rest`, where it is empty. */
static bool fill_in(struct node *rest, const struct node *whole, const struct node *entry)
{
	struct node *at = rest->child;

	for (const struct node *name = whole->child; at && name != entry; name = name->next->next)
		at = at->next->next;
	if (!at || at->next->type != NODE_SCALAR || at->next->value.len > 0)
		return false;
	if (!at->next->next)
		rest->span.to = whole->span.to;
	entry->next->next = at->next->next;
	at->next = entry->next;
	return true;
}

struct str trees_rest_difference(struct str text, struct arena *arena)
{
	struct str difference = { 0 };
	struct node *whole, *rest;
	size_t count = 0;

	if (!block_parse(text, arena, &whole) || whole->type != NODE_MAPPING || whole->column > 0)
		return difference;
	for (const struct node *name = whole->child; name; name = name->next->next)
		count++;
	for (size_t i = 0; i < count && difference.len == 0; i++) {
		const struct node *entry;
		struct span known;

		/* Each time anew: the values change hands. */
		if (!block_parse(text, arena, &whole))
			return arena_printf(arena, "it is not ours the second time");
		entry = whole->child;
		for (size_t k = 0; k < i; k++)
			entry = entry->next->next;
		known.from = entry->span.from;
		known.to = entry->next->next ? entry->next->next->span.from : text.len;
		if (!block_parse_rest(text, known, node_limit(text), arena, &rest))
			return arena_printf(arena, "without entry %zu it is not ours", i);
		if (!fill_in(rest, whole, entry))
			return arena_printf(arena, "entry %zu is not empty", i);
		if (!block_parse(text, arena, &whole))
			return arena_printf(arena, "it is not ours the third time");
		difference = trees_difference(rest, whole, arena);
	}
	return difference;
}
