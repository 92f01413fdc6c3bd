/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/checksums.h"

#include "base/glob.h"
#include "kube/names.h"
#include "yaml/scalar.h"

bool checksums_is_name(struct str annotation)
{
	static const char *const patterns[] = { "checksum/*", "configchecksum", "checksum.config/*", "*.checksum/*",
						"consul.hashicorp.com/config-checksum" };

	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
		if (glob_matches(str_from(patterns[i]), annotation))
			return true;
	return false;
}

/*
 * Knative's is of an example, in the workloads that it is installed with, and for nothing that a pod reads. Our own words
 * decide what is stamped, whatever a pattern fits.
 */
static bool is_none(struct str annotation)
{
	return str_is(annotation, "knative.dev/example-checksum") || names_is_annotation(annotation) ||
	       str_starts_with(annotation, "rollstamp.io/");
}

static bool is_to_go(const struct policy *policy, struct str annotation)
{
	for (size_t i = 0; i < policy->drop_checksums.count; i++)
		if (glob_matches(policy->drop_checksums.items[i], annotation))
			return true;
	return false;
}

/* The names of annotations, each once, that are checksums, in the order of the text. */
static size_t find_checksums(const struct draft *draft, struct node *annotations, struct str **names)
{
	const struct basis *basis = draft->basis;
	size_t count = 0, room = 0;
	struct map seen;

	*names = NULL;
	map_init(&seen, basis->tree);
	if (!node_is_mapping(annotations))
		return 0;
	for (struct node *at = annotations->child; at; at = at->next->next) {
		const struct node *key = node_resolve(at);

		if (key->type != NODE_SCALAR || is_none(key->value) || map_get(&seen, key->value) ||
		    (!checksums_is_name(key->value) && !is_to_go(basis->policy, key->value)))
			continue;
		map_set(&seen, key->value, at);
		*names = arena_grow(basis->tree, *names, count, &room, sizeof(**names));
		(*names)[count++] = key->value;
	}
	return count;
}

/* Does a stamp cover all of it, as far as its references tell? What may be missing is made elsewhere, and not by the chart. */
static bool is_covered(const struct choice *choice, const struct consumption *c)
{
	if (outcome_is_unresolved(c->outcome))
		return c->why.len == 0 && choice_allows_missing(choice, c);
	for (size_t i = 0; i < c->reference_count; i++)
		if (c->references[i]->is_left_out || c->references[i]->is_followed)
			return false;
	return c->outcome == OUTCOME_RESOLVED || c->outcome == OUTCOME_COVERED || c->outcome == OUTCOME_UNMOUNTED ||
	       c->outcome == OUTCOME_PULL_SECRET;
}

/* Why the checksums of a template may cover what no stamp does; empty: they can't. */
static struct str why_kept(const struct draft *draft, const struct consumed *consumed,
			   const struct collections *collections, size_t checksums)
{
	struct arena *arena = draft->basis->arena;
	const struct object *beside;
	size_t stamped = 0;

	for (size_t i = 0; i < consumed->count; i++)
		stamped += consumed->items[i].outcome == OUTCOME_RESOLVED;
	for (size_t i = 0; i < collections->count; i++)
		stamped += collections->items[i].outcome == OUTCOME_RESOLVED;
	if (checksums > stamped)
		return arena_printf(arena, "%zu checksum%s and %zu stamped object%s: one may be for something else",
				    checksums, checksums == 1 ? "" : "s", stamped, stamped == 1 ? "" : "s");
	for (size_t i = 0; i < consumed->count; i++)
		if (!is_covered(&draft->choice, &consumed->items[i]))
			return arena_printf(arena, "%s %.*s is consumed, and not all of it stamped",
					    object_kind_name(consumed->items[i].kind),
					    STR_ARG(consumed->items[i].name));
	for (size_t i = 0; i < collections->count; i++)
		if (!collections_is_covered(&collections->items[i]))
			return arena_printf(arena, "%ss %.*s are selected, and not all of them stamped",
					    object_kind_name(collections->items[i].collection.kind),
					    STR_ARG(collections->items[i].collection.text));
	if (draft->podspec.leaves_out)
		return str_from("--volumes leaves out mounts of a volume");
	beside = leftovers_beside(draft->basis->leftovers, draft->subject);
	if (beside)
		return arena_printf(arena, "%s %.*s is consumed by no template: one may be for that",
				    object_kind_name(beside->kind), STR_ARG(beside->name));
	return (struct str){ 0 };
}

