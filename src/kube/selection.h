/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selection: which keys of an object are consumed, and the digest of these keys.
 *
 * Thousands of pod templates can each consume nearly all of one large object, and no two of them the same keys. So a
 * selection is kept as ranges of the object's sorted items, and digests of one object share the work for the bytes with
 * which they all begin. Hashing that can't be shared is limited: see manifest.hash_left.
 */
#ifndef KUBE_SELECTION_H
#define KUBE_SELECTION_H

#include "kube/manifest.h"

/* A range of the object's items, or one key that the object does not have. */
struct selection_piece {
	size_t from, to;   /* indexes into object->items */
	struct str absent; /* the key, if `from` and `to` are equal */
};

struct selection {
	struct object *object;
	struct selection_piece *pieces; /* in the order of their keys */
	size_t piece_count;
	size_t count; /* keys */
};

/*
 * Selects `keys` (sorted, each once) of a loaded object, and with `all_keys` all keys that the object has, too. The
 * pieces are in `arena`; the object, and the keys that it lacks, are borrowed.
 */
struct selection selection_make(struct object *object, bool all_keys, const struct str *keys, size_t key_count,
				struct arena *arena);
/* A copy of `selection` in `arena` that borrows nothing but the object. */
struct selection selection_keep(const struct selection *selection, struct arena *arena);
/* Does the selection cover any key that the object has? */
bool selection_has_value(const struct selection *selection);

/* A walk over the keys of a selection; all-zero bytes stand at its beginning. */
struct selection_walk {
	size_t piece, item;
};

/*
 * Sets `item` to the next key of the selection, with its value if the object has the key; borrowed from the object.
 * False at the end.
 */
bool selection_next(const struct selection *selection, struct selection_walk *walk, struct data_item *item);

/* Moves the walk behind the keys that stand in one piece with the key that selection_next has given last. */
void selection_skip(const struct selection *selection, struct selection_walk *walk);

/*
 * Writes the digest of `selection` to `hex`, with a NUL; `secret_key` is the HMAC key for Secrets, or empty. Fails with
 * a sentence when digests of parts of objects have hashed too many bytes (see manifest.hash_left).
 */
CHECKED bool selection_digest(struct manifest *manifest, const struct selection *selection, struct str secret_key,
			      char hex[DIGEST_HEX + 1], struct err *err);
/* Appends the bytes that selection_digest hashes to `to`. They have the contents in them, and may be secret. */
void selection_preimage(const struct selection *selection, struct buf *to);

#endif
