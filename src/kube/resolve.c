/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/resolve.h"

#include "base/sort.h"
#include "kube/contents.h"
#include "kube/names.h"

#include <string.h>

static int compare_consumptions(const void *a, const void *b)
{
	const struct consumption *left = *(struct consumption *const *)a, *right = *(struct consumption *const *)b;
	int order;

	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	order = str_compare(left->foreign_namespace, right->foreign_namespace);
	return order != 0 ? order : str_compare(left->name, right->name);
}

/* Fills in the members that follow from all references of a consumption together. */
static void summarise(struct consumption *c, struct arena *arena)
{
	bool any_consumed = false, any_pulled = false, any_left_out = false, any_followed = false;
	size_t keys = 0;

	c->is_optional = true;
	for (size_t i = 0; i < c->reference_count; i++)
		keys += c->references[i]->key_count;
	c->keys = arena_array(arena, keys, sizeof(*c->keys));
	c->containers = arena_array(arena, c->reference_count, sizeof(*c->containers));
	for (size_t i = 0; i < c->reference_count; i++) {
		const struct reference *reference = c->references[i];

		any_pulled = any_pulled || reference->via == VIA_PULL_SECRET;
		any_left_out = any_left_out || reference->is_left_out;
		if (reference->is_followed && !any_followed)
			c->followed_by = reference->followed_by;
		any_followed = any_followed || reference->is_followed;
		if (!reference->is_consumed)
			continue;
		any_consumed = true;
		c->is_optional = c->is_optional && reference->optional;
		c->all_keys = c->all_keys || reference->all_keys;
		if (reference->key_count > 0)
			memcpy(c->keys + c->key_count, reference->keys, reference->key_count * sizeof(*c->keys));
		c->key_count += reference->key_count;
		if (reference->container != NO_CONTAINER)
			c->containers[c->container_count++] = reference->container;
		else
			c->in_every_container = true;
	}
	c->key_count = sort_unique(c->keys, c->key_count, sizeof(*c->keys), str_compare_qsort);
	c->container_count = sort_unique(c->containers, c->container_count, sizeof(*c->containers), sort_compare_sizes);
	if (!any_consumed)
		c->outcome = any_followed   ? OUTCOME_FOLLOWED
			     : any_pulled   ? OUTCOME_PULL_SECRET
			     : any_left_out ? OUTCOME_VOLUMES_OFF
					    : OUTCOME_UNMOUNTED;
	else if (c->name.len == 0)
		c->outcome = OUTCOME_NO_NAME;
	else if (!names_is_valid(c->name) || (c->foreign_namespace.len > 0 && !names_is_valid(c->foreign_namespace)))
		c->outcome = OUTCOME_INVALID_NAME;
}

/* How a consumption grows while references are put together. */
struct consumption_group {
	struct consumption consumption;
	size_t room;
};

void resolve_group(const struct podspec *podspec, struct str workload_namespace, struct arena *arena,
		   struct consumption **consumptions, size_t *count)
{
	struct consumption **list = arena_array(arena, podspec->reference_count, sizeof(*list)), *sorted;
	struct map groups;
	size_t n = 0;

	map_init(&groups, arena);
	for (size_t i = 0; i < podspec->reference_count; i++) {
		struct reference *reference = &podspec->references[i];
		struct str ns = str_equal(reference->ns, workload_namespace) ? (struct str){ 0 } : reference->ns;
		struct str key = manifest_key(arena, reference->kind, ns, reference->name);
		struct consumption_group *group = map_get(&groups, key);
		struct consumption *c;

		if (!group) {
			group = ARENA_NEW(arena, struct consumption_group);
			group->consumption.kind = reference->kind;
			group->consumption.foreign_namespace = ns;
			group->consumption.name = reference->name;
			map_set(&groups, key, group);
			list[n++] = &group->consumption;
		}
		c = &group->consumption;
		c->references =
			arena_grow(arena, c->references, c->reference_count, &group->room, sizeof(*c->references));
		c->references[c->reference_count++] = reference;
	}
	sort_items(list, n, sizeof(*list), compare_consumptions);
	sorted = arena_array(arena, n, sizeof(*sorted));
	for (size_t i = 0; i < n; i++) {
		sorted[i] = *list[i];
		summarise(&sorted[i], arena);
	}
	*consumptions = sorted;
	*count = n;
}

struct str resolve_namespace(const struct consumption *consumption, struct str workload_namespace)
{
	return consumption->foreign_namespace.len > 0 ? consumption->foreign_namespace : workload_namespace;
}

void resolve_object(const struct manifest *manifest, struct str workload_namespace, struct consumption *consumption)
{
	struct str ns = resolve_namespace(consumption, workload_namespace);

	if (consumption->outcome != OUTCOME_RESOLVED)
		return;
	switch (manifest_find(manifest, consumption->kind, ns, consumption->name, &consumption->object)) {
	case LOOKUP_FOUND:
		return;
	case LOOKUP_AMBIGUOUS:
		consumption->outcome = OUTCOME_AMBIGUOUS;
		return;
	case LOOKUP_MISSING:
		consumption->outcome = consumption->kind == OBJECT_SECRET && manifest->hides_secrets ? OUTCOME_HIDDEN
												     : OUTCOME_MISSING;
		return;
	}
}

