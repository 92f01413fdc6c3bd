/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/shape.h"

#include "yaml/change.h"
#include "yaml/scalar.h"

#include <assert.h>
#include <string.h>

/* A copy in place of an alias: more than this is a bomb, or nothing that anybody wants to read on one line. */
#define COPY_LIMIT 100000

/* Levels that a stamp adds below the place where it is put. */
#define PAYLOAD_DEPTH 3

/* What an alias was before it was written out. */
struct shape_undo {
	struct node *node;
	struct node was;
};

void shape_init(struct shape *shape, struct str text, struct node *root, struct arena *arena)
{
	*shape = (struct shape){
		.arena = arena,
		.text = text,
		.root = root,
		.scope = { 0, text.len },
		.words = { "the stamp", ", or leave the workload alone with --ignore" },
	};
}

void shape_enter(struct shape *shape, struct span scope)
{
	shape->scope = scope;
}

static struct node *new_node(struct shape *shape, enum node_type type, enum node_style style)
{
	struct node *node = ARENA_NEW(shape->arena, struct node);

	node->type = type;
	node->style = style;
	node->generated = true;
	return node;
}

struct node *shape_new_mapping(struct shape *shape)
{
	return new_node(shape, NODE_MAPPING, STYLE_FLOW);
}

struct node *shape_new_sequence(struct shape *shape)
{
	return new_node(shape, NODE_SEQUENCE, STYLE_FLOW);
}

struct node *shape_new_scalar(struct shape *shape, struct str value)
{
	struct node *node = new_node(shape, NODE_SCALAR, STYLE_DOUBLE_QUOTED);

	node->value = value;
	return node;
}

struct node *shape_new_name(struct shape *shape, struct str name)
{
	struct node *node = shape_new_scalar(shape, name);

	node->is_name = true;
	return node;
}

void shape_append(struct node *collection, struct node *child)
{
	struct node **link = &collection->child;

	while (*link)
		link = &(*link)->next;
	*link = child;
}

static struct change *add_change(struct shape *shape, enum change_kind kind, struct node *node)
{
	struct change *change;

	shape->changes = arena_grow(shape->arena, shape->changes, shape->count, &shape->room, sizeof(*shape->changes));
	change = &shape->changes[shape->count++];
	*change = (struct change){ .kind = kind, .node = node, .span = node->span };
	node->edited = true;
	return change;
}

/* YAML 1.2, 7.4.2: a key on one line has at most 1024 characters, and 6 is what one can take in quotes. */
static bool check_key(const struct node *key, struct err *err)
{
	return (key->type == NODE_SCALAR && key->value.len <= 1000 / 6) ||
	       err_set(err,
		       "the alias stands for something with a long key, or one that is no scalar: write out what it refers to");
}

/* A deep copy without anchors and aliases, with everything in it that flow text can say. */
static bool copy_node(struct shape *shape, struct node *from, size_t depth, struct node **to, struct err *err)
{
	struct node *copy, **link;
	bool is_key;

	from = node_resolve(from);
	if (from->span.from < shape->scope.from || from->span.to > shape->scope.to)
		return err_set(err, "it refers to something outside of this object: write that out");
	if (depth >= NODE_DEPTH)
		return err_set(err, "what the alias stands for would be nested more than %d levels deep here",
			       NODE_DEPTH);
	if (++shape->copied > COPY_LIMIT)
		return err_set(
			err,
			"written out, the aliases of this document are more than %d nodes: write out what they refer to",
			COPY_LIMIT);
	if (node_tag(from).len > 0 && !str_is(node_tag(from), "tag:yaml.org,2002:str") &&
	    !str_is(node_tag(from), "tag:yaml.org,2002:null") && !str_is(node_tag(from), "!"))
		return err_set(err, "the alias stands for a node with the tag %.*s: write out what it refers to",
			       STR_ARG(node_tag(from)));
	copy = new_node(shape, from->type, from->type == NODE_SCALAR ? STYLE_DOUBLE_QUOTED : STYLE_FLOW);
	if (from->type == NODE_SCALAR)
		copy->value = from->value;
	if (scalar_is_null(from)) {
		copy->style = STYLE_PLAIN;
		if (copy->value.len == 0 || node_tag(from).len > 0)
			copy->value = str_from("null");
	} else if (from->type == NODE_SCALAR && from->style == STYLE_PLAIN && node_tag(from).len == 0 &&
		   scalar_is_typed(from->value)) {
		copy->style = STYLE_PLAIN;
	}
	link = &copy->child;
	is_key = true;
	for (struct node *child = from->child; child; child = child->next) {
		if (!copy_node(shape, child, depth + 1, link, err))
			return false;
		if (from->type == NODE_MAPPING && is_key && !check_key(*link, err))
			return false;
		is_key = !is_key;
		link = &(*link)->next;
	}
	*to = copy;
	return true;
}

