/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manifest: which document or list item is which object, and look-up by name.
 *
 * Indexing reads no more than it must: of a plain ConfigMap or Secret only `apiVersion` and `metadata`, so that the
 * many objects that no workload names cost nothing. Contents are read when they are asked for (see contents).
 */
#ifndef KUBE_MANIFEST_H
#define KUBE_MANIFEST_H

#include "base/map.h"
#include "kube/digest.h"
#include "kube/identity.h"
#include "kube/ignore.h"
#include "kube/mover.h"
#include "kube/standin.h"
#include "kube/place.h"
#include "kube/remarks.h"
#include "kube/rollout.h"

/* Where objects come from; scopes are searched in this order. */
enum object_scope { SCOPE_STREAM, SCOPE_EXTERNAL, SCOPE_LIVE, SCOPE_COUNT };

/*
 * How many ranks there are: an object is looked up among those of a rank only where no lower rank has one. Hooks of
 * Helm rank behind all others, from whichever scope.
 */
enum { RANK_COUNT = 2 * SCOPE_COUNT };

/* The names of the Secrets that a SecretProviderClass makes when it is mounted. */
struct object_makes {
	struct str *names;
	size_t count;
};

/* What is wrong with the contents of an item of a list. */
struct object_problem {
	struct str text;
	size_t at; /* in the document */
};

/* There can be very many of them: what few have is behind a pointer. */
struct object {
	enum object_kind kind;
	enum object_scope scope;
	struct str ns; /* empty: none was named */
	struct str name;
	struct place place;
	size_t item;         /* index in a list's items, or OBJECT_ALONE */
	struct object *list; /* the first object of the same list, or NULL; the others follow by `list_next` */
	struct object *list_next;
	bool is_hook;
	bool asks_ignored;      /* rollstamp.io/ignore: "true" */
	bool is_named;          /* a template names it: see manifest_name */
	bool has_read_metadata; /* the document's `metadata` has been read by itself, and is YAML */
	bool loaded;
	bool has_changed_keys;       /* if loaded: an item has `key_changed` */
	bool is_selected;            /* a digest of a part of the object has been made */
	char digest[DIGEST_HEX + 1]; /* of all keys, once it has been asked for; else empty */
	struct data_item *items;     /* if loaded: sorted by key, each once */
	size_t count;
	struct object_image *image;           /* see selection.c */
	struct labels *labels;                /* once they have been asked for: see labels.h */
	const struct object_makes *makes;     /* if loaded: of a SecretProviderClass, else NULL */
	const struct object_problem *problem; /* if loaded: what is wrong with the contents, or NULL */
};

#define OBJECT_ALONE ((size_t)-1)

/* Two objects with one identity; the first of them is not used. */
struct duplicate {
	const struct object *ignored;
	const struct object *used;
};

/* A document that is parsed later, for the workloads in it. */
struct workload_document {
	const struct stream *stream;
	const struct document *document;
};

struct manifest {
	struct arena *arena;   /* for the whole run */
	struct arena *scratch; /* for one document */
	const struct kinds *kinds;
	const struct ignore *ignore;
	struct str default_namespace;      /* of objects that name no namespace; empty: unknown */
	struct map identities[RANK_COUNT]; /* manifest_key to struct object */
	struct map names[RANK_COUNT];      /* manifest_key without namespace to struct name_entry */
	struct workload_document *workloads;
	size_t workload_count, workload_room;
	struct duplicate *duplicates;
	size_t duplicate_count, duplicate_room;
	struct movers movers;     /* who restarts workloads of SCOPE_STREAM */
	struct rollouts rollouts; /* those of SCOPE_STREAM whose templates others have */
	struct standins standins; /* what stands in SCOPE_STREAM for Secrets */
	struct remarks remarks;   /* on all indexed objects; plan adds remarks on workloads */
	bool hides_secrets;       /* Helm blanked Secrets (--hide-secret) */
	struct map digests;       /* see selection.c */
	struct hash **kept_digests;
	size_t kept_digest_count, kept_digest_room;
	/*
	 * How many bytes may still be hashed for digests of parts of objects, which nothing else bounds: each of a
	 * thousand workloads can select a part of its own. A digest of a whole object is made once, and costs nothing
	 * here.
	 */
	size_t hash_left;
	struct pool *pool; /* see collection.c */
	/*
	 * How much may still be looked at for globs and label selectors, in bytes, which nothing else bounds: each of a
	 * thousand workloads can have globs of its own over thousands of objects.
	 */
	size_t select_left;
	bool takes_resource_list; /* run as a KRM function */
	bool has_content;         /* a document of SCOPE_STREAM has more in it than comments */
	bool has_objects;         /* a document has an apiVersion and a kind */
};

