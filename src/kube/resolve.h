/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve: the references of a pod template, put together by object, and the objects looked up for them.
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
	OUTCOME_NOWHERE,  /* the cluster was asked, and lacks the object, too */
	OUTCOME_UNASKED,  /* the cluster could not be asked; only lists go on then */
	OUTCOME_STAND_IN, /* a controller makes the object at run time, from one in the input */
	OUTCOME_FOREIGN,  /* in a namespace that the cluster is not asked about */
	OUTCOME_AMBIGUOUS,
	OUTCOME_NO_NAME,
	OUTCOME_INVALID_NAME,
	/* Nothing is stamped, and that is meant. */
	OUTCOME_HIDDEN,
	OUTCOME_PULL_SECRET,
	OUTCOME_UNMOUNTED,
	OUTCOME_VOLUMES_OFF,
	OUTCOME_FOLLOWED,
	OUTCOME_COVERED, /* covered by the stamp of the object from which it is made */
	OUTCOME_EXCLUDED,
	OUTCOME_IGNORED,
	OUTCOME_SECRETS_OFF,
	OUTCOME_EMPTY, /* a glob or a selector that fits no object */
	OUTCOME_COUNT,
};

/* Everything that one pod template takes from one object. */
struct consumption {
	enum object_kind kind;
	struct str foreign_namespace; /* of the object, if it is not the workload's; else empty */
	struct str name;
	enum outcome outcome;
	struct str made_by; /* if resolved: what makes the object at run time, or empty */
	struct str why;     /* a sentence in place of outcome_explain, or empty */
	bool is_optional;   /* every reference is optional */
	bool all_keys;
	struct str *keys; /* the keys that are consumed by name: sorted, each once */
	size_t key_count;
	bool in_every_container; /* an annotation names the object, and no container is known */
	size_t *containers;      /* the containers that consume the object: ascending indexes into podspec.containers */
	size_t container_count;
	struct reference **references;
	size_t reference_count;
	size_t followed_by;         /* if followed: the container that reloads the object */
	struct object *object;      /* if resolved */
	struct selection selection; /* if digested: what the digest covers */
	char digest[DIGEST_HEX + 1];
};

/*
 * Puts the references of `podspec` together, one consumption for each object: ConfigMaps before Secrets, each kind in
 * bytewise order of namespace and name. A consumption that is not to be stamped gets its outcome; the others have
 * OUTCOME_RESOLVED until they are looked up. `*consumptions` is in `arena` and borrows from `podspec`. Never fails.
 */
void resolve_group(const struct podspec *podspec, struct str workload_namespace, struct arena *arena,
		   struct consumption **consumptions, size_t *count);
/* The namespace of the consumed object, in a workload of `workload_namespace`; borrowed, empty if nothing names one. */
struct str resolve_namespace(const struct consumption *consumption, struct str workload_namespace);
/*
 * Looks up the object of a consumption whose outcome is OUTCOME_RESOLVED: sets `object`, borrowed from `manifest`, or
 * changes the outcome. Other consumptions stay as they are.
 */
void resolve_object(const struct manifest *manifest, struct str workload_namespace, struct consumption *consumption);
/*
 * Reads the object of a resolved consumption, and computes `selection`, in `arena`, and `digest` of what is consumed;
 * `secret_key` is the HMAC key for Secrets, or empty. Fails where the object can't be read, and where selection_digest
 * fails, with the whole context in the message.
 */
CHECKED bool resolve_digest(struct manifest *manifest, struct str secret_key, struct consumption *consumption,
			    struct arena *arena, struct err *err);

/* What an outcome means, for people, static: "is in several namespaces ...". */
const char *outcome_explain(enum outcome outcome);
/*
 * What to do about an outcome, to be put behind outcome_explain: ": give its manifest with --external ..."; static, or
 * empty.
 */
const char *outcome_advise(enum outcome outcome);
/* The name of an outcome in reports, static: "unresolved", "hidden", "excluded" ... */
const char *outcome_name(enum outcome outcome);
/* Is the outcome a finding that may be a mistake? */
bool outcome_is_unresolved(enum outcome outcome);

#endif
