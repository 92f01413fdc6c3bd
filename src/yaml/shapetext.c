/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/shapetext.h"

#include <assert.h>

static void render_code_point(struct buf *out, unsigned long c)
{
	if (c == '"' || c == '\\')
		buf_printf(out, "\\%c", (char)c);
	else if (c <= 0xff)
		buf_printf(out, "\\x%02lX", c);
	else if (c <= 0xffff)
		buf_printf(out, "\\u%04lX", c);
	else
		buf_printf(out, "\\U%08lX", c);
}

/* How many bytes at the start of `text` stand for themselves between double quotes: all of them, in a stamp. */
static size_t count_unquoted(struct str text)
{
	size_t n = 0;

	while (n < text.len && text.ptr[n] >= 0x20 && text.ptr[n] < 0x7f && text.ptr[n] != '"' && text.ptr[n] != '\\')
		n++;
	return n;
}

void shapetext_quoted(struct buf *out, struct str value)
{
	size_t i = count_unquoted(value);

	buf_add_char(out, '"');
	buf_add(out, (struct str){ value.ptr, i });
	while (i < value.len) {
		unsigned char byte = (unsigned char)value.ptr[i];
		size_t length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
		unsigned long c = length == 1 ? byte : byte & (0x7fu >> length);

		for (size_t k = 1; k < length && i + k < value.len; k++)
			c = c << 6 | ((unsigned char)value.ptr[i + k] & 0x3f);
		if (c < 0x7f && count_unquoted((struct str){ value.ptr + i, 1 }) == 1)
			buf_add_char(out, (char)c);
		else
			render_code_point(out, c);
		i += length;
	}
	buf_add_char(out, '"');
}

void shapetext_flow(struct buf *out, const struct node *node)
{
	switch (node->type) {
	case NODE_SCALAR:
		if (node->style == STYLE_PLAIN)
			buf_add(out, node->value);
		else
			shapetext_quoted(out, node->value);
		return;
	case NODE_MAPPING:
	case NODE_SEQUENCE:
		buf_add_char(out, node->type == NODE_MAPPING ? '{' : '[');
		shapetext_flow_children(out, node, NULL);
		buf_add_char(out, node->type == NODE_MAPPING ? '}' : ']');
		return;
	case NODE_ALIAS:
		break;
	}
	assert(!"a generated node is no alias");
}

void shapetext_flow_children(struct buf *out, const struct node *collection, const struct node *stop)
{
	for (const struct node *child = collection->child; child != stop; child = child->next) {
		if (child != collection->child)
			buf_add_cstring(out, ", ");
		shapetext_flow(out, child);
		if (collection->type == NODE_MAPPING) {
			child = child->next;
			buf_add_cstring(out, ": ");
			shapetext_flow(out, child);
		}
	}
}

void shapetext_block(struct buf *out, const struct node *collection, const struct node *stop, size_t indent,
		     const char *newline)
{
	for (const struct node *child = collection->child; child != stop; child = child->next) {
		if (child != collection->child)
			buf_add_repeated(out, ' ', indent);
		if (collection->type == NODE_SEQUENCE) {
			buf_add_cstring(out, "- ");
			shapetext_block(out, child, NULL, indent + 2, newline);
			continue;
		}
		assert(child->is_name);
		buf_add(out, child->value);
		buf_add_char(out, ':');
		child = child->next;
		if (child->type == NODE_SCALAR) {
			buf_add_char(out, ' ');
			if (child->is_name)
				buf_add(out, child->value);
			else
				shapetext_flow(out, child);
			buf_add_cstring(out, newline);
		} else {
			buf_add_cstring(out, newline);
			buf_add_repeated(out, ' ', indent + 2);
			shapetext_block(out, child, NULL, indent + 2, newline);
		}
	}
}
