/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/mover.h"

#include "yaml/scalar.h"

void movers_init(struct movers *movers, struct arena *arena)
{
	*movers = (struct movers){ .arena = arena };
	map_init(&movers->exact, arena);
	map_init(&movers->any, arena);
}

bool movers_is_kind(struct str kind)
{
	return str_is(kind, "VaultStaticSecret") || str_is(kind, "VaultDynamicSecret") ||
	       str_is(kind, "VaultPKISecret") || str_is(kind, "HCPVaultSecretsApp");
}

/* No kind has a slash in it, and no namespace. */
static struct str key_of(struct arena *arena, struct str kind, struct str ns, struct str name)
{
	return arena_printf(arena, "%.*s/%.*s/%.*s", STR_ARG(kind), STR_ARG(ns), STR_ARG(name));
}

static void set_first(struct map *map, struct str key, struct str *by)
{
	if (!map_get(map, key))
		map_set(map, key, by);
}

void movers_add(struct movers *movers, struct node *object, const struct identity *identity)
{
	struct arena *arena = movers->arena;
	struct node *targets = node_get(node_get(object, "spec"), "rolloutRestartTargets");
	const struct str none = STR("");
	struct str *by;

	if (!movers_is_kind(identity->kind) || !str_starts_with(identity->api_version, "secrets.hashicorp.com/"))
		return;
	by = ARENA_NEW(arena, struct str);
	*by = arena_printf(arena, "Vault's operator (%.*s %.*s)", STR_ARG(identity->kind), STR_ARG(identity->name));
	for (struct node *target = node_items(targets); target; target = target->next) {
		struct str kind = scalar_get(target, "kind"), name = scalar_get(target, "name");

		set_first(&movers->exact, key_of(arena, kind, identity->ns, name), by);
		set_first(&movers->any, key_of(arena, kind, none, name), by);
	}
}

/* As Go's strconv.ParseBool has it, which these programs use. */
static bool is_true(struct str value)
{
	static const char *const trues[] = { "1", "t", "T", "true", "True", "TRUE" };

	for (size_t i = 0; i < sizeof(trues) / sizeof(*trues); i++)
		if (str_is(value, trues[i]))
			return true;
	return false;
}

static const struct mover {
	const char *annotation, *who; /* one that begins with a dot is the end of the name */
	bool is_switch;               /* else it names objects */
} known[] = {
	{ "reloader.stakater.com/auto", "Reloader", true },
	{ "reloader.stakater.com/search", "Reloader", true },
	{ ".reloader.stakater.com/auto", "Reloader", true },
	{ ".reloader.stakater.com/reload", "Reloader", false },
	{ "wave.pusher.com/update-on-config-change", "wave", true },
	{ "secrets.infisical.com/auto-reload", "Infisical's operator", true },
	{ "secrets.doppler.com/reload", "Doppler's operator", true },
	{ "operator.1password.io/auto-restart", "1Password's operator", true },
};

static const struct mover *find_known(struct str annotation, struct str value)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		const struct mover *mover = &known[i];
		bool is_it = mover->annotation[0] == '.' ? str_ends_with(annotation, mover->annotation)
							 : str_is(annotation, mover->annotation);

		if (is_it && (mover->is_switch ? is_true(value) : value.len > 0))
			return mover;
	}
	return NULL;
}

static struct str find_annotation(struct node *annotations, struct arena *arena)
{
	struct node *mapping = node_resolve(annotations);

	if (!mapping || !node_is_mapping(mapping))
		return (struct str){ 0 };
	for (struct node *key = mapping->child; key; key = key->next->next) {
		const struct node *name = node_resolve(key), *value = node_resolve(key->next);
		const struct mover *mover;

		if (name->type != NODE_SCALAR || value->type != NODE_SCALAR)
			continue;
		mover = find_known(name->value, value->value);
		if (mover)
			return arena_printf(arena, "%s (annotation %.*s)", mover->who, STR_ARG(name->value));
	}
	return (struct str){ 0 };
}

struct str movers_find(const struct movers *movers, const struct identity *workload, struct node *template_annotations,
		       struct arena *arena)
{
	const struct str none = STR(""), *by;
	struct str found = find_annotation(workload->annotations, arena);

	if (found.len == 0)
		found = find_annotation(template_annotations, arena);
	if (found.len > 0 || movers->any.count == 0)
		return found;
	if (workload->ns.len == 0)
		by = map_get(&movers->any, key_of(arena, workload->kind, none, workload->name));
	else
		by = map_get(&movers->exact, key_of(arena, workload->kind, workload->ns, workload->name));
	if (!by && workload->ns.len > 0)
		by = map_get(&movers->exact, key_of(arena, workload->kind, none, workload->name));
	return by ? *by : none;
}