static void remember(struct shape *shape, struct node *alias)
{
	shape->undo = arena_grow(shape->arena, shape->undo, shape->undo_count, &shape->undo_room, sizeof(*shape->undo));
	shape->undo[shape->undo_count++] = (struct shape_undo){ .node = alias, .was = *alias };
}

/* Begins a call. Returns what revert has to know. */
static size_t begin(struct shape *shape)
{
	shape->undo_count = 0;
	return shape->count;
}

/* Takes back what a call has done before it failed: it has written out aliases. Always false. */
static bool revert(struct shape *shape, size_t changes)
{
	while (shape->undo_count > 0) {
		const struct shape_undo *undo = &shape->undo[--shape->undo_count];

		*undo->node = undo->was;
		node_add_alias(node_resolve(undo->node));
	}
	shape->count = changes;
	shape->has_refused = true;
	return false;
}

/* Makes the alias `node` the mapping, sequence or scalar that it stands for. */
static bool replace_alias(struct shape *shape, struct node *node, size_t depth, struct err *err)
{
	struct node *next = node->next, *copy;
	struct span span = node->span;
	bool generated = node->generated;

	if (!copy_node(shape, node, depth, &copy, err)) {
		err->at = span.from;
		return err_prefix(err, "an alias stands on the way to %s", shape->words.what);
	}
	remember(shape, node);
	node_drop_alias(node_resolve(node));
	*node = *copy;
	node->next = next;
	node->span = span;
	if (!generated)
		add_change(shape, CHANGE_REPLACE, node);
	return true;
}

/* What is edited must not be part of what an alias elsewhere repeats. */
static bool check_not_shared(const struct shape *shape, const struct node *node, struct err *err)
{
	if (node_anchor(node).len == 0 || node->aliases == 0)
		return true;
	return err_set_at(err, node->span.from,
			  "%s would go into &%.*s, which an alias repeats elsewhere: write that alias out%s",
			  shape->words.what, STR_ARG(node_anchor(node)), shape->words.way_out);
}

/* The child that step `i` of a path leads to. */
static struct node *child_at(struct shape *shape, struct node *parent, const struct step *path, size_t i)
{
	struct shape_visit *last = &shape->visits[i % SHAPE_VISITS];
	struct node *item = parent->type == NODE_SEQUENCE ? parent->child : NULL;
	size_t index = 0;

	if (path[i].key.ptr)
		return node_find(parent, path[i].key);
	/* Items are asked for in ascending order: counting from the first one each time would take the square. */
	if (last->parent == parent && last->first == parent->child && last->index <= path[i].index) {
		item = last->item;
		index = last->index;
	}
	for (; item && index < path[i].index; index++)
		item = item->next;
	if (item)
		*last = (struct shape_visit){ .parent = parent, .first = parent->child, .item = item, .index = index };
	return item;
}

