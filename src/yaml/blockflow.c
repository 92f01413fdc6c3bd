/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/blockflow.h"

#include "yaml/blockword.h"

/* Bytes of a word that mean nothing but themselves in brackets, wherever they stand in it. */
static bool is_word_byte(char c)
{
	return str_is_alphanumeric(c) || (unsigned char)c >= 0x80 || (c && strchr("_./+=~$^();", c));
}

/* Goes over a word: words with spaces between them, a dash or star inside, a colon inside that something follows. */
static bool read_word(struct block_text *b, struct node *scalar)
{
	const char *from = b->at, *to = from, *at = from;

	while (at < b->end) {
		if (is_word_byte(*at))
			to = ++at;
		else if (*at == ' ')
			at++;
		else if (at > from && strchr("-*%@&!>|", *at) && *at && to == at)
			to = ++at;
		else if (*at == ':' && at > from && to == at && b->end - at > 1 && is_word_byte(at[1]))
			to = ++at;
		else if (*at == '-' && b->end - at > 1 && str_is_alphanumeric(at[1]))
			to = ++at;
		else
			break;
	}
	if (to == from)
		return false;
	scalar->span.to = blocktext_offset(b, to);
	scalar->value = (struct str){ .ptr = from, .len = (size_t)(to - from) };
	b->at = to;
	return true;
}

static bool read_scalar(struct block_text *b, struct node **scalar)
{
	if (b->at == b->end)
		return false;
	*scalar = blocktext_node(b, NODE_SCALAR, b->at);
	if (!*scalar)
		return false;
	return *b->at == '"' || *b->at == '\'' ? blockword_quoted(b, *scalar) : read_word(b, *scalar);
}

static bool read_node(struct block_text *b, struct node **node)
{
	if (b->at < b->end && (*b->at == '[' || *b->at == '{'))
		return blockflow_read(b, node);
	return read_scalar(b, node);
}

/* A key and the space behind its colon. */
static bool read_key(struct block_text *b, struct node **key)
{
	const char *from = b->at;

	if (!read_scalar(b, key) || b->at - from > BLOCKWORD_KEY || b->end - b->at < 2 || b->at[0] != ':' ||
	    b->at[1] != ' ')
		return false;
	b->at = blocktext_skip_spaces(b->at + 1, b->end);
	return true;
}

/* Code points between the start of the line and `at`. */
static unsigned column_of(const struct block_text *b, const char *at)
{
	unsigned column = 0;

	if (b->is_ascii)
		return (unsigned)(at - b->line);
	for (const char *p = b->line; p < at; p++)
		column += ((unsigned char)*p & 0xc0) != 0x80;
	return column;
}

static bool read_entries(struct block_text *b, struct node *collection, char closing)
{
	struct node **link = &collection->child;

	for (;;) {
		if (collection->type == NODE_MAPPING) {
			if (!read_key(b, link))
				return false;
			collection->keys |= node_key_bit((*link)->value);
			link = &(*link)->next;
		}
		if (!read_node(b, link))
			return false;
		link = &(*link)->next;
		b->at = blocktext_skip_spaces(b->at, b->end);
		if (b->at == b->end)
			return false;
		if (*b->at == closing)
			return true;
		if (*b->at != ',')
			return false;
		b->at = blocktext_skip_spaces(b->at + 1, b->end);
	}
}

/* Recursion is bounded by NODE_DEPTH. */
bool blockflow_read(struct block_text *b, struct node **collection)
{
	bool is_mapping = *b->at == '{';
	char closing = is_mapping ? '}' : ']';
	struct node *node = blocktext_node(b, is_mapping ? NODE_MAPPING : NODE_SEQUENCE, b->at);

	if (!node || b->depth == NODE_DEPTH)
		return false;
	b->depth++;
	b->at++;
	node->style = STYLE_FLOW;
	node->open = blocktext_offset(b, b->at);
	node->column = column_of(b, b->at);
	b->at = blocktext_skip_spaces(b->at, b->end);
	if (b->at == b->end || (*b->at != closing && !read_entries(b, node, closing)))
		return false;
	b->at++;
	b->depth--;
	node->span.to = blocktext_offset(b, b->at);
	*collection = node;
	return true;
}
