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
	return *node && blockword_can_begin(b, b->at) && blockword_value(b, indent, *node);
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
		/* Most values. */
		return str_is_alphanumeric(*at) ? read_plain_value(b, column, node) : read_value(b, column, node);
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

/* A key can't be longer. */
static inline enum blockword_end check_key(const struct block_text *b, const char *from, enum blockword_end end)
{
	return end == BLOCKWORD_KEY_END && b->at - from > BLOCKWORD_KEY ? BLOCKWORD_ODD : end;
}

static enum blockword_end read_quoted_or_odd(struct block_text *b, struct node *scalar)
{
	const char *from = b->at;
	enum blockword_end end;

	if (*from == '"' || *from == '\'') {
		if (!blockword_quoted(b, scalar))
			return BLOCKWORD_ODD;
		end = b->at < b->end && *b->at == ':' && blocktext_is_gap(b, b->at + 1) ? BLOCKWORD_KEY_END
											: BLOCKWORD_LINE;
		return check_key(b, from, end);
	}
	if (!blockword_can_begin(b, from))
		return BLOCKWORD_ODD;
	end = blockword_plain(b, scalar);
	if (end == BLOCKWORD_KEY_END && str_equal(scalar->value, (struct str)STR("<<")))
		return BLOCKWORD_ODD;
	return check_key(b, from, end);
}

/* Reads text that may be a key: at BLOCKWORD_KEY_END it is, and b->at is at its colon. */
static inline enum blockword_end read_key_or_text(struct block_text *b, struct node *scalar)
{
	const char *from = b->at;

	/* Nearly all are plain and begin so. */
	return str_is_alphanumeric(*from) ? check_key(b, from, blockword_plain(b, scalar))
					  : read_quoted_or_odd(b, scalar);
}

/* The value of a key at `column`, but of the entry that the caller knows: that one is passed over. */
static inline bool read_unknown_value(struct block_text *b, ptrdiff_t column, struct node *key)
{
	if (column > 0 || b->start + key->span.from != b->known)
		return read_entry_value(b, column, &key->next);
	return add_empty(b, b->at + 1, &key->next) && blocktext_enter(b, b->behind_known, b->behind_known);
}

/* A mapping at b->column whose first key has been read up to its colon. */
static bool read_mapping(struct block_text *b, ptrdiff_t column, struct node *first, struct node *node)
{
	struct node *key = first;
	uint64_t twins = 0;

	node->child = first;
	for (;;) {
		uint64_t bit = node_key_bit(key->value);

		twins |= node->keys & bit;
		node->keys |= bit;
		if (!read_unknown_value(b, column, key))
			return false;
		if (b->column != column)
			break;
		key->next->next = blocktext_node(b, NODE_SCALAR, b->at);
		key = key->next->next;
		if (!key || read_key_or_text(b, key) != BLOCKWORD_KEY_END)
			return false;
	}
	node->has_no_twins = twins == 0;
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
	if (*from == '|' || *from == '>' || *from == '[' || *from == '{')
		return indent >= 0 && read_value(b, indent, node);
	scalar = blocktext_node(b, NODE_SCALAR, from);
	end = scalar ? read_key_or_text(b, scalar) : BLOCKWORD_ODD;
	if (end == BLOCKWORD_ODD)
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

/* Goes through a text that blocktext_begin has begun. */
static bool parse(struct block_text *b, struct node **root)
{
	struct node *read = NULL;

	if (b->column == BLOCKTEXT_END || !read_node(b, BLOCKTEXT_END, &read) || b->column != BLOCKTEXT_END)
		return false;
	*root = read;
	return true;
}

bool block_parse_rest(struct str text, struct span known, size_t limit, struct arena *arena, struct node **root)
{
	struct block_text b;

	if (!blocktext_begin(&b, text, limit, arena))
		return false;
	if (known.from < known.to) {
		b.known = b.start + known.from;
		b.behind_known = b.start + known.to;
	}
	return parse(&b, root);
}

bool block_parse(struct str text, struct arena *arena, struct node **root)
{
	struct block_text b;

	return blocktext_begin(&b, text, node_limit(text), arena) && parse(&b, root);
}