/*
 * Goes down `path` as far as there are nodes: `*node` is the last one and `*walked` the number of steps that led there.
 * Nodes on the way are no aliases any more.
 */
static bool walk(struct shape *shape, const struct step *path, size_t count, struct node **node, size_t *walked,
		 struct err *err)
{
	struct node *at = shape->root;
	size_t i = 0;

	for (;;) {
		struct node *child;

		if (at->type == NODE_ALIAS && !replace_alias(shape, at, i, err))
			return false;
		if (!check_not_shared(shape, at, err))
			return false;
		if (i == count)
			break;
		child = child_at(shape, at, path, i);
		if (!child)
			break;
		at = child;
		i++;
	}
	*node = at;
	*walked = i;
	return true;
}

/* A value in a flow mapping that is not there at all has no place where text could stand. */
static bool check_has_place(const struct shape *shape, const struct node *node, const char *instead, struct err *err)
{
	struct span span = node->span;

	if (node->generated || str_trim_end(str_slice(shape->text, span)).len > 0 ||
	    (span.from > 0 && shape->text.ptr[span.from - 1] == ':'))
		return true;
	return err_set_at(err, span.from, "a value is missing here: write %s", instead);
}

/* Makes null the collection that is wanted there. */
static bool fill_null(struct shape *shape, struct node *node, enum node_type type, struct err *err)
{
	if (node_anchor(node).len > 0)
		return err_set_at(err, node->span.from, "the empty value has the anchor &%.*s: write {} instead of it",
				  STR_ARG(node_anchor(node)));
	if (!check_has_place(shape, node, "{} (or [] for a list)", err))
		return false;
	if (!node->generated)
		add_change(shape, CHANGE_REPLACE, node);
	node->generated = true;
	node->type = type;
	node->style = STYLE_FLOW;
	node->value = (struct str){ 0 };
	node->properties = NULL;
	return true;
}

static bool insert(struct shape *shape, const struct step *path, size_t count, struct node *payload, struct err *err)
{
	enum node_type type = payload->type;
	struct node *at, *first, *last;
	size_t walked;

	if (!walk(shape, path, count, &at, &walked, err))
		return false;
	if (walked < count)
		type = NODE_MAPPING;
	if (at->type != type && !scalar_is_null(at)) {
		struct str name = walked > 0 && path[walked - 1].key.ptr ? path[walked - 1].key : str_from("this");

		return err_set_at(err, at->span.from, "%.*s is not a %s, so %s can't be put there", STR_ARG(name),
				  type == NODE_MAPPING ? "mapping" : "sequence", shape->words.what);
	}
	if (count + PAYLOAD_DEPTH > NODE_DEPTH)
		return err_set_at(err, at->span.from, "nested too deep for %s to be put there", shape->words.what);
	/* The last that can fail: what it does is not taken back. */
	if (scalar_is_null(at) && !fill_null(shape, at, type, err))
		return false;
	while (count > walked) {
		struct node *outer = shape_new_mapping(shape);

		count--;
		assert(path[count].key.ptr);
		shape_append(outer, shape_new_name(shape, path[count].key));
		shape_append(outer, payload);
		payload = outer;
	}
	first = last = payload->child;
	if (!first)
		return true;
	if (!at->generated && !at->edited)
		add_change(shape, CHANGE_INSERT, at)->rest = at->child;
	while (last->next)
		last = last->next;
	last->next = at->child;
	at->child = first;
	at->keys = 0;
	return true;
}

bool shape_insert(struct shape *shape, const struct step *path, size_t count, struct node *payload, struct err *err)
{
	size_t changes = begin(shape);

	return insert(shape, path, count, payload, err) || revert(shape, changes);
}

static void become_string(struct node *node, struct str value)
{
	node->type = NODE_SCALAR;
	node->style = STYLE_DOUBLE_QUOTED;
	node->value = value;
	node->properties = NULL;
	node->child = NULL;
	node->generated = true;
}

