/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/change.h"

#include "yaml/shapetext.h"

#include <assert.h>
#include <string.h>

/* The line break of the line at `at`, or if that has none, of the one before. */
static const char *newline_at(struct str text, size_t at)
{
	size_t next = at + str_find(str_skip(text, at), '\n');

	if (next == text.len) {
		next = at;
		while (next > 0 && text.ptr[next - 1] != '\n')
			next--;
		if (next == 0)
			return "\n";
		next--;
	}
	return next > 0 && text.ptr[next - 1] == '\r' ? "\r\n" : "\n";
}

bool change_check(const struct change *change, struct str text, struct err *err)
{
	const struct node *node = change->node;
	size_t at = node->open;

	/* In brackets, `[a: b]` is a mapping without braces, which has no place for more entries. */
	if (change->kind != CHANGE_INSERT || node->style != STYLE_FLOW ||
	    (at > 0 && text.ptr[at - 1] == (node->type == NODE_MAPPING ? '{' : '[')))
		return true;
	return err_set_at(err, node->span.from, "a mapping without braces inside of brackets: put { } around it");
}

static void edit_removal(const struct change *change, struct str text, struct buf *out, struct edits *edits)
{
	const struct removal *removal = change->removal;
	struct node *node = change->node;
	size_t at = node->open;

	if (node->style == STYLE_FLOW) {
		shapetext_flow_children(out, node, change->rest);
		removal_flow(removal, at, buf_str(out), edits);
		return;
	}
	shapetext_block(out, node, change->rest, node->column, newline_at(text, at));
	removal_block(removal, at, buf_str(out), newline_at(text, at), edits);
	if (!node->child)
		node->style = STYLE_FLOW;
}

static void edit_insert(const struct change *change, struct str text, struct buf *out, struct edits *edits)
{
	const struct node *node = change->node, *rest = change->rest;
	size_t at = node->open, column = node->column;
	char next = at < text.len ? text.ptr[at] : '\0';

	if (node->style == STYLE_FLOW) {
		shapetext_flow_children(out, node, rest);
		if (rest)
			buf_add_char(out, ',');
		if ((rest && !strchr(" \t\r\n", next)) || next == '#')
			buf_add_char(out, ' ');
	} else {
		/* The mark of a sequence that is not indented stands behind its first dash. */
		if (node->type == NODE_SEQUENCE && next != '-') {
			assert(at > 0 && text.ptr[at - 1] == '-');
			at--;
			column--;
		}
		shapetext_block(out, node, rest, column, newline_at(text, at));
		buf_add_repeated(out, ' ', column);
	}
	edits_add(edits, (struct span){ at, at }, arena_dup(edits->arena, buf_str(out)));
}

struct span change_span(const struct change *change, struct str text)
{
	struct span span = change->span;

	/* A block scalar's span has its line break in it, and blank lines behind it. */
	span.to = span.from + str_trim_end(str_slice(text, span)).len;
	return span;
}

static void edit_replace(const struct change *change, struct str text, struct buf *out, struct edits *edits)
{
	struct span span = change_span(change, text);

	if (span.from == span.to)
		buf_add_char(out, ' ');
	if (change->kind == CHANGE_RENAME) {
		if (change->is_quoted)
			shapetext_quoted(out, change->node->value);
		else
			buf_add(out, change->node->value);
		buf_add_cstring(out, ": ");
		shapetext_flow(out, change->node->next);
	} else {
		shapetext_flow(out, change->node);
	}
	edits_add(edits, span, arena_dup(edits->arena, buf_str(out)));
}

void change_edit(const struct change *change, struct str text, struct buf *scratch, struct edits *edits)
{
	scratch->len = 0;
	if (change->removal)
		edit_removal(change, text, scratch, edits);
	else if (change->kind == CHANGE_INSERT)
		edit_insert(change, text, scratch, edits);
	else
		edit_replace(change, text, scratch, edits);
}
