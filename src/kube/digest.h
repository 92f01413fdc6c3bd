/*
 * digest: what a pod sees of a ConfigMap, Secret or SecretProviderClass, as 32 hex digits.
 *
 * The format is frozen: another digest for the same content restarts everybody's pods. What is hashed ("rollstamp/1"):
 *
 *     rollstamp/1 configmap\n      or   rollstamp/1 secret NAME\n      or   rollstamp/1 secretproviderclass NAME\n
 *     <key length>:<key>=<value length>:<value>\n       for every consumed key, in bytewise order
 *     <key length>:<key>!\n                             for a consumed key that is absent
 *
 * Lengths are decimal numbers of bytes. ConfigMap: XXH3-128, seed 0, in its canonical form (big-endian), which is what
 * `xxhsum -H2` prints. Secret: the first 32 hex digits of HMAC-SHA-256, or of plain SHA-256 if there is no key, since
 * XXH3 of a short secret can be inverted. SecretProviderClass: plain SHA-256 always, since it holds no secret; the entries
 * are those of providerclass, in that order.
 */
#ifndef KUBE_DIGEST_H
#define KUBE_DIGEST_H

#include "base/arena.h"
#include "base/buf.h"

#include <stdint.h>

#define DIGEST_HEX 32

enum object_kind { OBJECT_CONFIGMAP, OBJECT_SECRET, OBJECT_PROVIDER_CLASS };

/* "ConfigMap", "Secret" or "SecretProviderClass". */
const char *object_kind_name(enum object_kind kind);

/* One key of a ConfigMap or Secret. */
struct data_item {
	struct str key;
	struct str value;
	uint32_t at;         /* where the key stands in its document; for messages, not hashed */
	unsigned char field; /* which field it came from; not hashed */
	bool key_changed;    /* the key is no string in YAML (on, 010); not hashed */
	bool absent;         /* consumed, but not there */
	unsigned char flaws; /* while an object is read: what is wrong, if it counts; see contents */
};

/* Appends the header line; `name` does not matter for ConfigMaps. */
void digest_header(enum object_kind kind, struct str name, struct buf *to);

/*
 * A digest that is being made: begun with its header line, then given its entries in their order. It is copied where
 * another digest begins with the same bytes. Made by digest_new and digest_copy, and gone with digest_end or digest_free.
 */
struct digest;

/* `name` does not matter for ConfigMaps. `key` matters for Secrets only: HMAC with it unless it is empty. */
struct digest *digest_new(enum object_kind kind, struct str name, struct str key);
struct digest *digest_copy(const struct digest *digest);
/* The entry of one key; and entries as digest_entry makes them, or pieces of them. */
void digest_add_item(struct digest *digest, const struct data_item *item);
void digest_add(struct digest *digest, struct str entries);
/* Writes the digest as lower-case hex with a NUL, and frees it. */
void digest_end(struct digest *digest, char hex[DIGEST_HEX + 1]);
void digest_free(struct digest *digest);
/* Appends the entry of one key. */
void digest_entry(const struct data_item *item, struct buf *to);

/* The first 8 hex digits of XXH3-64 of `text` in its canonical form: what tells names apart that had to be changed. */
void digest_short(struct str text, char hex[8 + 1]);

#endif
