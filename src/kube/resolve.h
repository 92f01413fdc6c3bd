/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve: the references of a pod template, put together by object, and looked up.
 */
#ifndef KUBE_RESOLVE_H
#define KUBE_RESOLVE_H

#include "kube/manifest.h"
#include "kube/podspec.h"
#include "kube/selection.h"

enum outcome {
	OUTCOME_RESOLVED,
	/* Findings: nothing is stamped, and that may be a mistake. */
	OUTCOME_MISSING,
	OUTCOME_NOWHERE,  /* the cluster, which was asked, lacks it too */
	OUTCOME_UNASKED,  /* for lists, which go on: the cluster could not be asked */
	OUTCOME_STAND_IN, /* a controller makes it at run time of something that is there */
	OUTCOME_FOREIGN,  /* in another namespace than the one that the cluster is asked about */
	OUTCOME_AMBIGUOUS,
	OUTCOME_NO_NAME,
	OUTCOME_INVALID_NAME,
	/* Nothing is stamped, and that is meant. */
	OUTCOME_HIDDEN,
	OUTCOME_PULL_SECRET,
	OUTCOME_UNMOUNTED,
	OUTCOME_VOLUMES_OFF,
	OUTCOME_FOLLOWED,
	OUTCOME_COVERED, /* the stamp of what makes it covers it */
	OUTCOME_EXCLUDED,
	OUTCOME_IGNORED,
	OUTCOME_SECRETS_OFF,
	OUTCOME_COUNT,
};

/* Everything that one pod template takes from one object. */
struct consumption {
	enum object_kind kind;
	struct str foreign_namespace; /* if it is not the workload's own; else empty */
	struct str name;
	enum outcome outcome;
	struct str made_by; /* if resolved: what makes it at run time, or empty */
	struct str why;     /* the outcome in a sentence of its own; else empty */
	bool is_optional;   /* every reference says so */
	bool all_keys;
	struct str *keys; /* consumed by name: sorted, each once */
	size_t key_count;
	bool in_every_container; /* an annotation names it, so no container of its own is known */
	size_t *containers;      /* that consume it: indexes into podspec.containers, ascending */
	size_t container_count;
	struct reference **references;
	size_t reference_count;
	size_t followed_by;         /* if followed: the container that reloads it */
	struct object *object;      /* if resolved */
	struct selection selection; /* if digested: what the digest covers */
	char digest[DIGEST_HEX + 1];
};

/*
 * Puts the references of `podspec` together: ConfigMaps before Secrets, each kind in bytewise order of namespace and
 * name. The outcome of those that are not consumed is set, of the others OUTCOME_RESOLVED for now. In `arena`; borrows
 * from `podspec`.
 */
void resolve_group(const struct podspec *podspec, struct str workload_namespace, struct arena *arena,
		   struct consumption **consumptions, size_t *count);
/* The namespace that it is in, in a workload of `workload_namespace`; empty if nobody says. */
struct str resolve_namespace(const struct consumption *consumption, struct str workload_namespace);
/* Looks up the object of a consumption whose outcome is OUTCOME_RESOLVED, or changes its outcome. */
void resolve_object(const struct manifest *manifest, struct str workload_namespace, struct consumption *consumption);
/*
 * Reads a resolved consumption's object and computes the digest of what is consumed; `secret_key` is the HMAC key for
 * Secrets or empty. Fails where the object can't be read, and
 * like selection_digest.
 */
CHECKED bool resolve_digest(struct manifest *manifest, struct str secret_key, struct consumption *consumption,
			    struct arena *arena, struct err *err);

/* What an outcome means, for people: "is in several namespaces ...". */
const char *outcome_explain(enum outcome outcome);
/* What to do about it, to be put behind that: ": give its manifest with --external ...", or nothing. */
const char *outcome_advise(enum outcome outcome);
/* The name of an outcome in reports: "unresolved", "hidden", "excluded" ... */
const char *outcome_name(enum outcome outcome);
bool outcome_is_unresolved(enum outcome outcome);

#endif
