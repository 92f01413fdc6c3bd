/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/leftovers.h"

#include "plan/collections.h"
#include "plan/draft.h"
#include "yaml/scalar.h"
#include "yaml/tree.h"

bool leftovers_note_named(const struct basis *basis, const struct subject *subject, struct err *err)
{
	struct consumption *consumptions;
	struct draft draft;
	size_t count;

	if (!draft_read(basis, subject, &draft, err) || !draft_add_extras(&draft, err))
		return draft_explain(&draft, err);
	resolve_group(&draft.podspec, subject->identity.ns, basis->tree, &consumptions, &count);
	for (size_t i = 0; i < count; i++)
		manifest_name(basis->manifest, consumptions[i].kind,
			      resolve_namespace(&consumptions[i], subject->identity.ns), consumptions[i].name);
	return collections_note_named(&draft, err);
}

/* The release, as Helm's charts and kustomize's overlays label it; empty if they don't. */
static struct str instance_of(struct node *labels)
{
	struct str instance = scalar_get(labels, "app.kubernetes.io/instance");

	return instance.len > 0 ? instance : scalar_get(labels, "release");
}

static struct str read_instance(const struct object *object, struct arena *arena)
{
	const struct place *place = &object->place;
	struct identity identity;
	struct node *root, *node;
	struct err ignored;

	if (object->item == OBJECT_ALONE &&
	    identity_read_plain(place->stream, place->document, (struct str){ 0 }, arena, &identity))
		return instance_of(identity.labels);
	if (!tree_parse(stream_text(place->stream, place->document), READER_LENIENT, arena, &root, &ignored) || !root)
		return (struct str){ 0 };
	node = object->item == OBJECT_ALONE ? root : node_items(node_get(root, "items"));
	for (size_t i = 0; object->item != OBJECT_ALONE && i < object->item && node; i++)
		node = node->next;
	return instance_of(node_get(node_get(node, "metadata"), "labels"));
}

void leftovers_find(struct leftovers *leftovers, struct manifest *manifest, struct arena *arena)
{
	struct object **objects;
	size_t count = manifest_unnamed(manifest, arena, &objects);

	*leftovers = (struct leftovers){ .items = arena_array(arena, count, sizeof(*leftovers->items)) };
	for (size_t i = 0; i < count; i++) {
		if (objects[i]->kind == OBJECT_PROVIDER_CLASS)
			continue;
		arena_reset(manifest->scratch);
		leftovers->items[leftovers->count++] = (struct leftover){
			.object = objects[i],
			.instance = arena_dup(arena, read_instance(objects[i], manifest->scratch)),
		};
	}
}

const struct object *leftovers_beside(const struct leftovers *leftovers, const struct subject *subject)
{
	struct node *metadata = node_get(subject->pod_template, "metadata");
	struct str own = instance_of(subject->identity.labels);

	if (own.len == 0)
		own = instance_of(node_get(metadata, "labels"));
	for (size_t i = 0; i < leftovers->count; i++) {
		const struct leftover *at = &leftovers->items[i];

		if (own.len == 0 || at->instance.len == 0 || str_equal(own, at->instance))
			return at->object;
	}
	return NULL;
}
