/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/contents.h"

#include "base/buf.h"
#include "base/sort.h"
#include "kube/place.h"
#include "kube/providerclass.h"
#include "yaml/block.h"
#include "yaml/scalar.h"
#include "yaml/tree.h"

#include <stdlib.h>
#include <string.h>

/* Fields of ConfigMap and Secret, in the order in which a later one covers an earlier one. */
enum data_field { FIELD_DATA, FIELD_BINARY_DATA, FIELD_STRING_DATA, FIELD_NONE };

/*
 * What is wrong with an item, in its `flaws`. Of a key that is given twice the last value counts, as for kubectl, and
 * the earlier values are not judged; nor is the earlier one of a field that is given twice.
 */
enum { FLAW_NO_STRING = 1, FLAW_BINARY = 2, FLAW_BASE64 = 4, KEY_IS_TYPED = 8 };

/* A tree of so many nodes takes 1 MiB of memory. */
#define FEW_NODES 15000

/* The first fault of a field that makes the whole field unreadable. */
struct field_problem {
	struct str text; /* empty: none */
	size_t at;
};

struct collector {
	struct manifest *manifest;
	struct object *object;
	struct str text;
	struct buf items;         /* of struct data_item */
	size_t first[FIELD_NONE]; /* the first item of each field that counts */
	struct field_problem problems[FIELD_NONE];
};

static enum data_field field_of(enum object_kind kind, struct str key)
{
	if (str_is(key, "data"))
		return FIELD_DATA;
	if (kind == OBJECT_CONFIGMAP && str_is(key, "binaryData"))
		return FIELD_BINARY_DATA;
	if (kind == OBJECT_SECRET && str_is(key, "stringData"))
		return FIELD_STRING_DATA;
	return FIELD_NONE;
}

static bool is_base64(enum object_kind kind, enum data_field field)
{
	return field == FIELD_BINARY_DATA || (kind == OBJECT_SECRET && field == FIELD_DATA);
}

static struct data_item *collected(const struct collector *c, size_t *count)
{
	*count = c->items.len / sizeof(struct data_item);
	return (void *)c->items.ptr;
}

/* Of a field that is given twice the last counts. What was collected of the earlier one is dropped at the end. */
static void begin_field(struct collector *c, enum data_field field)
{
	collected(c, &c->first[field]);
	c->problems[field] = (struct field_problem){ 0 };
}

static void note_problem(struct collector *c, enum data_field field, const struct err *err)
{
	if (c->problems[field].text.len == 0)
		c->problems[field] =
			(struct field_problem){ arena_dup(c->manifest->arena, str_from(err->text)), err->at };
}

static struct str keep(struct collector *c, struct str value, const struct node *node)
{
	struct node seen = *node;

	seen.value = value;
	return node_keep_value(&seen, c->text, c->manifest->arena);
}

/* The bytes of a value, and what is wrong with it. */
static void collect_value(struct collector *c, const struct node *value, struct data_item *item)
{
	struct arena *arena = c->manifest->arena;
	struct err ignored;

	if (value->type != NODE_SCALAR)
		item->flaws |= FLAW_NO_STRING;
	else if (!scalar_bytes(value, arena, &item->value, &ignored))
		item->flaws |= FLAW_BINARY;
	else if (is_base64(c->object->kind, item->field))
		item->flaws |= scalar_base64(item->value, arena, &item->value) ? 0 : FLAW_BASE64;
	else if (item->value.ptr == value->value.ptr)
		item->value = keep(c, item->value, value);
}

/* `at` is where the entry stands; its key and value may be those of aliases. */
static void collect(struct collector *c, enum data_field field, const struct node *key, const struct node *value,
		    size_t at)
{
	struct data_item item = { .at = (uint32_t)at, .field = (unsigned char)field };
	struct err err;

	if (key->type != NODE_SCALAR)
		err_set_at(&err, key->span.from, "a key that is a mapping or sequence");
	if (key->type != NODE_SCALAR || !scalar_key(key, c->manifest->arena, &item.key, &err)) {
		note_problem(c, field, &err);
		return;
	}
	item.key_changed = !str_equal(item.key, key->value);
	item.key = item.key_changed ? item.key : keep(c, item.key, key);
	item.flaws = scalar_is_text(key) ? 0 : KEY_IS_TYPED;
	collect_value(c, value, &item);
	buf_add(&c->items, (struct str){ .ptr = (const char *)&item, .len = sizeof(item) });
}

