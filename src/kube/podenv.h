/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podenv: the environment of a container, as Kubernetes computes it.
 *
 * The rules are the kubelet's (makeEnvironmentVariables in pkg/kubelet/kubelet_pods.go): the sources of `envFrom` in
 * their order, each with its prefix, then the entries of `env`; a later definition wins. `$(VAR)` in `env[].value`
 * stands for the variable as set before that entry, and stays unexpanded where the variable is not set; `$$` is a
 * dollar sign. A ConfigMap's `binaryData` defines no variables. An optional key that is absent leaves an earlier
 * definition in force.
 *
 * Manifests don't always tell what a pod will see. So a variable is known, absent, or unknown: unknown is a variable
 * that a field, or an object that is not in the input, could define.
 */
#ifndef KUBE_PODENV_H
#define KUBE_PODENV_H

#include "base/buf.h"
#include "base/text.h"
#include "kube/manifest.h"

/* A value that references would make longer than this is unknown. Linux takes no longer string (MAX_ARG_STRLEN). */
#define PODENV_VALUE_LIMIT ((size_t)128 * 1024)

/* The `entry` of a variable that no entry of `env` defines. */
#define PODENV_NO_ENTRY ((size_t)-1)

/* A byte that is in no url and no name of a ref: it stands for a piece that is secret or unknown. */
#define PODENV_HIDDEN '\x01'

struct podenv_value {
	/*
	 * The value. In an unknown value `$(NAME)` stands for what is unknown; the reason names objects, never values.
	 */
	struct text text;
	size_t entry;    /* index in `env` of the entry that defines it, or PODENV_NO_ENTRY */
	bool is_literal; /* the entry's `value`, without anything expanded in it */
	/* If `text` is secret: a Secret, and its key, from which `text` or a part of it is taken. */
	struct str secret, secret_key;
	/*
	 * `text` with one PODENV_HIDDEN in place of each run of pieces that come from a Secret or are unknown: the rest
	 * is known and not secret. Empty if the variable is absent.
	 */
	struct str outline;
	size_t at; /* the byte of the document at which the variable is defined */
};

struct podenv_source;
struct podenv_entry;

struct podenv {
	struct manifest *manifest;
	struct str ns; /* of the workload */
	struct node *container;
	struct arena *arena;
	size_t *budget; /* see podenv_init */
	bool is_indexed;
	struct podenv_entry *entries; /* of `env`, if `is_indexed` */
	struct podenv_entry **by_name;
	size_t entry_count;
	struct podenv_source *sources; /* of `envFrom`, if `has_sources` */
	size_t source_count;
	bool has_sources;
	struct map from_sources; /* name of a variable to the struct podenv_value that the sources give it */
	size_t visits;           /* what was looked at for the container so far; podenv.c limits it */
	size_t depth;            /* how deep references are being followed */
};

/*
 * Begins to compute the environment of `container`, a node, in a workload of the namespace `ns`. `arena` keeps what is
 * looked up; all else is borrowed. Expanded bytes are taken from `*budget` (see podspec_budget; NULL: no limit), since
 * a few references to references can make any length; a value that is expanded when nothing is left is unknown. Nothing
 * is read before a variable is asked for.
 */
void podenv_init(struct podenv *podenv, struct manifest *manifest, struct str ns, struct node *container,
		 size_t *budget, struct arena *arena);
/*
 * The variable `name` as the container sees it. Texts are borrowed from the document and its objects, or in the arena.
 * Never fails: an object that can't be read makes the value unknown.
 */
struct podenv_value podenv_get(struct podenv *podenv, struct str name);
/*
 * The text of an item of `command` or `args`, at byte `at` of the document, with the container's variables expanded.
 * Owned as the result of podenv_get.
 */
struct podenv_value podenv_expand(struct podenv *podenv, struct str text, size_t at);
/* Is `name` an entry of the container's `env`? This question is cheaper than podenv_get. */
bool podenv_has_entry(const struct podenv *podenv, struct str name);

/* Appends the value of the variable `name` to `to`; or returns false, and `$(name)` stays. */
typedef bool podenv_mapping(void *context, struct str name, struct buf *to);
/*
 * Appends `text` to `to` with each `$(VAR)` in it expanded by `mapping`, which gets `context`
 * (k8s.io/kubernetes/third_party/forked/golang/expansion).
 */
void podenv_expand_text(struct str text, podenv_mapping *mapping, void *context, struct buf *to);

#endif
