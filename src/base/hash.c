/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <assert.h>
#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum method { METHOD_XXH3, METHOD_SHA256, METHOD_HMAC };

struct hash {
	enum method method;
	XXH3_state_t *xxh3; /* its size is the library's own affair */
	union {
		struct sha256_ctx sha256;
		struct hmac_sha256_ctx hmac;
	} context;
};

static struct hash *allocate(void)
{
	struct hash *hash = malloc(sizeof(*hash));

	if (!hash)
		arena_out_of_memory();
	return hash;
}

static XXH3_state_t *allocate_xxh3(void)
{
	XXH3_state_t *state = XXH3_createState();

	if (!state)
		arena_out_of_memory();
	return state;
}

struct hash *hash_new(enum hash_algorithm algorithm, struct str key)
{
	struct hash *hash = allocate();

	*hash = (struct hash){ .method = algorithm == HASH_XXH3 ? METHOD_XXH3
					 : key.len > 0          ? METHOD_HMAC
								: METHOD_SHA256 };
	switch (hash->method) {
	case METHOD_XXH3:
		hash->xxh3 = allocate_xxh3();
		XXH3_128bits_reset(hash->xxh3);
		break;
	case METHOD_SHA256:
		sha256_init(&hash->context.sha256);
		break;
	case METHOD_HMAC:
		hmac_sha256_set_key(&hash->context.hmac, key.len, (const uint8_t *)key.ptr);
		break;
	}
	return hash;
}

struct hash *hash_copy(const struct hash *hash)
{
	struct hash *copy = allocate();

	*copy = *hash;
	if (hash->xxh3) {
		copy->xxh3 = allocate_xxh3();
		XXH3_copyState(copy->xxh3, hash->xxh3);
	}
	return copy;
}

void hash_add(struct hash *hash, struct str text)
{
	switch (hash->method) {
	case METHOD_XXH3:
		XXH3_128bits_update(hash->xxh3, text.ptr, text.len);
		break;
	case METHOD_SHA256:
		sha256_update(&hash->context.sha256, text.len, (const uint8_t *)text.ptr);
		break;
	case METHOD_HMAC:
		hmac_sha256_update(&hash->context.hmac, text.len, (const uint8_t *)text.ptr);
		break;
	}
}

static void to_hex(const uint8_t *bytes, size_t count, char *hex)
{
	for (size_t i = 0; i < count; i++) {
		hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	hex[2 * count] = '\0';
}

void hash_end(struct hash *hash, size_t bytes, char *hex)
{
	uint8_t digest[HASH_BYTES];
	XXH128_canonical_t canonical;

	assert(bytes <= (hash->method == METHOD_XXH3 ? sizeof(canonical.digest) : sizeof(digest)));
	switch (hash->method) {
	case METHOD_XXH3:
		XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(hash->xxh3));
		memcpy(digest, canonical.digest, sizeof(canonical.digest));
		break;
	case METHOD_SHA256:
		sha256_digest(&hash->context.sha256, sizeof(digest), digest);
		break;
	case METHOD_HMAC:
		hmac_sha256_digest(&hash->context.hmac, sizeof(digest), digest);
		break;
	}
	to_hex(digest, bytes, hex);
	hash_free(hash);
}

void hash_free(struct hash *hash)
{
	if (hash && hash->xxh3)
		XXH3_freeState(hash->xxh3);
	free(hash);
}

void hash_short(struct str text, char hex[HASH_SHORT + 1])
{
	XXH64_canonical_t canonical;

	XXH64_canonicalFromHash(&canonical, XXH3_64bits(text.ptr, text.len));
	to_hex(canonical.digest, HASH_SHORT / 2, hex);
}