/* Fails for a value that counts and has a flaw. */
static bool check_value(const struct collector *c, const struct data_item *item, struct err *err)
{
	if (item->flaws & FLAW_NO_STRING)
		return err_set_at(err, item->at,
				  "the value of key %.*s is not a string: put it in quotes, or write it as a block (|)",
				  STR_ARG(item->key));
	if (item->flaws & FLAW_BINARY)
		return err_set_at(err, item->at, "the value of key %.*s is !!binary and not base64",
				  STR_ARG(item->key));
	if (item->flaws & FLAW_BASE64)
		return err_set_at(err, item->at, "the value of key %.*s is not valid base64%s", STR_ARG(item->key),
				  c->object->kind == OBJECT_SECRET ? " (plain text belongs into stringData)" : "");
	return true;
}

/* The key of an item as it is spelled: up to its colon, or the end of its line. */
static struct str spelling(const struct collector *c, const struct data_item *item)
{
	struct str rest = str_skip(c->text, item->at);
	size_t n = 0;

	while (n < rest.len && rest.ptr[n] != ':' && rest.ptr[n] != '\n' && rest.ptr[n] != '\r')
		n++;
	return str_trim((struct str){ .ptr = rest.ptr, .len = n });
}

static bool refuse_twin(const struct data_item *item, struct err *err)
{
	return err_set_at(err, item->at,
			  "key %.*s is there twice in different spellings, and kubectl takes one of the two at random: "
			  "remove one, or leave the object alone with --ignore",
			  STR_ARG(item->key));
}

/* Two keys of a field become one text. Were they one key for kubectl before that? NaN equals nothing. */
static bool check_twin(const struct collector *c, const struct data_item *item, const struct data_item *next,
		       struct err *err)
{
	if (!((item->flaws | next->flaws) & KEY_IS_TYPED))
		return true;
	if (str_equal(spelling(c, item), spelling(c, next)) && !str_is(item->key, ".nan"))
		return true;
	return refuse_twin(next, err);
}

/*
 * The numbers 0 and -0 are one key for kubectl, and two strings in the end: which of them is left is as good as random.
 */
static bool check_zeros(const struct data_item *items, size_t count, struct err *err)
{
	const struct data_item *minus = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!(items[i].flaws & KEY_IS_TYPED))
			continue;
		if (str_is(items[i].key, "-0"))
			minus = &items[i];
		else if (str_is(items[i].key, "0") && minus && minus->field == items[i].field)
			return refuse_twin(&items[i], err);
	}
	return true;
}

/* By key; of items with one key the one that counts more comes later: a later field, a later place. */
static int compare_items(const void *a, const void *b)
{
	const struct data_item *left = a, *right = b;
	int order = str_compare(left->key, right->key);

	if (order != 0)
		return order;
	if (left->field != right->field)
		return left->field < right->field ? -1 : 1;
	return left->at < right->at ? -1 : 1;
}

