/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/standin.h"

#include "yaml/scalar.h"

/* Where a kind says what its Secret is called. */
enum named_by {
	BY_OWN_NAME,
	BY_TARGET,         /* spec.target.name, or the object's own; none with creationPolicy None */
	BY_DESTINATION,    /* spec.destination.name */
	BY_SECRET_NAME,    /* spec.secretName */
	BY_MANAGED_SECRET, /* spec.managedSecret */
	BY_REFERENCES,     /* spec.managedSecretReference, spec.managedKubeSecretReferences[] */
	BY_TEMPLATES,      /* spec.secretTemplates[].name */
};

static const struct {
	const char *group, *kind;
	enum named_by named_by;
} known[] = {
	{ "bitnami.com/", "SealedSecret", BY_OWN_NAME },
	{ "external-secrets.io/", "ExternalSecret", BY_TARGET },
	{ "secrets.hashicorp.com/", "VaultStaticSecret", BY_DESTINATION },
	{ "secrets.hashicorp.com/", "VaultDynamicSecret", BY_DESTINATION },
	{ "secrets.hashicorp.com/", "VaultPKISecret", BY_DESTINATION },
	{ "secrets.hashicorp.com/", "HCPVaultSecretsApp", BY_DESTINATION },
	{ "cert-manager.io/", "Certificate", BY_SECRET_NAME },
	{ "onepassword.com/", "OnePasswordItem", BY_OWN_NAME },
	{ "secrets.doppler.com/", "DopplerSecret", BY_MANAGED_SECRET },
	{ "secrets.infisical.com/", "InfisicalSecret", BY_REFERENCES },
	{ "isindir.github.com/", "SopsSecret", BY_TEMPLATES },
	{ "craftypath.github.io/", "SopsSecret", BY_OWN_NAME },
};

#define KNOWN (sizeof(known) / sizeof(*known))

void standins_init(struct standins *standins, struct arena *arena)
{
	*standins = (struct standins){ .arena = arena };
	nsmap_init(&standins->makers, arena);
}

bool standins_is_kind(struct str kind)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (str_is(kind, known[i].kind))
			return true;
	return false;
}

/* Labels that Kubernetes would take are fewer, and stand nowhere deeper. */
#define LABELS_LIMIT 64
#define LABELS_DEPTH 8

static struct standin_labels *copy_labels(struct arena *arena, struct node *labels, struct standin_labels *next)
{
	struct standin_labels *copy = ARENA_NEW(arena, struct standin_labels);
	size_t room = 0;

	for (struct node *key = labels->child; key && room < LABELS_LIMIT; key = key->next->next)
		room++;
	*copy = (struct standin_labels){ .pairs = arena_array(arena, room * 2, sizeof(struct str)), .next = next };
	for (struct node *key = labels->child; key && copy->count < room; key = key->next->next) {
		const struct node *name = node_resolve(key), *value = node_resolve(key->next);

		if (name->type != NODE_SCALAR || value->type != NODE_SCALAR)
			continue;
		copy->pairs[copy->count * 2] = arena_dup(arena, name->value);
		copy->pairs[copy->count * 2 + 1] =
			scalar_is_null(value) ? (struct str){ 0 } : arena_dup(arena, value->value);
		copy->count++;
	}
	return copy;
}

/* Every mapping `labels` below `node`, in front of `found`. Each kind has them in another place. */
static struct standin_labels *find_labels(struct arena *arena, struct node *node, size_t depth,
					  struct standin_labels *found)
{
	if (node->type == NODE_SEQUENCE)
		for (struct node *item = node->child; item && depth < LABELS_DEPTH; item = item->next)
			found = find_labels(arena, item, depth + 1, found);
	if (node->type != NODE_MAPPING || depth >= LABELS_DEPTH)
		return found;
	for (struct node *key = node->child; key; key = key->next->next) {
		bool is_labels = key->type == NODE_SCALAR && str_is(key->value, "labels");

		if (is_labels && node_is_mapping(key->next))
			found = copy_labels(arena, node_resolve(key->next), found);
		else
			found = find_labels(arena, key->next, depth + 1, found);
	}
	return found;
}

/* Adds a Secret in the namespace `ns`, or where `ns` is empty, in the namespace of the object that makes it. */
static void add(struct standins *standins, const struct identity *identity, struct str ns, struct str name)
{
	struct arena *arena = standins->arena;
	struct str *by;

	if (name.len == 0)
		return;
	by = ARENA_NEW(arena, struct str);
	*by = arena_printf(arena, "%.*s/%.*s", STR_ARG(identity->kind), STR_ARG(identity->name));
	nsmap_set(&standins->makers, ns.len > 0 ? ns : identity->ns, name, by);
	standins->items =
		arena_grow(arena, standins->items, standins->count, &standins->room, sizeof(*standins->items));
	standins->items[standins->count++] = (struct standin){
		.ns = arena_dup(arena, ns.len > 0 ? ns : identity->ns),
		.name = arena_dup(arena, name),
		.by = *by,
	};
}

static void add_reference(struct standins *standins, const struct identity *identity, struct node *reference)
{
	add(standins, identity, scalar_get(reference, "secretNamespace"), scalar_get(reference, "secretName"));
}

static void add_templates(struct standins *standins, const struct identity *identity, struct node *templates)
{
	for (struct node *item = node_items(templates); item; item = item->next)
		add(standins, identity, (struct str){ 0 }, scalar_get(item, "name"));
}

static void add_named(struct standins *standins, const struct identity *identity, struct node *spec,
		      enum named_by named_by)
{
	struct node *target = node_get(spec, "target"), *managed = node_get(spec, "managedSecret");
	const struct str own = STR("");
	struct str name;

	switch (named_by) {
	case BY_OWN_NAME:
		add(standins, identity, own, identity->name);
		return;
	case BY_TARGET:
		name = scalar_get(target, "name");
		if (!str_is(scalar_get(target, "creationPolicy"), "None"))
			add(standins, identity, own, name.len > 0 ? name : identity->name);
		return;
	case BY_DESTINATION:
		add(standins, identity, own, scalar_get(node_get(spec, "destination"), "name"));
		return;
	case BY_SECRET_NAME:
		add(standins, identity, own, scalar_get(spec, "secretName"));
		return;
	case BY_MANAGED_SECRET:
		add(standins, identity, scalar_get(managed, "namespace"), scalar_get(managed, "name"));
		return;
	case BY_REFERENCES:
		add_reference(standins, identity, node_get(spec, "managedSecretReference"));
		for (struct node *item = node_items(node_get(spec, "managedKubeSecretReferences")); item;
		     item = item->next)
			add_reference(standins, identity, item);
		return;
	case BY_TEMPLATES:
		add_templates(standins, identity, node_get(spec, "secretTemplates"));
		return;
	}
}

void standins_add(struct standins *standins, struct node *object, const struct identity *identity)
{
	size_t first = standins->count;
	const struct standin_labels *labels;

	for (size_t i = 0; i < KNOWN; i++)
		if (str_is(identity->kind, known[i].kind) && str_starts_with(identity->api_version, known[i].group))
			add_named(standins, identity, node_get(object, "spec"), known[i].named_by);
	if (standins->count == first)
		return;
	labels = find_labels(standins->arena, node_resolve(object), 0, NULL);
	for (size_t i = first; i < standins->count; i++)
		standins->items[i].labels = labels;
}

struct str standins_find(const struct standins *standins, struct str ns, struct str name)
{
	const struct str none = STR(""), *by = nsmap_get(&standins->makers, ns, name);

	return by ? *by : none;
}
