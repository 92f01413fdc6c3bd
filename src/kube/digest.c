#include "kube/digest.h"

#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

const char *object_kind_name(enum object_kind kind)
{
	switch (kind) {
	case OBJECT_CONFIGMAP:
		return "ConfigMap";
	case OBJECT_SECRET:
		return "Secret";
	case OBJECT_PROVIDER_CLASS:
		break;
	}
	return "SecretProviderClass";
}

/* What an entry has beside its key and value: two lengths and four marks. */
#define ENTRY_ROOM 64

/* Writes a length, and the mark behind it, before `end`; returns where it begins. */
static char *put_length(char *end, size_t length)
{
	*--end = ':';
	do
		*--end = (char)('0' + length % 10);
	while ((length /= 10) > 0);
	return end;
}

/* The pieces of an entry around its key and value. */
struct entry {
	char room[ENTRY_ROOM];
	struct str before_key, before_value, end;
};

static void make_entry(const struct data_item *item, struct entry *entry)
{
	char *middle = entry->room + ENTRY_ROOM / 2, *end = entry->room + ENTRY_ROOM,
	     *at = put_length(middle, item->key.len);

	entry->before_key = (struct str){ .ptr = at, .len = (size_t)(middle - at) };
	entry->before_value = (struct str)STR("!");
	if (!item->absent) {
		at = put_length(end, item->value.len);
		*--at = '=';
		entry->before_value = (struct str){ .ptr = at, .len = (size_t)(end - at) };
	}
	entry->end = (struct str)STR("\n");
}

static void to_hex(const uint8_t *bytes, size_t count, char *hex)
{
	for (size_t i = 0; i < count; i++) {
		hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	hex[2 * count] = '\0';
}

void digest_header(enum object_kind kind, struct str name, struct buf *to)
{
	if (kind == OBJECT_CONFIGMAP) {
		buf_add_cstring(to, "rollstamp/1 configmap\n");
		return;
	}
	buf_add_cstring(to, kind == OBJECT_SECRET ? "rollstamp/1 secret " : "rollstamp/1 secretproviderclass ");
	buf_add(to, name);
	buf_add_char(to, '\n');
}

void digest_entry(const struct data_item *item, struct buf *to)
{
	struct entry entry;

	make_entry(item, &entry);
	buf_add(to, entry.before_key);
	buf_add(to, item->key);
	buf_add(to, entry.before_value);
	if (!item->absent)
		buf_add(to, item->value);
	buf_add(to, entry.end);
}

enum algorithm { XXH3, SHA256, HMAC_SHA256 };

struct digest {
	enum algorithm algorithm;
	XXH3_state_t *xxh3; /* its size is the library's own affair */
	union {
		struct sha256_ctx sha256;
		struct hmac_sha256_ctx hmac;
	} context;
};

static struct digest *allocate(void)
{
	struct digest *digest = malloc(sizeof(*digest));

	if (!digest)
		arena_out_of_memory();
	return digest;
}

static XXH3_state_t *allocate_xxh3(void)
{
	XXH3_state_t *state = XXH3_createState();

	if (!state)
		arena_out_of_memory();
	return state;
}

struct digest *digest_new(enum object_kind kind, struct str name, struct str key)
{
	struct digest *digest = allocate();
	struct buf header = { 0 };

	*digest = (struct digest){ .algorithm = kind == OBJECT_CONFIGMAP               ? XXH3
						: kind == OBJECT_SECRET && key.len > 0 ? HMAC_SHA256
										       : SHA256 };
	switch (digest->algorithm) {
	case XXH3:
		digest->xxh3 = allocate_xxh3();
		XXH3_128bits_reset(digest->xxh3);
		break;
	case SHA256:
		sha256_init(&digest->context.sha256);
		break;
	case HMAC_SHA256:
		hmac_sha256_set_key(&digest->context.hmac, key.len, (const uint8_t *)key.ptr);
		break;
	}
	digest_header(kind, name, &header);
	digest_add(digest, buf_str(&header));
	buf_release(&header);
	return digest;
}

struct digest *digest_copy(const struct digest *digest)
{
	struct digest *copy = allocate();

	*copy = *digest;
	if (digest->xxh3) {
		copy->xxh3 = allocate_xxh3();
		XXH3_copyState(copy->xxh3, digest->xxh3);
	}
	return copy;
}

void digest_add(struct digest *digest, struct str entries)
{
	switch (digest->algorithm) {
	case XXH3:
		XXH3_128bits_update(digest->xxh3, entries.ptr, entries.len);
		break;
	case SHA256:
		sha256_update(&digest->context.sha256, entries.len, (const uint8_t *)entries.ptr);
		break;
	case HMAC_SHA256:
		hmac_sha256_update(&digest->context.hmac, entries.len, (const uint8_t *)entries.ptr);
		break;
	}
}

void digest_add_item(struct digest *digest, const struct data_item *item)
{
	struct entry entry;

	make_entry(item, &entry);
	digest_add(digest, entry.before_key);
	digest_add(digest, item->key);
	digest_add(digest, entry.before_value);
	if (!item->absent)
		digest_add(digest, item->value);
	digest_add(digest, entry.end);
}

void digest_free(struct digest *digest)
{
	if (digest && digest->xxh3)
		XXH3_freeState(digest->xxh3);
	free(digest);
}

void digest_end(struct digest *digest, char hex[DIGEST_HEX + 1])
{
	XXH128_canonical_t canonical;
	uint8_t bytes[DIGEST_HEX / 2];

	switch (digest->algorithm) {
	case XXH3:
		XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(digest->xxh3));
		memcpy(bytes, canonical.digest, sizeof(bytes));
		break;
	case SHA256:
		sha256_digest(&digest->context.sha256, sizeof(bytes), bytes);
		break;
	case HMAC_SHA256:
		hmac_sha256_digest(&digest->context.hmac, sizeof(bytes), bytes);
		break;
	}
	to_hex(bytes, sizeof(bytes), hex);
	digest_free(digest);
}

void digest_short(struct str text, char hex[8 + 1])
{
	XXH64_canonical_t canonical;

	XXH64_canonicalFromHash(&canonical, XXH3_64bits(text.ptr, text.len));
	to_hex(canonical.digest, 4, hex);
}
