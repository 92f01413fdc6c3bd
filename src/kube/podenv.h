/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podenv: the environment of a container, as Kubernetes computes it.
 *
 * The kubelet's rules (makeEnvironmentVariables in pkg/kubelet/kubelet_pods.go): the sources of `envFrom` in their order,
 * each with its prefix, then the entries of `env`; a later one wins. `$(VAR)` in `env[].value` means what has been set
 * before that entry, and stays as it is where nothing has; `$$` is a dollar sign. A ConfigMap's `binaryData` is no
 * environment. An optional key that is absent leaves what was set before.
 *
 * What a pod will see is not always to be known from manifests. So a variable is known, absent, or unknown: unknown is
 * what a field, or an object that is not in the input, could define.
 */
#ifndef KUBE_PODENV_H
#define KUBE_PODENV_H

#include "base/buf.h"
#include "base/text.h"
#include "kube/manifest.h"

/* References make no value longer than this: it is unknown then. Linux takes no longer string (MAX_ARG_STRLEN). */
#define PODENV_VALUE_LIMIT ((size_t)128 * 1024)

#define PODENV_NO_ENTRY ((size_t)-1)

/* A byte that is in no url and no name of a ref: it stands for what may not be shown, or is not known. */
#define PODENV_HIDDEN '\x01'

struct podenv_value {
	/* Of an unknown one, what is known of it has `$(NAME)` for what is not; the reason names objects, never values. */
	struct text text;
	size_t entry;    /* index in `env` of the entry that defines it; PODENV_NO_ENTRY: envFrom, or nothing */
	bool is_literal; /* the entry's `value`, without anything expanded in it */
	/* If `text` is secret: a Secret that it, or a part of it, is taken from. */
	struct str secret, secret_key;
	/*
	 * `text` with a PODENV_HIDDEN in place of each run of pieces that are taken from a Secret or are not known: what is left of
	 * it is neither. Empty if it is absent.
	 */
	struct str outline;
	size_t at; /* where in the document it is defined */
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
	struct podenv_entry *entries; /* of env, if indexed */
	struct podenv_entry **by_name;
	size_t entry_count;
	struct podenv_source *sources; /* of envFrom */
	size_t source_count;
	bool has_sources;
	struct map from_sources; /* name to what the sources say of it */
	size_t visits;           /* see podenv.c */
	size_t depth;            /* of references that are being followed */
};

/*
 * The environment of `container`, a node, in a workload of `namespace`. `arena` keeps what is looked up; all else is
 * borrowed. What is expanded is taken from `*budget` (see podspec_budget; NULL: there is none), since a few references to
 * references can make any length; what is expanded when that is used up is unknown. Cheap: nothing is read before a
 * variable is asked for.
 */
void podenv_init(struct podenv *podenv, struct manifest *manifest, struct str ns, struct node *container,
		 size_t *budget, struct arena *arena);
/* The variable `name` as the container sees it. */
struct podenv_value podenv_get(struct podenv *podenv, struct str name);
/* An item of `command` or `args`, at byte `at` of the document, with the variables of the container expanded. */
struct podenv_value podenv_expand(struct podenv *podenv, struct str text, size_t at);
/* Is `name` an entry of the container's `env`? Asking this is cheaper than the value. */
bool podenv_has_entry(const struct podenv *podenv, struct str name);

/* What a variable is expanded to: appends it to `to`, or returns false and `$(name)` stays. */
typedef bool podenv_mapping(void *context, struct str name, struct buf *to);
/* Appends `text` with its `$(VAR)` expanded (k8s.io/kubernetes/third_party/forked/golang/expansion). */
void podenv_expand_text(struct str text, podenv_mapping *mapping, void *context, struct buf *to);

#endif
