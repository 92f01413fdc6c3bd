/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/labels.h"

#include "yaml/scalar.h"
#include "yaml/tree.h"

/* Aliases can give many objects of a list the labels of one. */
#define LABEL_COST ((size_t)128)

static bool is_scalar(struct node *node)
{
	node = node_resolve(node);
	return node && node->type == NODE_SCALAR;
}

static struct labels *read(struct manifest *manifest, struct node *labels)
{
	struct labels *read = ARENA_NEW(manifest->arena, struct labels);
	size_t count = 0;

	labels = node_resolve(labels);
	if (!node_is_mapping(labels))
		return read;
	for (struct node *key = labels->child; key; key = key->next->next)
		count += is_scalar(key) && is_scalar(key->next);
	if (!manifest_spend(manifest, count * LABEL_COST))
		return read;
	read->items = arena_array(manifest->arena, count, sizeof(*read->items));
	for (struct node *key = labels->child; key; key = key->next->next) {
		struct node *value = node_resolve(key->next);

		if (!is_scalar(key) || !is_scalar(value))
			continue;
		read->items[read->count++] = (struct label){
			.key = arena_dup(manifest->arena, node_resolve(key)->value),
			.value = scalar_is_null(value) ? (struct str){ 0 } : arena_dup(manifest->arena, value->value),
		};
	}
	return read;
}

static struct node *labels_of(struct node *object)
{
	return node_get(node_get(object, "metadata"), "labels");
}

/* Reads those of a whole list at once, since each by itself would parse the list again. */
static void load_list(struct manifest *manifest, struct object *first, struct node *root)
{
	struct node *node = node_items(node_get(root, "items"));
	size_t i = 0;

	for (struct object *object = first; object; object = object->list_next) {
		for (; i < object->item && node; i++)
			node = node->next;
		object->labels = read(manifest, labels_of(node));
	}
}

const struct labels *labels_load(struct manifest *manifest, struct object *object)
{
	const struct place *place = &object->place;
	struct str text = stream_text(place->stream, place->document);
	struct identity identity;
	struct node *root = NULL;
	struct err ignored;

	if (object->labels)
		return object->labels;
	arena_reset(manifest->scratch);
	if (!object->list &&
	    identity_read_plain(place->stream, place->document, (struct str){ 0 }, manifest->scratch, &identity)) {
		object->labels = read(manifest, identity.labels);
		return object->labels;
	}
	arena_reset(manifest->scratch);
	if (!tree_parse(text, READER_STRICT, manifest->scratch, &root, &ignored))
		root = NULL;
	if (object->list)
		load_list(manifest, object->list, root);
	else
		object->labels = read(manifest, labels_of(root));
	return object->labels;
}

const struct str *labels_get(const struct labels *labels, struct str key)
{
	for (size_t i = labels->count; i-- > 0;)
		if (str_equal(labels->items[i].key, key))
			return &labels->items[i].value;
	return NULL;
}