bool resolve_digest(struct manifest *manifest, struct str secret_key, struct consumption *consumption,
		    struct arena *arena, struct err *err)
{
	struct consumption *c = consumption;

	if (!contents_load(manifest, c->object, err))
		return false;
	c->selection = selection_make(c->object, c->all_keys, c->keys, c->key_count, arena);
	if (!selection_digest(manifest, &c->selection, secret_key, c->digest, err))
		return place_explain(c->object->place, str_from(object_kind_name(c->kind)), c->name, err);
	return true;
}

const char *outcome_explain(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_RESOLVED:
		return "is stamped";
	case OUTCOME_MISSING:
		return "is not in the input";
	case OUTCOME_NOWHERE:
		return "is neither in the input nor in the cluster";
	case OUTCOME_UNASKED:
		return "is not in the input, and the cluster could not be asked";
	case OUTCOME_STAND_IN:
		return "is made at run time";
	case OUTCOME_FOREIGN:
		return "is not in the input, and --live asks in --namespace alone";
	case OUTCOME_AMBIGUOUS:
		return "is in several namespaces, and it is not known which one is meant: --namespace tells the release's";
	case OUTCOME_NO_NAME:
		return "has no name";
	case OUTCOME_INVALID_NAME:
		return "is no name that the API server accepts";
	case OUTCOME_HIDDEN:
		return "was blanked by helm --hide-secret";
	case OUTCOME_PULL_SECRET:
		return "is used to pull images only";
	case OUTCOME_UNMOUNTED:
		return "is in a volume that no container mounts";
	case OUTCOME_VOLUMES_OFF:
		return "is in a volume that --volumes leaves out";
	case OUTCOME_FOLLOWED:
		return "is reloaded by a sidecar";
	case OUTCOME_COVERED:
		return "is covered by the stamp of what makes it";
	case OUTCOME_EXCLUDED:
		return "is excluded for this workload";
	case OUTCOME_IGNORED:
		return "is ignored";
	case OUTCOME_SECRETS_OFF:
		return "is left out: --secrets=off";
	case OUTCOME_EMPTY:
		return "fits nothing in the input and in --external files";
	case OUTCOME_COUNT:
		break;
	}
	return "";
}

const char *outcome_advise(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_MISSING:
		return ": give its manifest with --external, look it up in the cluster with --live, or allow that it is "
		       "missing with --unresolved-ok";
	case OUTCOME_STAND_IN:
		return ": let what knows when restart the pods (Reloader, or Vault's operator by rolloutRestartTargets), or "
		       "allow that it is missing with --unresolved-ok";
	case OUTCOME_FOREIGN:
		return ": give its manifest with --external, or allow that it is missing with --unresolved-ok";
	case OUTCOME_NOWHERE:
		return ": create it first, or allow that it is missing with --unresolved-ok";
	case OUTCOME_UNASKED:
	case OUTCOME_RESOLVED:
	case OUTCOME_AMBIGUOUS:
	case OUTCOME_NO_NAME:
	case OUTCOME_INVALID_NAME:
	case OUTCOME_HIDDEN:
	case OUTCOME_PULL_SECRET:
	case OUTCOME_UNMOUNTED:
	case OUTCOME_VOLUMES_OFF:
	case OUTCOME_FOLLOWED:
	case OUTCOME_COVERED:
	case OUTCOME_EXCLUDED:
	case OUTCOME_IGNORED:
	case OUTCOME_SECRETS_OFF:
	case OUTCOME_EMPTY:
	case OUTCOME_COUNT:
		break;
	}
	return "";
}

const char *outcome_name(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_RESOLVED:
		return "resolved";
	case OUTCOME_MISSING:
	case OUTCOME_NOWHERE:
	case OUTCOME_UNASKED:
	case OUTCOME_STAND_IN:
	case OUTCOME_FOREIGN:
	case OUTCOME_AMBIGUOUS:
	case OUTCOME_NO_NAME:
	case OUTCOME_INVALID_NAME:
		return "unresolved";
	case OUTCOME_HIDDEN:
		return "hidden";
	case OUTCOME_PULL_SECRET:
		return "pull-secret";
	case OUTCOME_UNMOUNTED:
		return "unmounted";
	case OUTCOME_VOLUMES_OFF:
		return "volumes-off";
	case OUTCOME_FOLLOWED:
		return "followed";
	case OUTCOME_COVERED:
		return "covered";
	case OUTCOME_EXCLUDED:
		return "excluded";
	case OUTCOME_IGNORED:
		return "ignored";
	case OUTCOME_SECRETS_OFF:
		return "secrets-off";
	case OUTCOME_EMPTY:
		return "empty";
	case OUTCOME_COUNT:
		break;
	}
	return "";
}

bool outcome_is_unresolved(enum outcome outcome)
{
	return outcome == OUTCOME_MISSING || outcome == OUTCOME_NOWHERE || outcome == OUTCOME_UNASKED ||
	       outcome == OUTCOME_STAND_IN || outcome == OUTCOME_FOREIGN || outcome == OUTCOME_AMBIGUOUS ||
	       outcome == OUTCOME_NO_NAME || outcome == OUTCOME_INVALID_NAME;
}
