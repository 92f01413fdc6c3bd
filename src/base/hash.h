/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash: digests of bytes, as lower-case hex.
 *
 * XXH3 (xxHash) where anybody may guess the text, SHA-256 and HMAC-SHA-256 (nettle) where it is secret: XXH3 of a short
 * secret can be inverted.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/arena.h"

/* HASH_XXH3 is XXH3-128 with seed 0 in its canonical form (big-endian), which is what `xxhsum -H2` prints. */
enum hash_algorithm { HASH_XXH3, HASH_SHA256 };

/* Bytes of the longest digest. */
#define HASH_BYTES 32
/* Digits of a short digest. */
#define HASH_SHORT 8

/*
 * A digest that is being made. It is copied where another digest begins with the same bytes. Made by hash_new and
 * hash_copy, and gone with hash_end or hash_free.
 */
struct hash;

/* Never NULL. With a `key` that is not empty, HASH_SHA256 is HMAC-SHA-256. */
struct hash *hash_new(enum hash_algorithm algorithm, struct str key);
struct hash *hash_copy(const struct hash *hash);
void hash_add(struct hash *hash, struct str text);
/*
 * Writes the first `bytes` bytes of the digest, at most 16 of XXH3 and HASH_BYTES of SHA-256, as twice as many digits and
 * a NUL, and frees `hash`.
 */
void hash_end(struct hash *hash, size_t bytes, char *hex);
/* NULL is fine. */
void hash_free(struct hash *hash);

/* The first digits of XXH3-64 of `text` in its canonical form: what tells names apart that had to be changed. */
void hash_short(struct str text, char hex[HASH_SHORT + 1]);

#endif
