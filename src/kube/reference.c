/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/reference.h"

/* A reference takes so many times the memory that the text of a list item takes. */
#define REFERENCE_COST 48

struct reference *reference_add(struct reference_list *list, struct reference reference)
{
	reference_spend(list, REFERENCE_COST);
	list->items = arena_grow(list->arena, list->items, list->count, &list->room, sizeof(*list->items));
	list->items[list->count] = reference;
	return &list->items[list->count++];
}

void reference_set_key(const struct reference_list *list, struct reference *reference, struct str key)
{
	reference->keys = ARENA_NEW(list->arena, struct str);
	reference->keys[0] = key;
	reference->key_count = 1;
}

void reference_add_key(const struct reference_list *list, struct reference *reference, size_t *room, struct str key)
{
	reference->keys =
		arena_grow(list->arena, reference->keys, reference->key_count, room, sizeof(*reference->keys));
	reference->keys[reference->key_count++] = key;
}

const char *reference_via_name(enum reference_via via)
{
	switch (via) {
	case VIA_ENV:
		return "env";
	case VIA_ENV_FROM:
		return "envFrom";
	case VIA_VOLUME:
		return "volume";
	case VIA_PROJECTED:
		return "projected";
	case VIA_VOLUME_PLUGIN:
		return "volumeSecret";
	case VIA_PROVIDER:
		return "csi";
	case VIA_PULL_SECRET:
		return "imagePullSecrets";
	case VIA_ANNOTATION:
		return "annotation";
	case VIA_OPTION:
		return "also";
	}
	return "";
}
