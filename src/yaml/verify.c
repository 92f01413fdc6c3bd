/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/verify.h"

#include <stdlib.h>
#include <string.h>

#include "yaml/reader.h"

struct verifier {
	struct reader *reader;
	enum verify_extent extent;
	size_t behind_edits; /* where in the input the last edit ends */
	size_t longer;       /* how much longer the output is there; wraps around if it is shorter */
	size_t inside_edited;
	size_t changes_ahead;
	size_t base;  /* where in the output the reader's text begins */
	size_t depth; /* of open collections, those around the reader's text, too */
	bool done;
};

/* A place where a parser can begin: see VERIFY_WINDOW. */
struct start {
	const struct node *mapping, *key;
	size_t at;    /* where in the text the key stands, or what stands in front of it now */
	size_t line;  /* where that line begins */
	size_t depth; /* of the mapping */
};

/* Whoever finds nothing to go on with at the three innermost places is helped by the whole document only. */
#define STARTS 3

static bool differs(const struct event *event, const char *what, struct err *err)
{
	return err_set(err, "the edited text is not what was meant: %s differs at its byte %zu", what,
		       event->node.span.from);
}

static bool same_style(const struct node *wanted, const struct node *found, bool is_key)
{
	if (!wanted->generated)
		return wanted->style == found->style;
	/* Generated collections have the style that fits; names and keys are plain in block ones and quoted in flow. */
	if (wanted->type != NODE_SCALAR)
		return true;
	if (wanted->is_name || is_key)
		return found->style == STYLE_PLAIN || found->style == STYLE_DOUBLE_QUOTED;
	return wanted->style == found->style;
}

static bool compare_node(const struct node *wanted, const struct event *event, struct err *err)
{
	const struct node *found = &event->node;
	bool opens = wanted->type == NODE_MAPPING || wanted->type == NODE_SEQUENCE;

	if (event->type != (opens ? EVENT_OPEN : EVENT_NODE) || wanted->type != found->type)
		return differs(event, "the structure", err);
	if (!opens && !str_equal(wanted->value, found->value))
		return differs(event, wanted->type == NODE_ALIAS ? "an alias" : "a value", err);
	if (!same_style(wanted, found, event->is_key))
		return differs(event, "the style", err);
	if (!str_equal(node_anchor(wanted), node_anchor(found)) || !str_equal(node_tag(wanted), node_tag(found)))
		return differs(event, "an anchor or tag", err);
	return true;
}

/* Is everything from here on the same bytes for a parser in the same state? */
static bool is_realigned(const struct verifier *v, const struct node *wanted, const struct event *event, bool in_edited)
{
	return v->extent == VERIFY_WINDOW && v->inside_edited == in_edited && v->changes_ahead == 0 &&
	       !wanted->generated && !wanted->edited && wanted->span.from >= v->behind_edits &&
	       v->base + event->node.span.from == wanted->span.from + v->longer;
}

static bool compare(struct verifier *v, const struct node *wanted, bool in_same_place, struct err *err);

/* Is it a block mapping that has got entries in front of its first one? */
static bool has_new_front(const struct node *mapping)
{
	return mapping->edited && mapping->type == NODE_MAPPING && mapping->style == STYLE_BLOCK && mapping->child &&
	       mapping->child->generated;
}

/* The children from `child` on of a collection that has begun with `begun`. */
static bool compare_from(struct verifier *v, const struct node *wanted, const struct node *child,
			 const struct event *begun, struct err *err)
{
	/*
	 * A block mapping that has got entries in front of its first one, and begins at the old column: behind them its
	 * old keys are keys of the same mapping for a parser, at the only column that its rules look at.
	 */
	bool goes_on = has_new_front(wanted) && begun->node.column == wanted->column;

	for (bool is_key = true; child && !v->done; child = child->next, is_key = !is_key)
		if (!compare(v, child, goes_on && is_key, err))
			return false;
	return true;
}

