/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selection: which keys of an object are consumed, and their digest.
 *
 * Thousands of pod templates can each consume nearly all of one large object, and no two of them the same keys. So a
 * selection is kept as ranges of the object's sorted items, and digests of one object share what their bytes begin with.
 * What can't be shared is paid for: see manifest.hash_left.
 */
#ifndef KUBE_SELECTION_H
#define KUBE_SELECTION_H

#include "kube/manifest.h"

/* Some items of the object that follow each other, or a key that it does not have. */
struct selection_piece {
	size_t from, to;   /* indexes into object->items */
	struct str absent; /* if both are equal */
};

struct selection {
	struct object *object;
	struct selection_piece *pieces; /* in the order of their keys */
	size_t piece_count;
	size_t count; /* keys */
};

/*
 * The keys `keys` (sorted, each once) of a loaded object, with all that it has if `all_keys`. In `arena`; the keys that
 * are absent are borrowed.
 */
struct selection selection_make(struct object *object, bool all_keys, const struct str *keys, size_t key_count,
				struct arena *arena);
/* A copy of `selection` in `arena` that borrows nothing but the object. */
struct selection selection_keep(const struct selection *selection, struct arena *arena);
/* Does the selection cover a key that the object has? */
bool selection_has_value(const struct selection *selection);

/* A walk over the keys; all-zero bytes are its begin. */
struct selection_walk {
	size_t piece, item;
};

/* Gives the next key of the selection with its value, if the object has it. False at the end. */
bool selection_next(const struct selection *selection, struct selection_walk *walk, struct data_item *item);

/* Goes on behind those keys of the object that follow, in the same piece, the key that selection_next has given last. */
void selection_skip(const struct selection *selection, struct selection_walk *walk);

/*
 * The digest of `selection`; `secret_key` is the HMAC key for Secrets or empty. Fails when digests of parts of objects
 * that share nothing have become too many.
 */
CHECKED bool selection_digest(struct manifest *manifest, const struct selection *selection, struct str secret_key,
			      char hex[DIGEST_HEX + 1], struct err *err);
/* Appends the bytes that are hashed. */
void selection_preimage(const struct selection *selection, struct buf *to);

#endif
