/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/block.h"

#include "yaml/blockflow.h"
#include "yaml/blockscalar.h"
#include "yaml/blockword.h"

/*
 * Everything below begins at b->at and ends at the next content behind what it has read, with its column in b->column.
 * `indent` is the column of the innermost block collection around: what belongs to it is further to the right.
 */
static bool read_node(struct block_text *b, ptrdiff_t indent, struct node **node);

static struct node *open_collection(struct block_text *b, enum node_type type, const char *at)
{
	struct node *node = b->depth < NODE_DEPTH ? blocktext_node(b, type, at) : NULL;

	if (!node)
		return NULL;
	b->depth++;
	node->style = STYLE_BLOCK;
	node->open = node->span.from;
	node->column = (unsigned)(at - b->line);
	return node;
}

static void close_collection(struct block_text *b, struct node *node, const struct node *last)
{
	b->depth--;
	node->span.to = last->span.to;
}

static bool add_empty(struct block_text *b, const char *at, struct node **node)
{
	*node = blocktext_node(b, NODE_SCALAR, at);
	return *node;
}

/* The items at `column`; `node` is the new sequence. Its first dash stands at b->at. */
static bool read_items(struct block_text *b, ptrdiff_t column, struct node *node)
{
	struct node **link = &node->child, *last;

	do {
		const char *dash = b->at;

		b->at = blocktext_skip_spaces(dash + 1, b->end);
		if (b->at < b->end && *b->at != '\n' && *b->at != '#') {
			/* Its first line is the dash's. */
			b->column = b->at - b->line;
		} else {
			b->at = dash + 1;
			if (!blocktext_finish_line(b))
				return false;
		}
		if (b->column > column ? !read_node(b, column, link) : !add_empty(b, dash + 1, link))
			return false;
		last = *link;
		link = &last->next;
	} while (b->column == column && blocktext_is_dash(b, b->at));
	close_collection(b, node, last);
	return b->column <= column;
}

/* A sequence that is indented: nothing else can stand at its column. */
static bool read_sequence(struct block_text *b, struct node **node)
{
	ptrdiff_t column = b->column;

	*node = open_collection(b, NODE_SEQUENCE, b->at);
	return *node && read_items(b, column, *node) && b->column < column;
}

/* One whose dashes stand below the mapping's key. For libyaml it is open behind its first dash. */
static bool read_indentless(struct block_text *b, struct node **node)
{
	*node = open_collection(b, NODE_SEQUENCE, b->at);
	if (!*node)
		return false;
	(*node)->open++;
	(*node)->column++;
	return read_items(b, b->column, *node);
}

static bool read_quoted_value(struct block_text *b, struct node **node)
{
	*node = blocktext_node(b, NODE_SCALAR, b->at);
	return *node && blockword_quoted(b, *node) && blocktext_finish_line(b);
}

static bool read_plain_value(struct block_text *b, ptrdiff_t indent, struct node **node)
{
	*node = blocktext_node(b, NODE_SCALAR, b->at);
	return *node && blockword_can_begin(b, b->at) && blockword_more(b, blockword_plain(b, *node), indent, *node);
}

/* A value on the line of its key: no block collection. */
static bool read_value(struct block_text *b, ptrdiff_t indent, struct node **node)
{
	switch (*b->at) {
	case '"':
	case '\'':
		return read_quoted_value(b, node);
	case '|':
	case '>':
		*node = blocktext_node(b, NODE_SCALAR, b->at);
		return *node && blockscalar_read(b, indent, *node);
	case '[':
	case '{':
		return blockflow_read(b, node) && blocktext_finish_line(b);
	default:
		return read_plain_value(b, indent, node);
	}
}

/* What stands behind the colon at b->at, of a key in a mapping at `column`. */
static bool read_entry_value(struct block_text *b, ptrdiff_t column, struct node **node)
{
	const char *behind = b->at + 1, *at = blocktext_skip_spaces(behind, b->end);

	if (at < b->end && *at != '\n' && *at != '#') {
		b->at = at;
		return read_value(b, column, node);
	}
	b->at = behind;
	if (!blocktext_finish_line(b))
		return false;
	if (b->column > column)
		return read_node(b, column, node);
	if (b->column == column && blocktext_is_dash(b, b->at))
		return read_indentless(b, node);
	return add_empty(b, behind, node);
}

/* Reads text that may be a key; `*is_key` says whether it is: then b->at is at its colon. */
static bool read_key_or_text(struct block_text *b, struct node *scalar, enum blockword_end *end)
{
	const char *from = b->at;

	if (*from == '"' || *from == '\'') {
		if (!blockword_quoted(b, scalar))
			return false;
		*end = b->at < b->end && *b->at == ':' && blocktext_is_gap(b, b->at + 1) ? BLOCKWORD_KEY_END
											 : BLOCKWORD_LINE;
	} else {
		if (!blockword_can_begin(b, from))
			return false;
		*end = blockword_plain(b, scalar);
	}
	if (*end != BLOCKWORD_KEY_END)
		return *end != BLOCKWORD_ODD;
	return b->at - from <= BLOCKWORD_KEY &&
	       !(scalar->style == STYLE_PLAIN && str_equal(scalar->value, (struct str)STR("<<")));
}

/* A mapping at b->column whose first key has been read up to its colon. */
static bool read_mapping(struct block_text *b, ptrdiff_t column, struct node *first, struct node *node)
{
	struct node *key = first;

	node->child = first;
	for (;;) {
		enum blockword_end end;

		node->keys |= node_key_bit(key->value);
		if (!read_entry_value(b, column, &key->next))
			return false;
		if (b->column != column)
			break;
		key->next->next = blocktext_node(b, NODE_SCALAR, b->at);
		key = key->next->next;
		if (!key || !read_key_or_text(b, key, &end) || end != BLOCKWORD_KEY_END)
			return false;
	}
	close_collection(b, node, key->next);
	return b->column < column;
}

static bool read_node(struct block_text *b, ptrdiff_t indent, struct node **node)
{
	const char *from = b->at;
	ptrdiff_t column = b->column;
	enum blockword_end end;
	struct node *scalar;

	if (blocktext_is_dash(b, from))
		return read_sequence(b, node);
	if (strchr("|>[{", *from))
		return indent >= 0 && read_value(b, indent, node);
	scalar = blocktext_node(b, NODE_SCALAR, from);
	if (!scalar || !read_key_or_text(b, scalar, &end))
		return false;
	if (end == BLOCKWORD_KEY_END) {
		*node = open_collection(b, NODE_MAPPING, from);
		return *node && read_mapping(b, column, scalar, *node);
	}
	*node = scalar;
	if (indent < 0)
		return false;
	return scalar->style == STYLE_PLAIN ? blockword_more(b, end, indent, scalar) : blocktext_finish_line(b);
}

bool block_parse_few(struct str text, size_t limit, struct arena *arena, struct node **root)
{
	struct node *read = NULL;
	struct block_text b;

	if (!blocktext_begin(&b, text, limit, arena) || b.column == BLOCKTEXT_END ||
	    !read_node(&b, BLOCKTEXT_END, &read) || b.column != BLOCKTEXT_END)
		return false;
	*root = read;
	return true;
}

bool block_parse(struct str text, struct arena *arena, struct node **root)
{
	return block_parse_few(text, node_limit(text), arena, root);
}