static bool finish_collecting(struct collector *c, struct err *err)
{
	struct object *object = c->object;
	size_t count, kept = 0;
	struct data_item *items = collected(c, &count);

	for (enum data_field field = 0; field < FIELD_NONE; field++)
		if (c->problems[field].text.len > 0)
			return err_set_at(err, c->problems[field].at, "%.*s", STR_ARG(c->problems[field].text));
	for (size_t i = 0; i < count; i++)
		if (i >= c->first[items[i].field])
			items[kept++] = items[i];
	count = kept;
	kept = 0;
	sort_items(items, count, sizeof(*items), compare_items);
	for (size_t i = 0; i < count; i++) {
		bool same_key = i + 1 < count && str_equal(items[i].key, items[i + 1].key);
		bool same_field = same_key && items[i].field == items[i + 1].field;

		if (same_field && !check_twin(c, &items[i], &items[i + 1], err))
			return false;
		if (!same_field && !check_value(c, &items[i], err))
			return false;
		if (same_key && !same_field && object->kind == OBJECT_CONFIGMAP)
			return err_set_at(
				err, items[i].at,
				"key %.*s is in data and in binaryData, which the API server refuses: remove one",
				STR_ARG(items[i].key));
		if (same_key)
			continue;
		object->has_changed_keys = object->has_changed_keys || items[i].key_changed;
		items[kept++] = items[i];
	}
	if (!check_zeros(items, kept, err))
		return false;
	object->count = kept;
	object->items = arena_array(c->manifest->arena, kept, sizeof(*items));
	if (kept > 0)
		memcpy(object->items, items, kept * sizeof(*items));
	return true;
}

/* A field's value that is no mapping holds nothing, if it is null. */
static void check_field(struct collector *c, enum data_field field, const struct node *value, struct str name)
{
	struct err err;

	if (value->type == NODE_MAPPING || scalar_is_null(value))
		return;
	err_set_at(&err, value->span.from, "%.*s is not a mapping", STR_ARG(name));
	note_problem(c, field, &err);
}

static bool collect_tree(struct collector *c, struct node *object, struct err *err)
{
	object = node_resolve(object);
	for (struct node *name = object->child; name; name = name->next->next) {
		const struct node *key = node_resolve(name), *value = node_resolve(name->next);
		enum data_field field = key->type == NODE_SCALAR ? field_of(c->object->kind, key->value) : FIELD_NONE;

		if (field == FIELD_NONE)
			continue;
		begin_field(c, field);
		check_field(c, field, value, key->value);
		if (value->type != NODE_MAPPING)
			continue;
		for (struct node *at = value->child; at; at = at->next->next)
			collect(c, field, node_resolve(at), node_resolve(at->next), at->span.from);
	}
	return finish_collecting(c, err);
}

/* An entry that is one value of a SecretProviderClass; it must be a string. */
static bool add_value(struct collector *c, const char *key, struct node *value, struct data_item *to, struct err *err)
{
	struct data_item item = { .key = str_from(key), .at = (uint32_t)value->span.from, .field = FIELD_NONE };

	collect_value(c, node_resolve(value), &item);
	*to = item;
	return check_value(c, &item, err);
}

/* Puts the parameters, which have been collected, between the provider and what the driver makes of it. */
static bool collect_rest_of_provider(struct collector *c, struct node *spec, struct err *err)
{
	struct arena *arena = c->manifest->arena;
	struct node *provider = node_get(spec, "provider"), *objects = node_get(spec, "secretObjects");
	struct data_item *items = arena_array(arena, c->object->count + 2, sizeof(*items));
	struct data_item rest = { .key = STR("secretObjects"), .field = FIELD_NONE };
	struct object_makes *makes;
	size_t count = 0;

	if (provider && !scalar_is_null(provider) && !add_value(c, "provider", provider, &items[count++], err))
		return false;
	for (size_t i = 0; i < c->object->count; i++) {
		items[count] = c->object->items[i];
		items[count].key = arena_printf(arena, PROVIDERCLASS_PARAMETERS "%.*s", STR_ARG(items[count].key));
		count++;
	}
	if (objects && !scalar_is_null(objects)) {
		rest.at = (uint32_t)objects->span.from;
		if (!providerclass_json(objects, arena, &rest.value, err))
			return false;
		items[count++] = rest;
		makes = ARENA_NEW(arena, struct object_makes);
		makes->count = providerclass_makes(objects, arena, &makes->names);
		c->object->makes = makes;
	}
	c->object->items = items;
	c->object->count = count;
	return true;
}