/* The children of a collection, and its end. */
static bool compare_children(struct verifier *v, const struct node *wanted, const struct event *begun, struct err *err)
{
	struct event event;

	if (!compare_from(v, wanted, node_child(wanted), begun, err))
		return false;
	if (v->done)
		return true;
	if (!reader_next(v->reader, &event, err))
		return false;
	return event.type == EVENT_CLOSE || differs(&event, "the structure", err);
}

/* `in_same_place`: in an edited collection, and yet where a parser may be in step again. */
static bool compare(struct verifier *v, const struct node *wanted, bool in_same_place, struct err *err)
{
	bool edited = wanted->generated || wanted->edited, ok;
	struct event event;

	if (!reader_next(v->reader, &event, err))
		return false;
	if (event.type == EVENT_CLOSE || event.type == EVENT_DOCUMENT_END)
		return differs(&event, "the structure", err);
	if (!compare_node(wanted, &event, err))
		return false;
	v->changes_ahead -= wanted->edited;
	if (is_realigned(v, wanted, &event, in_same_place)) {
		v->done = true;
		return true;
	}
	if (event.type != EVENT_OPEN)
		return true;
	if (++v->depth > NODE_DEPTH)
		return differs(&event, "the depth", err);
	v->inside_edited += edited;
	ok = compare_children(v, wanted, &event, err);
	v->inside_edited -= edited;
	v->depth--;
	return ok;
}

static bool compare_document(struct verifier *v, const struct node *root, struct err *err)
{
	struct event event;

	if (!compare(v, root, false, err))
		return false;
	if (v->done)
		return true;
	if (!reader_next(v->reader, &event, err))
		return false;
	return event.type == EVENT_DOCUMENT_END || differs(&event, "the structure", err);
}

/* Where the line of the byte `at` begins, if nothing but spaces stands before it there; else `at` + 1. */
static size_t find_line(struct str text, size_t at)
{
	size_t line = at;

	while (line > 0 && text.ptr[line - 1] == ' ')
		line--;
	return line == 0 || text.ptr[line - 1] == '\n' ? line : at + 1;
}

/* The last child of a collection that stands in front of byte `at`: of a mapping, its key. NULL for none. */
static const struct node *find_child_before(const struct node *collection, size_t at)
{
	const struct node *found = NULL;

	for (const struct node *child = collection->child; child; child = child->next) {
		if (!child->generated && child->span.from < at)
			found = child;
		if (collection->type == NODE_MAPPING)
			child = child->next;
	}
	return found;
}

/* Keeps the innermost ones. */
static void add_start(struct start starts[STARTS], size_t *count, struct start start)
{
	if (*count == STARTS)
		memmove(starts, starts + 1, --*count * sizeof(*starts));
	starts[(*count)++] = start;
}

/*
 * The entries that hold the first edit, of the innermost mappings that go on behind the last one; and as the innermost of
 * all, the first entry of a mapping that the edits put in front of its others. In what is edited in another way nobody
 * gets back into step.
 */
static size_t find_starts(struct str text, const struct node *root, size_t first, size_t behind,
			  struct start starts[STARTS])
{
	const struct node *at = root;
	size_t count = 0, depth = 0;

	for (const struct node *child;
	     (at->type == NODE_MAPPING || at->type == NODE_SEQUENCE) && at->style == STYLE_BLOCK && !at->generated &&
	     !at->edited && (child = find_child_before(at, first));
	     at = child) {
		depth++;
		if (at->type == NODE_SEQUENCE)
			continue;
		if (child->type == NODE_SCALAR && !child->edited && at->span.to > behind &&
		    find_line(text, child->span.from) <= child->span.from)
			add_start(starts, &count,
				  (struct start){
					  .mapping = at,
					  .key = child,
					  .at = child->span.from,
					  .line = find_line(text, child->span.from),
					  .depth = depth,
				  });
		child = child->next;
	}
	if (has_new_front(at) && !at->generated && at->open == first && at->span.to > behind &&
	    find_line(text, first) <= first)
		add_start(starts, &count,
			  (struct start){
				  .mapping = at,
				  .key = at->child,
				  .at = first,
				  .line = find_line(text, first),
				  .depth = depth + 1,
			  });
	return count;
}

