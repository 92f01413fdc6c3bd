#include "kube/digest.h"

#include <inttypes.h>
#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

const char *object_kind_name(enum object_kind kind)
{
	return kind == OBJECT_CONFIGMAP ? "ConfigMap" : "Secret";
}

/* Somewhere that bytes go to. */
struct sink {
	void (*add)(void *into, struct str bytes);
	void *into;
};

static void add_text(const struct sink *sink, const char *text)
{
	sink->add(sink->into, str_from(text));
}

static void add_length(const struct sink *sink, size_t length)
{
	char text[32];

	snprintf(text, sizeof(text), "%zu:", length);
	add_text(sink, text);
}

static void add_canonical(enum object_kind kind, struct str name, const struct data_item *items, size_t count,
			  const struct sink *sink)
{
	if (kind == OBJECT_CONFIGMAP) {
		add_text(sink, "rollstamp/1 configmap\n");
	} else {
		add_text(sink, "rollstamp/1 secret ");
		sink->add(sink->into, name);
		add_text(sink, "\n");
	}
	for (size_t i = 0; i < count; i++) {
		const struct data_item *item = &items[i];

		add_length(sink, item->key.len);
		sink->add(sink->into, item->key);
		if (!item->absent) {
			add_text(sink, "=");
			add_length(sink, item->value.len);
			sink->add(sink->into, item->value);
		} else {
			add_text(sink, "!");
		}
		add_text(sink, "\n");
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

static void add_to_buf(void *into, struct str bytes)
{
	buf_add(into, bytes);
}

void digest_preimage(enum object_kind kind, struct str name, const struct data_item *items, size_t count,
		     struct buf *to)
{
	add_canonical(kind, name, items, count, &(struct sink){ .add = add_to_buf, .into = to });
}

static void add_to_xxh3(void *into, struct str bytes)
{
	XXH3_128bits_update(into, bytes.ptr, bytes.len);
}

void digest_configmap(const struct data_item *items, size_t count, char hex[DIGEST_HEX + 1])
{
	XXH3_state_t *state = XXH3_createState();
	XXH128_canonical_t canonical;

	if (!state)
		arena_out_of_memory();
	XXH3_128bits_reset(state);
	add_canonical(OBJECT_CONFIGMAP, (struct str){ 0 }, items, count,
		      &(struct sink){ .add = add_to_xxh3, .into = state });
	XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
	XXH3_freeState(state);
	to_hex(canonical.digest, sizeof(canonical.digest), hex);
}

static void add_to_sha256(void *into, struct str bytes)
{
	sha256_update(into, bytes.len, (const uint8_t *)bytes.ptr);
}

static void add_to_hmac(void *into, struct str bytes)
{
	hmac_sha256_update(into, bytes.len, (const uint8_t *)bytes.ptr);
}

void digest_secret(struct str name, const struct data_item *items, size_t count, struct str key,
		   char hex[DIGEST_HEX + 1])
{
	uint8_t bytes[DIGEST_HEX / 2];

	if (key.len > 0) {
		struct hmac_sha256_ctx hmac;

		hmac_sha256_set_key(&hmac, key.len, (const uint8_t *)key.ptr);
		add_canonical(OBJECT_SECRET, name, items, count, &(struct sink){ .add = add_to_hmac, .into = &hmac });
		hmac_sha256_digest(&hmac, sizeof(bytes), bytes);
	} else {
		struct sha256_ctx sha256;

		sha256_init(&sha256);
		add_canonical(OBJECT_SECRET, name, items, count,
			      &(struct sink){ .add = add_to_sha256, .into = &sha256 });
		sha256_digest(&sha256, sizeof(bytes), bytes);
	}
	to_hex(bytes, sizeof(bytes), hex);
}

void digest_short(struct str text, char hex[8 + 1])
{
	XXH64_canonical_t canonical;

	XXH64_canonicalFromHash(&canonical, XXH3_64bits(text.ptr, text.len));
	to_hex(canonical.digest, 4, hex);
}
