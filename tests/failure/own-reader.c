/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own-reader: stands in for block_parse and block_parse_rest (ld's --wrap). Without them everything is read by libyaml, and
 * where they read wrong, libyaml is asked; so the program must do the same as ever.
 *
 * ROLLSTAMP_BLOCK says what becomes of the trees: open (where entries can be put in front, by a byte), column (of
 * collections, by one), span (scalars end a byte too early), shift (everything stands a byte too far). Without it, nothing
 * is block's.
 */
#include "yaml/block.h"

#include <stdlib.h>

bool __real_block_parse(struct str text, struct arena *arena, struct node **root);
bool __wrap_block_parse(struct str text, struct arena *arena, struct node **root);
bool __real_block_parse_rest(struct str text, struct span known, size_t limit, struct arena *arena, struct node **root);
bool __wrap_block_parse_rest(struct str text, struct span known, size_t limit, struct arena *arena, struct node **root);

static bool is_collection(const struct node *node)
{
	return node->type == NODE_MAPPING || node->type == NODE_SEQUENCE;
}

static void damage(struct node *node, struct str mutation)
{
	if (is_collection(node)) {
		node->open += str_is(mutation, "open") || str_is(mutation, "shift");
		node->column += str_is(mutation, "column");
	} else if (str_is(mutation, "span") && node->span.to > node->span.from) {
		node->span.to--;
	}
	if (str_is(mutation, "shift")) {
		node->span.from++;
		node->span.to++;
	}
	for (struct node *child = node_child(node); child; child = child->next)
		damage(child, mutation);
}

bool __wrap_block_parse(struct str text, struct arena *arena, struct node **root)
{
	struct str mutation = str_from(getenv("ROLLSTAMP_BLOCK"));

	if (mutation.len == 0 || !__real_block_parse(text, arena, root))
		return false;
	damage(*root, mutation);
	return true;
}

/* Nothing is edited by such a tree, so it is never wrong on purpose. */
bool __wrap_block_parse_rest(struct str text, struct span known, size_t limit, struct arena *arena, struct node **root)
{
	return getenv("ROLLSTAMP_BLOCK") && __real_block_parse_rest(text, known, limit, arena, root);
}
