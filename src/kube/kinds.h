/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kinds: which kinds matter, where each keeps its pod template, and what a change to that does.
 */
#ifndef KUBE_KINDS_H
#define KUBE_KINDS_H

#include "base/arena.h"
#include "base/err.h"
#include "yaml/node.h"

/* Steps to a pod template that --kind can name. */
#define KINDS_PATH_LIMIT 16

enum kind_role { KIND_WORKLOAD, KIND_CONFIGMAP, KIND_SECRET, KIND_PROVIDER_CLASS };

struct kind {
	struct str group; /* API group; empty for the core group */
	struct str kind;
	enum kind_role role;
	struct str *path; /* workloads: the keys that lead to the pod template */
	size_t path_length;
};

struct kinds {
	struct arena *arena;
	struct kind *items;
	size_t count, room;
};

/* The kinds of the contract: workloads of all API groups that they ever had, ConfigMap, Secret, SecretProviderClass. */
void kinds_init(struct kinds *kinds, struct arena *arena);
/* Adds a workload kind, given as GROUP/KIND=path.to.template (`/KIND=...` for the core group). Borrows `text`. */
CHECKED bool kinds_add(struct kinds *kinds, struct str text, struct err *err);

/* The kind with this apiVersion (GROUP/VERSION, or VERSION for the core group) and kind, or NULL. */
const struct kind *kinds_find(const struct kinds *kinds, struct str api_version, struct str kind);
/* Could an object with this `kind` matter, whatever its apiVersion? Lists do, since anything can be in them. */
bool kinds_matters(const struct kinds *kinds, struct str kind);
/* Is it one of the kinds that --ignore can name, compared without case, or does it match one as a glob? */
bool kinds_is_named(const struct kinds *kinds, struct str pattern);
bool kinds_is_list(struct str kind);
/* What the apiVersion of every version of a ResourceList begins with. */
#define KINDS_RESOURCE_LIST_GROUP "config.kubernetes.io/"
/* Is it what a KRM function gets: a ResourceList of config.kubernetes.io, of any version? NULL is none. */
bool kinds_is_resource_list(struct node *object);
/* Of a kind with pod templates that are left alone: why. NULL for every other kind. */
const char *kinds_why_left_alone(struct str kind);

/* The pod template of `object`, of kind `kind`, behind aliases; NULL if it has none. */
struct node *kinds_template(const struct kind *kind, struct node *object);
/* What a changed template does to `object`, of kind `kind`: a sentence for the report. */
const char *kinds_effect(const struct kind *kind, struct node *object);
/* The same of an Argo Rollout's `spec`: "starts a canary rollout". */
const char *kinds_rollout_effect(struct node *spec);
/* Does `kubectl rollout history` tell the revisions of workloads of this kind, each with its change-cause? */
bool kinds_has_history(const struct kind *kind);
/* Why the template of `object` can't be changed, although its kind is stamped; else NULL. */
const char *kinds_why_fixed(const struct kind *kind, struct node *object);

#endif