/* Is there an anchor in it that an alias needs? */
static bool has_shared(const struct node *node)
{
	if (node_anchor(node).len > 0 && node->aliases > 0)
		return true;
	for (const struct node *child = node_child(node); child; child = child->next)
		if (has_shared(child))
			return true;
	return false;
}

static bool check_replaceable(const struct shape *shape, const struct node *node, struct err *err)
{
	if (node_anchor(node).len == 0 && !has_shared(node))
		return true;
	return err_set_at(err, node->span.from,
			  "the value that %s must replace has an anchor: remove the anchor, and write its aliases out",
			  shape->words.what);
}

/* One line of text can't always stand where a block collection has stood. */
static bool check_is_scalar(const struct shape *shape, const struct node *node, struct err *err)
{
	return node->type == NODE_SCALAR ||
	       err_set_at(err, node->span.from,
			  "the value that %s must replace is a %s, which the API server refuses: remove it",
			  shape->words.what, node->type == NODE_MAPPING ? "mapping" : "sequence");
}

static bool set(struct shape *shape, const struct step *path, size_t count, struct str value, struct err *err)
{
	struct node *node;
	size_t walked;

	if (!walk(shape, path, count, &node, &walked, err))
		return false;
	assert(walked == count);
	if (!check_is_scalar(shape, node, err) || !check_replaceable(shape, node, err) ||
	    !check_has_place(shape, node, "null", err))
		return false;
	if (!node->generated)
		add_change(shape, CHANGE_REPLACE, node);
	become_string(node, value);
	return true;
}

bool shape_set(struct shape *shape, const struct step *path, size_t count, struct str value, struct err *err)
{
	size_t changes = begin(shape);

	return set(shape, path, count, value, err) || revert(shape, changes);
}

/* The change of a collection's children, which is made if there is none. */
static struct change *change_children(struct shape *shape, struct node *node)
{
	struct change *change;

	for (size_t i = shape->count; i-- > 0 && node->edited;)
		if (shape->changes[i].node == node)
			return &shape->changes[i];
	change = add_change(shape, CHANGE_INSERT, node);
	change->rest = node->child;
	return change;
}

/* Takes out entries that are not of the text alone: nothing is written for them. */
static void unlink_entries(struct change *change, struct node *mapping, struct str key)
{
	struct node **link = &mapping->child;

	while (*link) {
		struct node *at = *link;

		if (!str_equal(node_resolve(at)->value, key)) {
			link = &at->next->next;
			continue;
		}
		*link = at->next->next;
		if (change && change->rest == at)
			change->rest = *link;
	}
}

static const char *why_not_removed(const struct shape *shape, const struct node *mapping, struct str key)
{
	for (struct node *at = mapping->child; at; at = at->next->next) {
		const char *why = NULL;

		if (str_equal(node_resolve(at)->value, key))
			why = removal_refuses(shape->text, mapping, at);
		if (why)
			return why;
	}
	return NULL;
}

static bool take_out(struct shape *shape, const struct step *path, size_t count, struct str key, const char **why_kept,
		     struct err *err)
{
	struct node *owner = NULL, *mapping;
	struct change *change = NULL;
	size_t walked;

	assert(count > 0);
	if (!walk(shape, path, count - 1, &mapping, &walked, err))
		return false;
	assert(walked == count - 1);
	for (struct node *at = mapping->child; at; at = at->next->next)
		if (str_equal(node_resolve(at)->value, path[count - 1].key))
			owner = at;
	if (!walk(shape, path, count, &mapping, &walked, err))
		return false;
	assert(owner && walked == count && mapping->type == NODE_MAPPING);
	shape->was_asked_to_remove = true;
	*why_kept = why_not_removed(shape, mapping, key);
	if (*why_kept)
		return true;
	if (!mapping->generated) {
		change = change_children(shape, mapping);
		if (!change->removal)
			change->removal = removal_new(shape->text, owner, mapping, shape->arena);
		for (struct node *at = mapping->child; at; at = at->next->next)
			if (!at->generated && str_equal(node_resolve(at)->value, key))
				removal_add(change->removal, at);
	}
	unlink_entries(change, mapping, key);
	return true;
}

