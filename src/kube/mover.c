/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/mover.h"

#include "yaml/scalar.h"

void movers_init(struct movers *movers, struct arena *arena)
{
	*movers = (struct movers){ .arena = arena };
	nsmap_init(&movers->targets, arena);
}

bool movers_is_kind(struct str kind)
{
	return str_is(kind, "VaultStaticSecret") || str_is(kind, "VaultDynamicSecret") ||
	       str_is(kind, "VaultPKISecret") || str_is(kind, "HCPVaultSecretsApp");
}

/* No kind has a slash in it, and no name. An empty maker stands for all. */
static struct str key_of(struct arena *arena, struct str kind, struct str name, struct str maker)
{
	return arena_printf(arena, "%.*s/%.*s/%.*s", STR_ARG(kind), STR_ARG(name), STR_ARG(maker));
}

void movers_add(struct movers *movers, struct node *object, const struct identity *identity)
{
	struct arena *arena = movers->arena;
	struct node *targets = node_get(node_get(object, "spec"), "rolloutRestartTargets");
	const struct str all = STR("");
	struct str *by, maker;

	if (!movers_is_kind(identity->kind) || !str_starts_with(identity->api_version, "secrets.hashicorp.com/"))
		return;
	/* Without the HMAC of what it has written, the operator does not see a change, and ignores the targets. */
	if (str_is(identity->kind, "VaultStaticSecret") &&
	    str_is(scalar_get(node_get(object, "spec"), "hmacSecretData"), "false"))
		return;
	maker = arena_printf(arena, "%.*s/%.*s", STR_ARG(identity->kind), STR_ARG(identity->name));
	by = ARENA_NEW(arena, struct str);
	*by = arena_printf(arena, "Vault's operator (%.*s %.*s)", STR_ARG(identity->kind), STR_ARG(identity->name));
	for (struct node *target = node_items(targets); target; target = target->next) {
		struct str kind = scalar_get(target, "kind"), name = scalar_get(target, "name");

		/* What the operator calls Argo's. */
		if (str_is(kind, "argo.Rollout"))
			kind = str_from("Rollout");
		nsmap_set(&movers->targets, identity->ns, key_of(arena, kind, name, all), by);
		nsmap_set(&movers->targets, identity->ns, key_of(arena, kind, name, maker), by);
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

/* Which Secrets a mover looks at, of those that are made at run time. */
enum watches {
	WATCHES_NOT_KNOWN,
	WATCHES_MENTIONED, /* those that the template mentions */
	WATCHES_NAMED,     /* those that the value of the annotation names */
	WATCHES_MADE,      /* those that are made of one kind of object */
};

static const struct mover {
	const char *annotation, *who; /* one that begins with a dot is the end of the name */
	bool is_switch;               /* else it names objects */
	enum watches watches;
	const char *made_of;
} known[] = {
	{ "reloader.stakater.com/auto", "Reloader", true, WATCHES_MENTIONED, NULL },
	{ "secret.reloader.stakater.com/auto", "Reloader", true, WATCHES_MENTIONED, NULL },
	{ "secret.reloader.stakater.com/reload", "Reloader", false, WATCHES_NAMED, NULL },
	{ "reloader.stakater.com/search", "Reloader", true, WATCHES_NOT_KNOWN, NULL },
	{ ".reloader.stakater.com/auto", "Reloader", true, WATCHES_NOT_KNOWN, NULL },
	{ ".reloader.stakater.com/reload", "Reloader", false, WATCHES_NOT_KNOWN, NULL },
	{ "wave.pusher.com/update-on-config-change", "wave", true, WATCHES_MENTIONED, NULL },
	{ "secrets.infisical.com/auto-reload", "Infisical's operator", true, WATCHES_MADE, "InfisicalSecret/" },
	{ "secrets.doppler.com/reload", "Doppler's operator", true, WATCHES_MADE, "DopplerSecret/" },
	{ "operator.1password.io/auto-restart", "1Password's operator", true, WATCHES_MADE, "OnePasswordItem/" },
};

/* Names the Secrets and ConfigMaps that Reloader is not to look at. */
#define EXCLUDES ".exclude.reloader.stakater.com/reload"

static const struct mover *find_known(struct str annotation, struct str value)
{
	if (str_ends_with(annotation, EXCLUDES))
		return NULL;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		const struct mover *mover = &known[i];
		bool is_it = mover->annotation[0] == '.' ? str_ends_with(annotation, mover->annotation)
							 : str_is(annotation, mover->annotation);

		if (is_it && (mover->is_switch ? is_true(value) : value.len > 0))
			return mover;
	}
	return NULL;
}

static bool watches(const struct mover *mover, struct str value, const struct mover_secret *secret)
{
	switch (mover->watches) {
	case WATCHES_NOT_KNOWN:
		return false;
	case WATCHES_MENTIONED:
		return secret->is_mentioned;
	case WATCHES_NAMED:
		return str_list_has(value, ',', secret->name);
	case WATCHES_MADE:
		return secret->is_mentioned && str_starts_with(secret->maker, mover->made_of);
	}
	return false;
}

/* The mover that an annotation names: of all Secrets (NULL), or one that looks at this one. */
static struct str find_annotation(struct node *annotations, const struct mover_secret *secret, struct arena *arena)
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
		if (mover && (!secret || watches(mover, value->value, secret)))
			return arena_printf(arena, "%s (annotation %.*s)", mover->who, STR_ARG(name->value));
	}
	return (struct str){ 0 };
}

/* Who has been noted for a workload: this maker, or of all of them the last one. */
static struct str find_target(const struct movers *movers, const struct identity *workload, struct str maker)
{
	const struct str none = STR(""), *by;
	struct arena arena = { 0 };

	if (nsmap_is_empty(&movers->targets))
		return none;
	by = nsmap_get(&movers->targets, workload->ns, key_of(&arena, workload->kind, workload->name, maker));
	arena_release(&arena);
	return by ? *by : none;
}

struct str movers_find(const struct movers *movers, const struct identity *workload, struct node *template_annotations,
		       struct arena *arena)
{
	struct str found = find_annotation(workload->annotations, NULL, arena);

	if (found.len == 0)
		found = find_annotation(template_annotations, NULL, arena);
	return found.len > 0 ? found : find_target(movers, workload, str_from(""));
}

struct str movers_find_target(const struct movers *movers, const struct identity *workload,
			      const struct mover_secret *secret)
{
	return secret->maker.len > 0 ? find_target(movers, workload, secret->maker) : secret->maker;
}

/* Is Reloader told not to look at it? */
static bool is_excluded(struct node *annotations, struct str name)
{
	return str_list_has(scalar_get(annotations, "secrets" EXCLUDES), ',', name);
}

struct str movers_find_watch(const struct identity *workload, struct node *template_annotations,
			     const struct mover_secret *secret, struct arena *arena)
{
	struct str found;

	if (is_excluded(workload->annotations, secret->name) || is_excluded(template_annotations, secret->name))
		return (struct str){ 0 };
	found = find_annotation(workload->annotations, secret, arena);
	return found.len > 0 ? found : find_annotation(template_annotations, secret, arena);
}
