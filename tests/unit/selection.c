/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "kube/selection.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS = 400 };

/* A manifest with one object of KEYS keys, whose values are of different lengths: from nothing to 70 KB. */
static struct manifest manifest;
static struct object object;

static void start(enum object_kind kind)
{
	static struct ignore ignore;
	static struct arena scratch;

	manifest_init(&manifest, &ignore, (struct str){ 0 }, &unit_arena, &scratch);
	object = (struct object){ .kind = kind, .name = S("a"), .loaded = true, .count = KEYS };
	object.items = arena_array(&unit_arena, KEYS, sizeof(*object.items));
	for (size_t i = 0; i < KEYS; i++) {
		size_t length = i % 50 == 7 ? 70000 : i % 10 == 3 ? 3000 : i % 5;
		char *value = arena_alloc(&unit_arena, length + 1);

		memset(value, 'a' + (int)(i % 26), length);
		object.items[i] = (struct data_item){
			.key = arena_printf(&unit_arena, "k%03zu", i),
			.value = { value, length },
		};
	}
}

static void stop(void)
{
	manifest_release(&manifest);
}

/* The digest by the bytes that the contract describes, all at once. */
static void digest_plainly(const struct selection *selection, struct str key, char hex[DIGEST_HEX + 1])
{
	struct hash *digest = digest_new(selection->object->kind, selection->object->name, key);
	struct buf header = { 0 }, bytes = { 0 };

	digest_header(selection->object->kind, selection->object->name, &header);
	selection_preimage(selection, &bytes);
	hash_add(digest, str_skip(buf_str(&bytes), header.len));
	digest_end(digest, hex);
	buf_release(&header);
	buf_release(&bytes);
}

static void assert_digest(const struct selection *selection, struct str key)
{
	char made[DIGEST_HEX + 1], expected[DIGEST_HEX + 1];

	digest_plainly(selection, key, expected);
	assert_succeeds(selection_digest(&manifest, selection, key, made, &unit_err));
	assert_string_equal(made, expected);
}

static struct str written(const struct selection *selection)
{
	struct selection_walk walk = { 0 };
	struct data_item item;
	struct buf out = { 0 };
	size_t count = 0;

	for (; selection_next(selection, &walk, &item); count++)
		buf_printf(&out, "%.*s%s ", STR_ARG(item.key), item.absent ? "!" : "");
	assert_int_equal(count, selection->count);
	return buf_keep(&out, &unit_arena);
}

static void keys_that_follow_each_other_are_one_piece(void **state)
{
	const struct str keys[] = { S("a"), S("k001"), S("k002"), S("k0021"), S("k003"), S("k399"), S("z") };
	struct selection some, all;

	(void)state;
	start(OBJECT_CONFIGMAP);
	some = selection_make(&object, false, keys, COUNT(keys), &unit_arena);
	assert_str(written(&some), "a! k001 k002 k0021! k003 k399 z! ");
	assert_int_equal(some.piece_count, 6);
	all = selection_make(&object, true, keys, COUNT(keys), &unit_arena);
	assert_int_equal(all.count, KEYS + 3);
	assert_int_equal(all.piece_count, 5);
	all = selection_make(&object, true, NULL, 0, &unit_arena);
	assert_int_equal(all.piece_count, 1);
	assert_true(selection_has_value(&all));
	some = selection_make(&object, false, keys, 1, &unit_arena);
	assert_false(selection_has_value(&some));
	stop();
}

/* Not random, and different in every way: which keys there are, which are absent, and all or some. */
static struct selection choose(size_t seed)
{
	struct str *keys = arena_array(&unit_arena, 2 * KEYS, sizeof(*keys));
	size_t count = 0, step = 1 + seed % 7;

