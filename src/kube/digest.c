/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/digest.h"

#include "base/hash.h"

#include <string.h>

/* What an entry has beside its key and value: two lengths and four marks. */
#define ENTRY_ROOM 64

/* An entry of so many bytes is put together first: each piece that a hash takes costs more than its copy. */
#define SMALL_ENTRY 512

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
struct entry_pieces {
	char room[ENTRY_ROOM];
	struct str before_key, before_value, end;
};

static void make_entry(const struct data_item *item, struct entry_pieces *entry)
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
	struct entry_pieces entry;

	make_entry(item, &entry);
	buf_add(to, entry.before_key);
	buf_add(to, item->key);
	buf_add(to, entry.before_value);
	if (!item->absent)
		buf_add(to, item->value);
	buf_add(to, entry.end);
}

struct hash *digest_new(enum object_kind kind, struct str name, struct str key)
{
	struct hash *hash = hash_new(kind == OBJECT_CONFIGMAP ? HASH_XXH3 : HASH_SHA256,
				     kind == OBJECT_SECRET ? key : (struct str){ 0 });
	struct buf header = { 0 };

	digest_header(kind, name, &header);
	hash_add(hash, buf_str(&header));
	buf_release(&header);
	return hash;
}

static char *put(char *to, struct str text)
{
	if (text.len > 0)
		memcpy(to, text.ptr, text.len);
	return to + text.len;
}

void digest_add_item(struct hash *hash, const struct data_item *item)
{
	struct str value = item->absent ? (struct str){ 0 } : item->value;
	struct entry_pieces entry;
	char small[SMALL_ENTRY];

	make_entry(item, &entry);
	if (item->key.len < SMALL_ENTRY && value.len < SMALL_ENTRY - item->key.len &&
	    ENTRY_ROOM < SMALL_ENTRY - item->key.len - value.len) {
		char *end = put(put(small, entry.before_key), item->key);

		end = put(put(put(end, entry.before_value), value), entry.end);
		hash_add(hash, (struct str){ .ptr = small, .len = (size_t)(end - small) });
		return;
	}
	hash_add(hash, entry.before_key);
	hash_add(hash, item->key);
	hash_add(hash, entry.before_value);
	hash_add(hash, value);
	hash_add(hash, entry.end);
}

void digest_end(struct hash *hash, char hex[DIGEST_HEX + 1])
{
	hash_end(hash, DIGEST_HEX / 2, hex);
}
