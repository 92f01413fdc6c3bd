/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/rollout.h"

#include "kube/kinds.h"
#include "yaml/scalar.h"

void rollouts_init(struct rollouts *rollouts, struct arena *arena)
{
	*rollouts = (struct rollouts){ .arena = arena };
	nsmap_init(&rollouts->named, arena);
	nsmap_init(&rollouts->workloads, arena);
}

/* No kind has a slash in it. */
static struct str key_of(struct arena *arena, struct str kind, struct str name)
{
	return arena_printf(arena, "%.*s/%.*s", STR_ARG(kind), STR_ARG(name));
}

static void add(struct nsmap *to, struct str kind, struct str ns, struct str name, void *value)
{
	struct arena arena = { 0 };

	nsmap_set(to, ns, key_of(&arena, kind, name), value);
	arena_release(&arena);
}

static void *find(const struct nsmap *in, struct str kind, struct str ns, struct str name)
{
	struct arena arena = { 0 };
	void *found;

	if (nsmap_is_empty(in))
		return NULL;
	found = nsmap_get(in, ns, key_of(&arena, kind, name));
	arena_release(&arena);
	return found;
}

/* The kinds whose templates Argo Rollouts takes, each of this group alone. */
static const struct {
	const char *kind, *group;
	const char *option; /* how --kind names one that is left alone otherwise; NULL: none needed */
} takes[] = {
	{ "Deployment", "apps", NULL },
	{ "ReplicaSet", "apps", "--kind=apps/ReplicaSet=spec.template" },
	{ "PodTemplate", "", "--kind=/PodTemplate=template" },
};

#define TAKES (sizeof(takes) / sizeof(*takes))

static bool is_taken(struct str api_version, struct str kind)
{
	struct str version = api_version, group = { 0 };

	if (str_find(version, '/') < version.len)
		group = str_cut(&version, '/');
	for (size_t i = 0; i < TAKES; i++)
		if (str_is(kind, takes[i].kind) && str_is(group, takes[i].group))
			return true;
	return false;
}

/* What the controller says of it, in the order in which it looks. */
static const char *why_refused(struct node *spec, struct node *ref)
{
	struct node *own = node_get(spec, "template");

	if (node_is_mapping(own) && node_child(own))
		return "it has a template and a workloadRef, and Argo Rollouts takes only one of the two";
	if (scalar_get(ref, "kind").len == 0 || scalar_get(ref, "name").len == 0)
		return "its workloadRef names no object";
	if (!is_taken(scalar_get(ref, "apiVersion"), scalar_get(ref, "kind")))
		return "Argo Rollouts takes no template of the kind and apiVersion in its workloadRef: only of a "
		       "Deployment or ReplicaSet of apps/v1, or a PodTemplate of v1";
	return NULL;
}

bool rollout_read(struct node *object, const struct identity *identity, struct rollout *rollout)
{
	struct node *spec = node_get(object, "spec"), *ref = node_get(spec, "workloadRef");
	struct str scale_down = scalar_get(ref, "scaleDown");

	if (!str_is(identity->kind, "Rollout") || !str_starts_with(identity->api_version, "argoproj.io/") ||
	    !node_is_mapping(ref))
		return false;
	*rollout = (struct rollout){
		.name = identity->name,
		.of_kind = scalar_get(ref, "kind"),
		.of_name = scalar_get(ref, "name"),
		.ns = identity->ns,
		.effect = kinds_rollout_effect(spec),
		.scales_down = str_is(scale_down, "onsuccess") || str_is(scale_down, "progressively"),
		.refused = why_refused(spec, ref),
	};
	return true;
}

void rollouts_add(struct rollouts *rollouts, struct node *object, const struct identity *identity)
{
	struct rollout read, *rollout;
	struct arena *arena = rollouts->arena;

	if (!rollout_read(object, identity, &read) || read.refused)
		return;
	rollout = ARENA_NEW(arena, struct rollout);
	*rollout = read;
	rollout->name = arena_dup(arena, read.name);
	rollout->of_kind = arena_dup(arena, read.of_kind);
	rollout->of_name = arena_dup(arena, read.of_name);
	rollout->ns = arena_dup(arena, read.ns);
	add(&rollouts->named, rollout->of_kind, rollout->ns, rollout->of_name, rollout);
}

void rollouts_add_workload(struct rollouts *rollouts, const struct identity *identity)
{
	add(&rollouts->workloads, identity->kind, identity->ns, identity->name, rollouts);
}

const struct rollout *rollouts_find(const struct rollouts *rollouts, const struct identity *workload)
{
	return find(&rollouts->named, workload->kind, workload->ns, workload->name);
}

static const char *kind_option(struct str kind)
{
	for (size_t i = 0; i < TAKES; i++)
		if (str_is(kind, takes[i].kind))
			return takes[i].option;
	return NULL;
}

const char *rollouts_explain(const struct rollouts *rollouts, const struct rollout *rollout, struct arena *arena)
{
	const char *option = kind_option(rollout->of_kind);
	struct str whose;

	if (rollout->refused)
		return rollout->refused;
	whose = arena_printf(arena, "its template is that of %.*s/%.*s (spec.workloadRef)", STR_ARG(rollout->of_kind),
			     STR_ARG(rollout->of_name));
	if (find(&rollouts->workloads, rollout->of_kind, rollout->ns, rollout->of_name))
		return whose.ptr;
	if (option)
		return arena_printf(arena, "%.*s, which is stamped only with %s", STR_ARG(whose), option).ptr;
	return arena_printf(arena, "%.*s, which is not in the input", STR_ARG(whose)).ptr;
}

const char *rollouts_effect(const struct rollout *rollout, struct node *spec, struct arena *arena)
{
	bool has_pods = str_is(rollout->of_kind, "Deployment") && !rollout->scales_down &&
			!str_is(scalar_get(spec, "replicas"), "0");

	return arena_printf(arena, "its template is that of Rollout/%.*s, which %s%s", STR_ARG(rollout->name),
			    rollout->effect, has_pods ? "; its own pods roll as well" : "")
		.ptr;
}