	for (size_t i = seed % 11; i < KEYS; i += step) {
		if (i * seed % 3 > 0 || seed % 4 == 0)
			keys[count++] = object.items[i].key;
		if (i * seed % 17 == 5)
			keys[count++] = arena_printf(&unit_arena, "%.*s-%zu", STR_ARG(object.items[i].key), seed % 3);
	}
	if (seed % 5 == 0)
		keys[count++] = arena_printf(&unit_arena, "z%zu", seed);
	return selection_make(&object, seed % 2 == 0, keys, count, &unit_arena);
}

static void what_digests_share_changes_none_of_them(void **state)
{
	static const struct {
		enum object_kind kind;
		struct str key;
	} rows[] = { { OBJECT_CONFIGMAP, STR("") }, { OBJECT_SECRET, STR("") }, { OBJECT_SECRET, STR("key") } };

	(void)state;
	for (size_t row = 0; row < COUNT(rows); row++) {
		start(rows[row].kind);
		for (size_t round = 0; round < 2; round++)
			for (size_t seed = 0; seed < 60; seed++) {
				struct selection selection = choose(seed);

				assert_digest(&selection, rows[row].key);
			}
		stop();
	}
}

static void what_digests_have_in_front_is_hashed_once(void **state)
{
	char hex[DIGEST_HEX + 1];
	size_t left = 0;

	(void)state;
	start(OBJECT_SECRET);
	for (size_t i = 0; i < 1000; i++) {
		struct str key = arena_printf(&unit_arena, "z%zu", i);
		struct selection selection = selection_make(&object, true, &key, 1, &unit_arena);

		if (i == 2)
			left = manifest.hash_left;
		assert_succeeds(selection_digest(&manifest, &selection, (struct str){ 0 }, hex, &unit_err));
	}
	/* Less than a block for each of them, of nearly a megabyte. */
	assert_true(left - manifest.hash_left < (size_t)998 * 32 * 1024);
	stop();
}

static void what_is_selected_twice_is_hashed_once(void **state)
{
	size_t left = 0;

	(void)state;
	start(OBJECT_SECRET);
	for (size_t i = 0; i < 10; i++) {
		struct selection selection = choose(9);

		if (i == 2)
			left = manifest.hash_left;
		assert_digest(&selection, (struct str){ 0 });
	}
	assert_int_equal(left, manifest.hash_left);
	stop();
}

static void parts_that_share_nothing_are_paid_for(void **state)
{
	char hex[DIGEST_HEX + 1];
	size_t left = 0;

	(void)state;
	start(OBJECT_SECRET);
	manifest.hash_left = 3 * 1024 * 1024;
	for (size_t i = 0; i < 3; i++) {
		struct str key = arena_printf(&unit_arena, "a%zu", i);
		struct selection selection = selection_make(&object, true, &key, 1, &unit_arena);

		assert_digest(&selection, (struct str){ 0 });
	}
	left = manifest.hash_left;
	for (size_t i = 3; manifest.hash_left > 1024 * 1024; i++) {
		struct str key = arena_printf(&unit_arena, "a%zu", i);
		struct selection selection = selection_make(&object, true, &key, 1, &unit_arena);

		assert_true(i < 10);
		assert_digest(&selection, (struct str){ 0 });
		assert_true(manifest.hash_left < left);
	}
	manifest.hash_left = 1000;
	{
		struct str key = S("b");
		struct selection selection = selection_make(&object, true, &key, 1, &unit_arena);

		assert_fails(selection_digest(&manifest, &selection, (struct str){ 0 }, hex, &unit_err),
			     "too many pod templates consume different parts of it");
		/* All of it is had for nothing. */
		selection = selection_make(&object, true, NULL, 0, &unit_arena);
		assert_digest(&selection, (struct str){ 0 });
	}
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keys_that_follow_each_other_are_one_piece), TEST(what_digests_share_changes_none_of_them),
		TEST(what_digests_have_in_front_is_hashed_once), TEST(what_is_selected_twice_is_hashed_once),
		TEST(parts_that_share_nothing_are_paid_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