/*
 * Makes an empty manifest. What is indexed lives in `arena`; `scratch` is reset for each document. All arguments are
 * borrowed. To be released by manifest_release.
 */
void manifest_init(struct manifest *manifest, const struct ignore *ignore, struct str default_namespace,
		   struct arena *arena, struct arena *scratch);
/* Frees the digests that were kept, which are in no arena. */
void manifest_release(struct manifest *manifest);
/* Takes `digest` over, and frees it when the manifest is released. */
void manifest_keep_digest(struct manifest *manifest, struct hash *digest);
/*
 * May a document that can't be read be passed over, because --ignore names the object in it? If so, the report gets a
 * remark.
 */
bool manifest_ignores_unread(struct manifest *manifest, const struct stream *stream, const struct document *document);
/*
 * Indexes all documents of `stream`, which must outlive the manifest. Workloads count in SCOPE_STREAM only. Fails where
 * a document that could matter can't be parsed, and at a ResourceList unless manifest->takes_resource_list, with the
 * whole context in the message.
 */
CHECKED bool manifest_add(struct manifest *manifest, const struct stream *stream, enum object_scope scope,
			  struct err *err);

/* Tells manifest->rollouts of the workloads of SCOPE_STREAM, if there are any that name one. Resets manifest->scratch. */
void manifest_index_workloads(struct manifest *manifest);

/* A key for maps, in `arena`: different for different arguments, whatever bytes are in them. */
struct str manifest_key(struct arena *arena, enum object_kind kind, struct str ns, struct str name);

/* What a look-up found, or why it found nothing. */
enum lookup { LOOKUP_FOUND, LOOKUP_MISSING, LOOKUP_AMBIGUOUS };
/*
 * The object that a workload in the namespace `ns` (empty: it names none) means by `name`: the one with exactly this
 * identity; else, if either of the two names no namespace, the only one of that kind and name. The scopes are searched
 * in their order; and Helm hooks, which Helm 3 never shows and Helm 4 does, only if there is no other object. Sets
 * `*object`, borrowed from the manifest, if there is one.
 */
enum lookup manifest_find(const struct manifest *manifest, enum object_kind kind, struct str ns, struct str name,
			  struct object **object);

/* The same without the objects of SCOPE_LIVE, which are those that somebody has named. */
enum lookup manifest_find_given(const struct manifest *manifest, enum object_kind kind, struct str ns, struct str name,
				struct object **object);
/* Takes `cost` from manifest->select_left; false, and nothing is left, once that has been used up. */
bool manifest_spend(struct manifest *manifest, size_t cost);

/* Notes that a workload in the namespace `ns` names the object that manifest_find finds by `name`, if it finds one. */
void manifest_name(const struct manifest *manifest, enum object_kind kind, struct str ns, struct str name);
/*
 * Lists the objects of SCOPE_STREAM that nothing has named (see manifest_name), without hooks and ignored objects, in
 * the order of the input. Returns how many; `*objects` is in `arena`, the objects are borrowed.
 */
size_t manifest_unnamed(const struct manifest *manifest, struct arena *arena, struct object ***objects);
/* Does `pattern` match an object of any scope? */
bool manifest_has_named(const struct manifest *manifest, const struct pattern *pattern);

/* Is `object` the used one among the objects of its identity? */
bool manifest_is_used(const struct manifest *manifest, const struct object *object);

#endif