static bool collect_provider(struct collector *c, struct node *object, struct err *err)
{
	struct node *spec = node_get(object, "spec"), *parameters = node_get(spec, "parameters");

	if (parameters)
		check_field(c, FIELD_DATA, parameters, str_from("parameters"));
	if (node_is_mapping(parameters))
		for (struct node *at = parameters->child; at; at = at->next->next)
			collect(c, FIELD_DATA, node_resolve(at), node_resolve(at->next), at->span.from);
	return finish_collecting(c, err) && collect_rest_of_provider(c, spec, err);
}

/* Passes over the rest of a collection that has begun. */
static bool skip_collection(struct reader *reader, struct err *err)
{
	struct event event;

	for (size_t depth = 1; depth > 0;) {
		if (!reader_next(reader, &event, err))
			return false;
		depth += event.type == EVENT_OPEN;
		depth -= event.type == EVENT_CLOSE;
	}
	return true;
}

/* How reading by events has ended: text that events alone can't tell needs the tree. */
enum events { EVENTS_DONE, EVENTS_NEED_TREE, EVENTS_FAILED };

static enum events collect_field(struct collector *c, struct reader *reader, enum data_field field, struct err *err)
{
	for (;;) {
		struct event event;
		struct node key;

		if (!reader_next(reader, &event, err))
			return EVENTS_FAILED;
		if (event.type == EVENT_CLOSE)
			return EVENTS_DONE;
		if (event.type != EVENT_NODE || event.node.type == NODE_ALIAS)
			return EVENTS_NEED_TREE;
		key = event.node;
		key.value = node_keep_value(&key, c->text, c->manifest->scratch);
		key.properties = node_keep_properties(&key, c->manifest->scratch);
		if (!reader_next(reader, &event, err))
			return EVENTS_FAILED;
		if (event.type != EVENT_NODE || event.node.type == NODE_ALIAS)
			return EVENTS_NEED_TREE;
		collect(c, field, &key, &event.node, key.span.from);
	}
}

static enum events collect_events(struct collector *c, struct reader *reader, struct err *err)
{
	struct event event;

	if (!reader_next(reader, &event, err))
		return EVENTS_FAILED;
	if (event.type != EVENT_OPEN || event.node.type != NODE_MAPPING)
		return EVENTS_NEED_TREE;
	for (;;) {
		enum data_field field;
		struct str name;

		if (!reader_next(reader, &event, err))
			return EVENTS_FAILED;
		if (event.type == EVENT_CLOSE)
			break;
		if (event.type != EVENT_NODE || event.node.type == NODE_ALIAS)
			return EVENTS_NEED_TREE;
		name = arena_dup(c->manifest->scratch, event.node.value);
		field = field_of(c->object->kind, name);
		if (!reader_next(reader, &event, err))
			return EVENTS_FAILED;
		if (field != FIELD_NONE) {
			enum events done = EVENTS_DONE;

			if (event.node.type == NODE_ALIAS)
				return EVENTS_NEED_TREE;
			begin_field(c, field);
			check_field(c, field, &event.node, name);
			if (event.type == EVENT_OPEN && event.node.type != NODE_MAPPING)
				done = skip_collection(reader, err) ? EVENTS_DONE : EVENTS_FAILED;
			else if (event.type == EVENT_OPEN)
				done = collect_field(c, reader, field, err);
			if (done != EVENTS_DONE)
				return done;
		} else if (event.type == EVENT_OPEN && !skip_collection(reader, err)) {
			return EVENTS_FAILED;
		}
	}
	/* The document must end here. */
	if (!reader_next(reader, &event, err))
		return EVENTS_FAILED;
	return finish_collecting(c, err) ? EVENTS_DONE : EVENTS_FAILED;
}

static bool collect_from_tree(struct manifest *manifest, struct object *object, struct str text, struct node *node,
			      struct err *err)
{
	struct collector c = { .manifest = manifest, .object = object, .text = text };
	bool ok = object->kind == OBJECT_PROVIDER_CLASS ? collect_provider(&c, node_resolve(node), err)
							: collect_tree(&c, node, err);

