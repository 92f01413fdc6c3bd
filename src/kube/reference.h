/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reference: a ConfigMap or Secret that a pod template names, with the keys of it and the container that it is for.
 */
#ifndef KUBE_REFERENCE_H
#define KUBE_REFERENCE_H

#include "base/arena.h"
#include "kube/object.h"
#include "yaml/node.h"

enum reference_via {
	VIA_ENV,           /* env[].valueFrom */
	VIA_ENV_FROM,      /* envFrom[] */
	VIA_VOLUME,        /* volumes[].configMap, .secret */
	VIA_PROJECTED,     /* volumes[].projected.sources[] */
	VIA_VOLUME_PLUGIN, /* a Secret that a volume's driver logs in with */
	VIA_PROVIDER,      /* volumes[].csi of the Secrets Store driver: a SecretProviderClass */
	VIA_PULL_SECRET,   /* imagePullSecrets[]: used at pull time only */
	VIA_ANNOTATION,    /* rollstamp.io/configmaps, rollstamp.io/secrets */
	VIA_OPTION,        /* --also */
};

/* The name of `via` in reports: "env", "envFrom" ... */
const char *reference_via_name(enum reference_via via);

#define NO_CONTAINER ((size_t)-1)

/* A container of a pod template. */
struct container {
	struct node *node;
	struct str name;
	bool is_init;
	size_t index; /* in its list */
};

/* One place of a pod template that names a ConfigMap or Secret. */
struct reference {
	enum object_kind kind;
	enum reference_via via;
	struct str ns; /* annotations can name one; else empty */
	struct str name;
	bool optional;
	bool is_consumed;   /* false: a pull secret, or a volume that no container mounts */
	bool is_left_out;   /* ... or none of whose mounts counts (enum volumes_mode) */
	bool is_followed;   /* ... or a sidecar reloads what is in the volume */
	size_t followed_by; /* if so: that container's index */
	bool all_keys;      /* else `keys` */
	struct str *keys;
	size_t key_count;
	size_t container;  /* index into podspec.containers, or NO_CONTAINER */
	struct str detail; /* name of the variable or of the volume */
	size_t at;         /* where in the document the reference stands */
};

/*
 * The references of a pod template while they are collected, in `arena`. What is looked at for them is paid for: aliases,
 * and combinations of mounts and files, can make much of a short text.
 */
struct reference_list {
	struct arena *arena;
	size_t *budget; /* how many list items may still be looked at; NULL: any number */
	bool is_spent;  /* more was to be looked at than that */
	struct reference *items;
	size_t count, room;
};

/* Takes `cost` from the budget; false once that has been used up. */
static inline bool reference_spend(struct reference_list *list, size_t cost)
{
	if (!list->budget)
		return true;
	list->is_spent = list->is_spent || *list->budget < cost;
	*list->budget = list->is_spent ? 0 : *list->budget - cost;
	return !list->is_spent;
}

/* Counts a list item that is looked at; false if it must not be. */
static inline bool reference_visit(struct reference_list *list)
{
	return reference_spend(list, 1);
}

/* Adds a copy of `reference`, and returns it: valid until the next is added. A reference is as much as 48 list items. */
struct reference *reference_add(struct reference_list *list, struct reference reference);
/* Makes `key` the only key of `reference`. */
void reference_set_key(const struct reference_list *list, struct reference *reference, struct str key);
/* Adds a key; `*room` is 0 before the first. */
void reference_add_key(const struct reference_list *list, struct reference *reference, size_t *room, struct str key);

#endif
