/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/consumed.h"

#include "kube/contents.h"
#include "kube/names.h"
#include "plan/origin.h"

/* The namespace that the object of a consumption is in. */
static struct str namespace_of(const struct draft *draft, const struct consumption *c)
{
	return resolve_namespace(c, draft->subject->identity.ns);
}

/* Is the object in the namespace of --namespace, the only one that the cluster is asked about? */
static bool is_in_release(const struct draft *draft, const struct consumption *c)
{
	return str_equal(namespace_of(draft, c), draft->basis->policy->ns);
}

/* Is nothing of the object consumed, so that it does not matter which object that is? */
static bool is_unused(const struct consumption *c)
{
	return c->outcome == OUTCOME_PULL_SECRET || c->outcome == OUTCOME_UNMOUNTED ||
	       c->outcome == OUTCOME_VOLUMES_OFF || c->outcome == OUTCOME_FOLLOWED;
}

/*
 * Looks up the object of a consumption, as far as it is known, and decides whether it is left out. What the user leaves out
 * is so whether there is an object or not: the cluster is not asked for it.
 */
static void look_up(const struct draft *draft, struct consumption *c)
{
	const struct basis *basis = draft->basis;

	if (is_unused(c))
		return;
	resolve_object(basis->manifest, draft->subject->identity.ns, c);
	if (choice_ignores(&draft->choice, c))
		c->outcome = OUTCOME_IGNORED;
	else if (choice_excludes(&draft->choice, c))
		c->outcome = OUTCOME_EXCLUDED;
	else if (c->kind == OBJECT_SECRET && !basis->policy->secrets)
		c->outcome = OUTCOME_SECRETS_OFF;
}

/* A Secret that is nowhere else may be made from a SecretProviderClass when a pod mounts that class. */
static bool look_up_makers(const struct draft *draft, struct consumed *consumed, struct err *err)
{
	struct consumption *items = consumed->items;

	for (size_t i = 0; i < consumed->count; i++)
		if (items[i].kind == OBJECT_PROVIDER_CLASS && items[i].outcome == OUTCOME_RESOLVED &&
		    !contents_load(draft->basis->manifest, items[i].object, err))
			return false;
	for (size_t i = 0; i < consumed->count; i++) {
		origin_cover(items, consumed->count, &items[i], draft->basis->tree);
		origin_follow(draft, &items[i]);
	}
	return true;
}

bool consumed_find(struct draft *draft, struct consumed *consumed, struct err *err)
{
	struct arena *tree = draft->basis->tree;

	if (!draft_add_extras(draft, err))
		return draft_explain(draft, err);
	if (consumed->reference_count == draft->podspec.reference_count)
		return true;
	resolve_group(&draft->podspec, draft->subject->identity.ns, tree, &consumed->items, &consumed->count);
	for (size_t i = 0; i < consumed->count; i++)
		look_up(draft, &consumed->items[i]);
	if (draft->basis->policy->wants_details)
		consumed->placements = arena_array(tree, consumed->count, sizeof(*consumed->placements));
	consumed->reference_count = draft->podspec.reference_count;
	return look_up_makers(draft, consumed, err);
}

bool consumed_want(const struct draft *draft, const struct consumed *consumed)
{
	bool is_any = false;

	for (size_t i = 0; i < consumed->count; i++) {
		const struct consumption *c = &consumed->items[i];

		if (c->outcome != OUTCOME_MISSING || !is_in_release(draft, c) || choice_is_well_known(c))
			continue;
		cluster_want(draft->basis->cluster, c->kind, c->name);
		is_any = true;
	}
	return is_any;
}

/* Takes over what the cluster has said of an object that is nowhere else. */
static void look_up_live(const struct draft *draft, struct consumption *c)
{
	const struct cluster *cluster = draft->basis->cluster;

	if (c->outcome != OUTCOME_MISSING || !draft->basis->policy->live)
		return;
	if (!is_in_release(draft, c))
		c->outcome = OUTCOME_FOREIGN;
	else if (cluster_is_wanted(cluster, c->kind, c->name))
		c->outcome = cluster->failure.len > 0 ? OUTCOME_UNASKED : OUTCOME_NOWHERE;
}

/* An object that is named counts as such whatever becomes of the reference, also where it has not been looked up. */
static void note_named(const struct draft *draft, const struct consumption *c)
{
	if (c->object)
		c->object->is_named = true;
	else
		manifest_name(draft->basis->manifest, c->kind, namespace_of(draft, c), c->name);
}

bool consumed_resolve(const struct draft *draft, struct consumed *consumed, struct err *err)
{
	const struct basis *basis = draft->basis;

	for (size_t i = 0; i < consumed->count; i++) {
		struct consumption *c = &consumed->items[i];

		look_up_live(draft, c);
		origin_stand_in(draft, c);
		if (basis->policy->wants_details)
			note_named(draft, c);
		if (c->outcome == OUTCOME_RESOLVED &&
		    !resolve_digest(basis->manifest, basis->secret_key, c, basis->tree, err))
			return false;
	}
	return true;
}

void consumed_add_stamps(const struct consumed *consumed, struct stamps *stamps)
{
	struct arena *arena = stamps->arena;

	for (size_t i = 0; i < consumed->count; i++) {
		const struct consumption *c = &consumed->items[i];
		struct stamp *stamp;

		if (c->outcome != OUTCOME_RESOLVED)
			continue;
		stamp = stamps_add(
			stamps, (struct stamp){
					.annotation = names_annotation(c->kind, c->foreign_namespace, c->name, arena),
					.env = names_env(c->kind, c->foreign_namespace, c->name, arena),
					.value = { .ptr = c->digest, .len = DIGEST_HEX },
					.subject_kind = object_kind_name(c->kind),
					.subject = c->name,
					.in_every_container = c->in_every_container,
					.containers = c->containers,
					.container_count = c->container_count,
				});
		if (consumed->placements)
			stamp_add_owner(stamp, &consumed->placements[i], arena);
	}
}

void consumed_tell(const struct draft *draft, const struct consumed *consumed)
{
	const struct identity *identity = &draft->subject->identity;
	struct unused *unused = draft->basis->unused;

	unused_workload(unused, identity);
	for (size_t i = 0; i < consumed->count; i++) {
		const struct consumption *c = &consumed->items[i];

		unused_object(unused, identity, c->kind, namespace_of(draft, c), c->name);
		if (c->object)
			unused_object(unused, identity, c->kind, c->object->ns, c->name);
	}
}