static bool is_shared(const struct node *node)
{
	return node && node->type != NODE_ALIAS && node_anchor(node).len > 0 && node->aliases > 0;
}

/* Does an alias repeat the annotations of the template elsewhere? An alias on the way to them is written out. */
static bool are_shared(const struct draft *draft)
{
	struct node *metadata = node_find(draft->subject->pod_template, str_from("metadata"));

	if (!metadata || metadata->type == NODE_ALIAS)
		return false;
	return is_shared(metadata) || is_shared(node_find(metadata, str_from("annotations")));
}

/* Takes one out, or says why it can't be. */
static bool drop(const struct draft *draft, struct second_reason *reason, struct err *err)
{
	struct podpath path = draft->subject->path;
	bool has_to_work = draft->basis->policy->inject & INJECT_ANNOTATIONS;
	const char *why = NULL;

	/* Where stamps are in the environment alone, annotations that can't be edited are no reason to fail. */
	if (!has_to_work && are_shared(draft)) {
		reason->why_kept = str_from("an alias repeats the annotations elsewhere");
		return true;
	}
	podpath_add_key(&path, str_from("metadata"));
	podpath_add_key(&path, str_from("annotations"));
	if (!shape_remove(draft->subject->shape, path.steps, path.length, reason->name, &why, err)) {
		reason->why_kept = str_from("an alias stands for it that can't be written out");
		return !has_to_work;
	}
	reason->why_kept = str_from(why);
	reason->is_dropped = !why;
	return true;
}

/* Labels of a template that a new version of the chart changes. */
static const char *const version_labels[] = { "helm.sh/chart", "app.kubernetes.io/version", "chart" };

#define LABELS (sizeof(version_labels) / sizeof(*version_labels))

static struct second_reason *add_reason(struct second_reasons *reasons, struct str name)
{
	struct second_reason *reason = &reasons->items[reasons->count++];

	*reason = (struct second_reason){ .name = name };
	return reason;
}

bool checksums_drop(const struct draft *draft, const struct consumed *consumed, const struct collections *collections,
		    struct second_reasons *reasons, struct err *err)
{
	const struct basis *basis = draft->basis;
	struct node *metadata = node_get(draft->subject->pod_template, "metadata");
	struct node *annotations = node_get(metadata, "annotations");
	struct str *names, why = { 0 };
	size_t found = find_checksums(draft, annotations, &names), to_go = 0;

	*reasons =
		(struct second_reasons){ .items = arena_array(basis->arena, found + LABELS, sizeof(*reasons->items)) };
	for (size_t i = 0; i < found; i++)
		to_go += is_to_go(basis->policy, names[i]);
	if (to_go > 0)
		why = why_kept(draft, consumed, collections, to_go);
	for (size_t i = 0; i < found; i++) {
		struct second_reason *reason = add_reason(reasons, arena_dup(basis->arena, names[i]));

		if (!is_to_go(basis->policy, names[i]))
			continue;
		reason->why_kept = why;
		if (why.len == 0 && !drop(draft, reason, err))
			return false;
	}
	for (size_t i = 0; i < LABELS; i++)
		if (scalar_get(node_get(metadata, "labels"), version_labels[i]).len > 0)
			add_reason(reasons, str_from(version_labels[i]))->is_label = true;
	return true;
}
