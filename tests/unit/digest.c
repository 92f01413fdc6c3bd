/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "kube/digest.h"

#include "unit.h"

#include <string.h>

/*
 * Frozen: another value here restarts everybody's pods. The values were computed with xxhsum -H2 and sha256sum over
 * the bytes that the contract in digest.h describes.
 */
static const struct data_item items[] = {
	{ .key = STR("a"), .value = STR("1") },
	{ .key = STR("bb"), .value = { 0 } },
	{ .key = STR("ccc"), .absent = true },
};
static const struct data_item binary[] = { { .key = STR("bin"), .value = STR("\0\1\n=") } };
static const struct data_item password[] = { { .key = STR("password"), .value = STR("s3cr3t") } };

static void digest_items(enum object_kind kind, struct str name, const struct data_item *list, size_t count,
			 struct str key, char hex[DIGEST_HEX + 1])
{
	struct hash *digest = digest_new(kind, name, key), *other;

	for (size_t i = 0; i < count; i++) {
		/* What a copy goes on with is its own affair. */
		other = hash_copy(digest);
		hash_add(other, S("x"));
		hash_free(other);
		digest_add_item(digest, &list[i]);
	}
	digest_end(digest, hex);
}

static void digest_configmap(const struct data_item *list, size_t count, char hex[DIGEST_HEX + 1])
{
	digest_items(OBJECT_CONFIGMAP, (struct str){ 0 }, list, count, (struct str){ 0 }, hex);
}

static void digest_secret(struct str name, const struct data_item *list, size_t count, struct str key,
			  char hex[DIGEST_HEX + 1])
{
	digest_items(OBJECT_SECRET, name, list, count, key, hex);
}

/* Small entries are hashed in one go, large ones in pieces. */
static void an_entry_of_any_length_is_hashed_as_its_text(void **state)
{
	static char value[2000];

	(void)state;
	memset(value, 'v', sizeof(value));
	for (size_t key = 1; key < 700; key += key < 16 ? 3 : 97)
		for (size_t length = 0; length < 700; length += length < 380 || length > 520 ? 41 : 1) {
			const struct data_item item = { .key = { value, key }, .value = { value, length } };
			struct hash *hash = hash_new(HASH_XXH3, (struct str){ 0 });
			char hex[DIGEST_HEX + 1], expected[DIGEST_HEX + 1];
			struct buf text = { 0 };

			digest_header(OBJECT_CONFIGMAP, (struct str){ 0 }, &text);
			digest_entry(&item, &text);
			hash_add(hash, buf_str(&text));
			digest_end(hash, expected);
			digest_configmap(&item, 1, hex);
			assert_string_equal(hex, expected);
			buf_release(&text);
		}
}

static void digests_of_configmaps_are_frozen(void **state)
{
	char hex[DIGEST_HEX + 1];

	(void)state;
	digest_configmap(NULL, 0, hex);
	assert_string_equal(hex, "768915bf9fefb5404d02319dc53f12fc");
	digest_configmap(items, COUNT(items), hex);
	assert_string_equal(hex, "62458002cd039da92bd3d8e61893beee");
	digest_configmap(binary, COUNT(binary), hex);
	assert_string_equal(hex, "1540b426f74bd3c021d67119967c8c70");
}

static void a_value_of_any_size_is_hashed_whole(void **state)
{
	struct data_item big = { .key = S("big") };
	char hex[DIGEST_HEX + 1], *value = arena_alloc(&unit_arena, 100000);

	(void)state;
	memset(value, 'x', 100000);
	big.value = (struct str){ value, 100000 };
	digest_configmap(&big, 1, hex);
	assert_string_equal(hex, "12117b352c85046737b84a37d726f60c");
}

static void digests_of_secrets_are_frozen(void **state)
{
	char hex[DIGEST_HEX + 1];

	(void)state;
	digest_secret(S("db"), NULL, 0, (struct str){ 0 }, hex);
	assert_string_equal(hex, "bf0668eb5535f92ea5f88d495a8a2df3");
	digest_secret(S("db"), password, COUNT(password), (struct str){ 0 }, hex);
	assert_string_equal(hex, "f7b02bd86fb1c19611f12fc9f431f3d0");
	digest_secret(S("db"), password, COUNT(password), S("key"), hex);
	assert_string_equal(hex, "79dd321a798dc24162935a50804a543d");
	/* A key longer than SHA-256's block is hashed first. */
	digest_secret(S("db"), password, COUNT(password),
		      S("kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
			"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"),
		      hex);
	assert_string_equal(hex, "4cc997f4af17ec29a8b5e76e4706a63e");
}

static void equal_values_in_two_secrets_do_not_show(void **state)
{
	char one[DIGEST_HEX + 1], two[DIGEST_HEX + 1];

	(void)state;
	digest_secret(S("db"), password, COUNT(password), (struct str){ 0 }, one);
	digest_secret(S("db2"), password, COUNT(password), (struct str){ 0 }, two);
	assert_string_not_equal(one, two);
}

static struct str preimage(enum object_kind kind, struct str name, const struct data_item *list, size_t count)
{
	struct buf out = { 0 };
	struct str copy;

	digest_header(kind, name, &out);
	for (size_t i = 0; i < count; i++)
		digest_entry(&list[i], &out);
	copy = arena_dup(&unit_arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

static void the_preimage_is_what_the_contract_says(void **state)
{
	(void)state;
	assert_str(preimage(OBJECT_CONFIGMAP, S("app"), NULL, 0), "rollstamp/1 configmap\n");
	assert_str(preimage(OBJECT_CONFIGMAP, S("app"), items, COUNT(items)),
		   "rollstamp/1 configmap\n1:a=1:1\n2:bb=0:\n3:ccc!\n");
	assert_str(preimage(OBJECT_CONFIGMAP, S("app"), binary, COUNT(binary)),
		   "rollstamp/1 configmap\n3:bin=4:\0\1\n=\n");
	assert_str(preimage(OBJECT_SECRET, S("db"), password, COUNT(password)),
		   "rollstamp/1 secret db\n8:password=6:s3cr3t\n");
}

static void what_is_not_content_changes_no_digest(void **state)
{
	struct data_item item = { .key = S("a"), .value = S("1") };
	char before[DIGEST_HEX + 1], after[DIGEST_HEX + 1];

	(void)state;
	digest_configmap(&item, 1, before);
	item.at = 99;
	item.field = 2;
	item.key_changed = true;
	digest_configmap(&item, 1, after);
	assert_string_equal(before, after);
	/* The value of an absent key is nothing. */
	item.absent = true;
	digest_configmap(&item, 1, before);
	item.value = S("other");
	digest_configmap(&item, 1, after);
	assert_string_equal(before, after);
}

static void short_digests_are_frozen(void **state)
{
	char hex[9];

	(void)state;
	hash_short(S(""), hex);
	assert_string_equal(hex, "2d068005");
	hash_short(S("a"), hex);
	assert_string_equal(hex, "e6c632b6");
	hash_short(S("other_app.config"), hex);
	assert_string_equal(hex, "a3c9bb53");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_entry_of_any_length_is_hashed_as_its_text), TEST(digests_of_configmaps_are_frozen),
		TEST(a_value_of_any_size_is_hashed_whole),          TEST(digests_of_secrets_are_frozen),
		TEST(equal_values_in_two_secrets_do_not_show),      TEST(the_preimage_is_what_the_contract_says),
		TEST(what_is_not_content_changes_no_digest),        TEST(short_digests_are_frozen),
	};

	return unit_run(tests);
}