bool shape_remove(struct shape *shape, const struct step *path, size_t count, struct str key, const char **why_kept,
		  struct err *err)
{
	size_t changes = begin(shape);

	return take_out(shape, path, count, key, why_kept, err) || revert(shape, changes);
}

/* An entry with its key behind a question mark, or without a colon, has not the form of the one that replaces it. */
static bool check_is_simple_entry(const struct shape *shape, const struct node *key, struct err *err)
{
	const char *text = shape->text.ptr;
	size_t before = key->span.from, after = key->span.to;

	while (before > 0 && (text[before - 1] == ' ' || text[before - 1] == '\t'))
		before--;
	while (after < shape->text.len && (text[after] == ' ' || text[after] == '\t'))
		after++;
	if (key->generated ||
	    ((before == 0 || text[before - 1] != '?') && after < shape->text.len && text[after] == ':'))
		return true;
	return err_set_at(err, key->span.from, "write %.*s as 'key: value', so that a stamp can replace it",
			  STR_ARG(key->value));
}

static bool rename_entry(struct shape *shape, const struct step *path, size_t count, struct str key,
			 struct shape_entry entry, struct err *err)
{
	struct node *mapping, *found = NULL;
	size_t walked;

	if (!walk(shape, path, count, &mapping, &walked, err))
		return false;
	assert(walked == count && mapping->type == NODE_MAPPING);
	for (struct node *name = mapping->child; name; name = name->next->next)
		if (str_equal(node_resolve(name)->value, key))
			found = name;
	assert(found);
	if (!check_is_simple_entry(shape, found, err) || !check_replaceable(shape, found, err) ||
	    !check_replaceable(shape, found->next, err))
		return false;
	if (!found->generated) {
		struct change *change = add_change(shape, CHANGE_RENAME, found);

		change->span.to = found->next->span.to;
		change->is_quoted = found->style != STYLE_PLAIN;
	}
	mapping->keys = 0;
	become_string(found, entry.key);
	found->is_name = true;
	become_string(found->next, entry.value);
	return true;
}

bool shape_rename(struct shape *shape, const struct step *path, size_t count, struct str key, struct shape_entry entry,
		  struct err *err)
{
	size_t changes = begin(shape);

	return rename_entry(shape, path, count, key, entry, err) || revert(shape, changes);
}

/* What verify is told that may go. */
static void add_taken(struct shape *shape, struct span span)
{
	shape->taken =
		arena_grow(shape->arena, shape->taken, shape->taken_count, &shape->taken_room, sizeof(*shape->taken));
	shape->taken[shape->taken_count++] = span;
}

static void add_taken_by(struct shape *shape, const struct change *change)
{
	const struct removal *removal = change->removal;

	if (change->kind != CHANGE_INSERT)
		add_taken(shape, change_span(change, shape->text));
	for (size_t i = 0; removal && i < removal->count; i++)
		if (removal->entries[i].is_gone)
			add_taken(shape, removal->entries[i].at);
}

bool shape_check(const struct shape *shape, struct err *err)
{
	for (size_t i = 0; i < shape->count; i++)
		if (!change_check(&shape->changes[i], shape->text, err))
			return false;
	return true;
}

bool shape_finish(struct shape *shape, struct edits *edits, struct err *err)
{
	struct buf scratch = { 0 };

	if (!shape_check(shape, err))
		return false;
	for (size_t i = 0; i < shape->count; i++) {
		add_taken_by(shape, &shape->changes[i]);
		change_edit(&shape->changes[i], shape->text, &scratch, edits);
	}
	buf_release(&scratch);
	edits_sort(edits);
	return true;
}
