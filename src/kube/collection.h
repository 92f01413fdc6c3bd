/* SPDX-License-Identifier: Apache-2.0 */
/*
 * collection: the ConfigMaps or Secrets that a glob or a label selector fits, as one thing that a workload consumes.
 *
 * What it fits is looked for in the input and in the external files, never in the cluster. The digest is over the names
 * and the digests of all objects, so that it changes with each of them, and when there are more or fewer:
 *
 *     rollstamp/1 configmaps\n      or   rollstamp/1 secrets\n
 *     NAME DIGEST\n                      for every object, in bytewise order of these lines
 *
 * NAME is NAMESPACE/NAME of an object that is not in the workload's namespace; DIGEST that of all of its keys. ConfigMaps:
 * HASH_XXH3. Secrets: the first 32 hex digits of HMAC-SHA-256, or of plain SHA-256 if there is no key. The format is
 * frozen.
 */
#ifndef KUBE_COLLECTION_H
#define KUBE_COLLECTION_H

#include "kube/manifest.h"
#include "kube/selector.h"

struct collection {
	enum object_kind kind; /* OBJECT_CONFIGMAP or OBJECT_SECRET */
	struct str text;       /* what its stamp is called after: the glob, or the selector */
	struct str ns;         /* a glob of namespaces; empty: the workload's own */
	struct str name;       /* a glob of names; empty: any name, and `selector` counts */
	struct selector selector;
};

/* What a collection has, for a workload. Owned as collection_find says. */
struct collected {
	struct object **items; /* in bytewise order of their names: those of the own namespace, then the others */
	size_t count, own_count;
	size_t ignored; /* so many more are left out, since they are ignored */
	const struct object
		*ambiguous; /* the name of this one is in several namespaces: nobody knows which one is meant */
	char digest[DIGEST_HEX + 1]; /* once collection_digest has been asked for it, else empty */
};

/* Is an entry of an annotation, or OBJECT of --also WORKLOAD=OBJECT, a collection and not a name? */
bool collection_is_glob(struct str entry);
bool collection_is_also(struct str object);
/*
 * The collection that [NAMESPACE/]GLOB means for a workload in the namespace `own` (empty: none is known). Borrows all.
 */
struct collection collection_of_glob(enum object_kind kind, struct str entry, struct str own);
/* The collection of a label selector; owned and failing as selector_parse says. */
CHECKED bool collection_of_selector(enum object_kind kind, struct str text, struct arena *arena,
				    struct collection *collection, struct err *err);
/* What OBJECT of --also means, KIND/[NAMESPACE/]GLOB or KIND:SELECTOR. Fails with a sentence on what is neither. */
CHECKED bool collection_of_also(struct str object, struct str own, struct arena *arena, struct collection *collection,
				struct err *err);

/*
 * Finds what a collection has for a workload in the namespace `own`: by the rules of look-up by name, each name that it
 * fits. `*collected` is in the manifest's arena and shared by all workloads that ask the same; objects of it count as
 * named. Fails with a sentence when manifest->select_left is used up. Resets manifest->scratch.
 */
CHECKED bool collection_find(struct manifest *manifest, const struct collection *collection, struct str own,
			     struct collected **collected, struct err *err);
/*
 * The next one behind `after` (NULL: the first one) of the stand-ins of the input whose Secret the collection of a workload in
 * the namespace `own` would fit; borrowed from the manifest. NULL: there is no other, or manifest->select_left is used up. Which
 * labels such a Secret gets is not known for certain: those are looked at that the object has, for itself or for the Secret.
 */
const struct standin *collection_stand_in(struct manifest *manifest, const struct collection *collection,
					  struct str own, const struct standin *after);
/*
 * Takes what a digest of `collected` costs from manifest->select_left. Fails with a sentence when that is used up, also by
 * what has been looked at before.
 */
CHECKED bool collection_pay(struct manifest *manifest, const struct collected *collected, struct err *err);
/*
 * Computes `collected->digest`, which has been paid for; `secret_key` is the HMAC key for Secrets, or empty. Fails with the
 * whole context in the message where an object can't be read.
 */
CHECKED bool collection_digest(struct manifest *manifest, const struct collection *collection, struct str secret_key,
			       struct collected *collected, struct err *err);
/* The namespace of item `i`, if that is not the workload's; else empty. */
struct str collection_foreign(const struct collection *collection, const struct collected *collected, size_t i);
/* Its name as the digest has it and as people read it: [NAMESPACE/]NAME. Borrowed, or in `arena`. */
struct str collection_name(const struct collection *collection, const struct collected *collected, size_t i,
			   struct arena *arena);

#endif