	buf_release(&c.items);
	return ok;
}

/*
 * Loads all objects of a list at once, since each by itself would parse the whole list again. An object that can't be
 * read does not fail the others, which may be the only consumed ones. An object that is covered by another of its
 * identity is left out, since aliases can repeat a large object many times.
 */
static bool load_list(struct manifest *manifest, struct object *first, struct err *err)
{
	struct str text = stream_text(first->place.stream, first->place.document);
	struct node *root, *node;
	size_t i = 0;

	arena_reset(manifest->scratch);
	if (!tree_parse(text, READER_STRICT, manifest->scratch, &root, err))
		return false;
	node = node_items(node_get(root, "items"));
	for (struct object *object = first; object; object = object->list_next) {
		for (; i < object->item; i++)
			node = node->next;
		if (!manifest_is_used(manifest, object))
			continue;
		if (!collect_from_tree(manifest, object, text, node, err)) {
			struct object_problem *problem = ARENA_NEW(manifest->arena, struct object_problem);

			problem->text = arena_dup(manifest->arena, str_from(err->text));
			problem->at = err->at;
			object->problem = problem;
		}
		object->loaded = true;
	}
	return true;
}

static bool load_from_tree(struct manifest *manifest, struct object *object, struct err *err)
{
	struct str text = stream_text(object->place.stream, object->place.document);
	struct node *root;

	arena_reset(manifest->scratch);
	return tree_parse(text, READER_STRICT, manifest->scratch, &root, err) &&
	       collect_from_tree(manifest, object, text, root, err);
}

/* Where `metadata` stands in the text of an object's document, if it has been read by itself; else empty. */
static struct span known_metadata(const struct object *object)
{
	const struct document *document = object->place.document;
	struct span metadata = document->metadata;

	if (!object->has_read_metadata)
		return (struct span){ 0 };
	return (struct span){ metadata.from - document->text.from, metadata.to - document->text.from };
}

static bool load(struct manifest *manifest, struct object *object, struct err *err)
{
	struct collector c = { .manifest = manifest, .object = object };
	struct reader *reader;
	struct node *root;
	enum events done;

	if (object->list)
		return load_list(manifest, object->list, err);
	if (object->kind == OBJECT_PROVIDER_CLASS)
		return load_from_tree(manifest, object, err);
	c.text = stream_text(object->place.stream, object->place.document);
	arena_reset(manifest->scratch);
	/* A small tree costs less than events do. */
	if (block_parse_rest(c.text, known_metadata(object), FEW_NODES, manifest->scratch, &root) &&
	    node_is_mapping(root))
		return collect_from_tree(manifest, object, c.text, root, err);
	arena_reset(manifest->scratch);
	reader = reader_new(c.text, READER_STRICT, manifest->scratch);
	done = collect_events(&c, reader, err);
	reader_free(reader);
	buf_release(&c.items);
	switch (done) {
	case EVENTS_DONE:
		return true;
	case EVENTS_FAILED:
		return false;
	case EVENTS_NEED_TREE:
		break;
	}
	return load_from_tree(manifest, object, err);
}

bool contents_load(struct manifest *manifest, struct object *object, struct err *err)
{
	bool ok = object->loaded || load(manifest, object, err);

	if (ok && object->problem)
		ok = err_set_at(err, object->problem->at, "%.*s", STR_ARG(object->problem->text));
	if (!ok)
		return place_explain(object->place, str_from(object_kind_name(object->kind)), object->name, err);
	object->loaded = true;
	return true;
}

static int compare_key(const void *key, const void *item)
{
	return str_compare(*(const struct str *)key, ((const struct data_item *)item)->key);
}

const struct data_item *contents_item(const struct object *object, struct str key)
{
	return object->count > 0 ? bsearch(&key, object->items, object->count, sizeof(*object->items), compare_key)
				 : NULL;
}

bool contents_is_binary(const struct object *object, const struct data_item *item)
{
	return object->kind == OBJECT_CONFIGMAP && item->field == FIELD_BINARY_DATA;
}