/* Compares from the entry at `start` on. False also where that does not come to an end: then nothing is known. */
static bool compare_window(struct verifier *v, const struct start *start, struct err *err)
{
	const struct node *mapping = start->mapping;
	struct event event;

	if (!reader_next(v->reader, &event, err))
		return false;
	if (event.type != EVENT_OPEN || event.node.type != NODE_MAPPING || event.node.style != STYLE_BLOCK ||
	    event.node.column != mapping->column || v->base + event.node.open != start->at)
		return differs(&event, "the structure", err);
	v->changes_ahead -= mapping->edited;
	v->inside_edited += mapping->edited;
	if (!compare_from(v, mapping, start->key, &event, err))
		return false;
	return v->done || differs(&event, "what follows", err);
}

/* Where the line behind that of the byte `at` begins: with the key of that line, mostly, the window ends. */
static size_t find_line_behind(struct str text, size_t at)
{
	return at + str_find(str_skip(text, at), '\n') + 1;
}

static bool verify_window(const struct verifier *begun, struct str output, const struct start *start,
			  struct arena *scratch)
{
	struct verifier v = *begun;
	struct err undecided;
	bool ok;

	v.base = start->line;
	v.depth = start->depth;
	v.reader = reader_new(str_skip(output, start->line), READER_STRICT, scratch);
	reader_expect_stop(v.reader, find_line_behind(output, v.behind_edits + v.longer) - start->line);
	ok = compare_window(&v, start, &undecided);
	reader_free(v.reader);
	return ok;
}

bool verify_document(const struct shape *shape, const struct edits *edits, enum verify_extent extent,
		     struct arena *scratch, struct err *err)
{
	/* Where entries are gone, all of it is read again: a window is thought through for what is put in front of others. */
	struct verifier v = { .extent = shape->was_asked_to_remove ? VERIFY_WHOLE : extent,
			      .changes_ahead = shape->count };
	struct str output = edits_apply(edits, shape->text, scratch);
	struct start starts[STARTS];
	size_t count = 0;
	bool ok;

	for (size_t i = 0; i < edits->count; i++)
		v.longer += edits->items[i].text.len - (edits->items[i].at.to - edits->items[i].at.from);
	if (edits->count > 0)
		v.behind_edits = edits->items[edits->count - 1].at.to;
	if (edits->count > 0 && v.extent == VERIFY_WINDOW)
		count = find_starts(shape->text, shape->root, edits->items[0].at.from, v.behind_edits, starts);
	while (count > 0)
		if (verify_window(&v, output, &starts[--count], scratch))
			return true;
	v.reader = reader_new(output, READER_STRICT, scratch);
	if (v.extent == VERIFY_WINDOW)
		reader_expect_stop(v.reader, 0);
	ok = compare_document(&v, shape->root, err);
	reader_free(v.reader);
	return ok;
}

static int compare_spans(const void *a, const void *b)
{
	const struct span *left = a, *right = b;

	return (left->from > right->from) - (left->from < right->from);
}

bool verify_taken(const struct shape *shape, const struct edits *edits, struct arena *scratch, struct err *err)
{
	size_t count = shape->taken_count, next = 0;
	struct span *taken = arena_array(scratch, count, sizeof(*taken));
	struct str text = shape->text;

	if (count > 0) {
		memcpy(taken, shape->taken, count * sizeof(*taken));
		qsort(taken, count, sizeof(*taken), compare_spans);
	}
	for (size_t i = 0; i < edits->count; i++)
		for (size_t at = edits->items[i].at.from; at < edits->items[i].at.to; at++) {
			while (next < count && taken[next].to <= at)
				next++;
			if ((next == count || at < taken[next].from) && !strchr(" \t\r\n,", text.ptr[at]))
				return err_set(err, "the edits take out more than was meant, at byte %zu", at);
		}
	return true;
}
