/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest: what a pod sees of a ConfigMap, Secret or SecretProviderClass, as 32 hex digits.
 *
 * The format is frozen: another digest for the same content restarts everybody's pods. What is hashed ("rollstamp/1"):
 *
 *     rollstamp/1 configmap\n      or   rollstamp/1 secret NAME\n      or   rollstamp/1 secretproviderclass NAME\n
 *     <key length>:<key>=<value length>:<value>\n       for every consumed key, in bytewise order
 *     <key length>:<key>!\n                             for a consumed key that is absent
 *
 * Lengths are decimal numbers of bytes. ConfigMap: HASH_XXH3. Secret: the first 32 hex digits of HMAC-SHA-256, or of
 * plain SHA-256 if there is no key. SecretProviderClass: plain SHA-256 always, since it holds no secret; the entries are
 * those of providerclass, in that order.
 */
#ifndef KUBE_DIGEST_H
#define KUBE_DIGEST_H

#include "base/buf.h"
#include "base/hash.h"
#include "kube/object.h"

#define DIGEST_HEX 32

/* Appends the header line; `name` does not matter for ConfigMaps. */
void digest_header(enum object_kind kind, struct str name, struct buf *to);

/*
 * A digest that begins with the header line of its object: then come the entries of its items, and it ends in digest_end,
 * or in hash_free. `name` does not matter for ConfigMaps. `key` matters for Secrets only: HMAC with it unless it is empty.
 */
struct hash *digest_new(enum object_kind kind, struct str name, struct str key);
/* Adds the entry of one key; hash_add takes entries as digest_entry makes them, or pieces of them. */
void digest_add_item(struct hash *hash, const struct data_item *item);
/* Writes the digest as lower-case hex with a NUL, and frees `hash`. */
void digest_end(struct hash *hash, char hex[DIGEST_HEX + 1]);
/* Appends the entry of one key. */
void digest_entry(const struct data_item *item, struct buf *to);

#endif
