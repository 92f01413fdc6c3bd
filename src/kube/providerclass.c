/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/providerclass.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/sort.h"
#include "yaml/scalar.h"

/* How many nodes aliases may make. etcd takes no object above 1.5 MiB. */
#define NODE_LIMIT 100000
#define JSON_LIMIT ((size_t)4 * 1024 * 1024)

struct writing {
	struct arena *arena;
	struct buf out;
	size_t nodes;
	size_t at; /* where the collection that is being written stands, for messages */
};

static void write_text(struct buf *out, struct str text)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c == '"' || c == '\\')
			buf_add_char(out, '\\');
		if (c < 0x20)
			buf_printf(out, "\\u%04x", c);
		else
			buf_add_char(out, (char)c);
	}
	buf_add_char(out, '"');
}

static bool write_node(struct writing *w, struct node *node, struct err *err);

static bool write_sequence(struct writing *w, struct node *sequence, struct err *err)
{
	buf_add_char(&w->out, '[');
	for (struct node *item = sequence->child; item; item = item->next) {
		if (item != sequence->child)
			buf_add_char(&w->out, ',');
		if (!write_node(w, item, err))
			return false;
	}
	buf_add_char(&w->out, ']');
	return true;
}

struct member {
	struct str key;
	struct node *value;
	size_t number; /* its place: of equal keys the last counts */
};

static int compare_members(const void *a, const void *b)
{
	const struct member *left = a, *right = b;
	int order = str_compare(left->key, right->key);

	return order != 0 ? order : (left->number > right->number) - (left->number < right->number);
}

static bool write_mapping(struct writing *w, struct node *mapping, struct err *err)
{
	struct member *members = NULL;
	size_t count = 0, room = 0;

	for (struct node *at = mapping->child; at; at = at->next->next) {
		struct node *key = node_resolve(at);
		struct member member = { .value = at->next, .number = count };

		if (key->type != NODE_SCALAR)
			return err_set_at(err, at->span.from, "a key that is a mapping or sequence");
		if (!scalar_key(key, w->arena, &member.key, err))
			return false;
		members = arena_grow(w->arena, members, count, &room, sizeof(*members));
		members[count++] = member;
	}
	sort_items(members, count, sizeof(*members), compare_members);
	buf_add_char(&w->out, '{');
	for (size_t i = 0, written = 0; i < count; i++) {
		if (i + 1 < count && str_equal(members[i].key, members[i + 1].key))
			continue;
		if (written++ > 0)
			buf_add_char(&w->out, ',');
		write_text(&w->out, members[i].key);
		buf_add_char(&w->out, ':');
		if (!write_node(w, members[i].value, err))
			return false;
	}
	buf_add_char(&w->out, '}');
	return true;
}

static bool write_scalar(struct writing *w, const struct node *node, struct err *err)
{
	struct str text;

	if (scalar_is_null(node)) {
		buf_add_cstring(&w->out, "null");
		return true;
	}
	/* Numbers and booleans of YAML are written in the spelling that they have as keys. */
	if (!scalar_is_text(node)) {
		if (!scalar_key(node, w->arena, &text, err))
			return false;
		buf_add(&w->out, text);
		return true;
	}
	if (!scalar_bytes(node, w->arena, &text, err))
		return false;
	write_text(&w->out, text);
	return true;
}

static bool write_node(struct writing *w, struct node *node, struct err *err)
{
	node = node_resolve(node);
	if (++w->nodes > NODE_LIMIT || w->out.len > JSON_LIMIT)
		return err_set_at(err, w->at, "aliases make too much of secretObjects: write it with fewer of them");
	switch (node->type) {
	case NODE_MAPPING:
		return write_mapping(w, node, err);
	case NODE_SEQUENCE:
		return write_sequence(w, node, err);
	case NODE_SCALAR:
	case NODE_ALIAS:
		break;
	}
	return write_scalar(w, node, err);
}

bool providerclass_json(struct node *node, struct arena *arena, struct str *json, struct err *err)
{
	struct writing w = { .arena = arena, .at = node->span.from };
	bool ok = write_node(&w, node, err);

	if (ok)
		*json = arena_dup(arena, buf_str(&w.out));
	buf_release(&w.out);
	return ok;
}

size_t providerclass_makes(struct node *secret_objects, struct arena *arena, struct str **names)
{
	size_t count = 0, room = 0;

	*names = NULL;
	for (struct node *item = node_items(secret_objects); item; item = item->next) {
		struct str name = scalar_get(node_resolve(item), "secretName");

		if (name.len == 0)
			continue;
		*names = arena_grow(arena, *names, count, &room, sizeof(**names));
		(*names)[count++] = arena_dup(arena, name);
	}
	return count;
}
