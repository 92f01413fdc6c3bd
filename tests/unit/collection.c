/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/collection.h"

#include "unit.h"

#include <string.h>

#define CM(metadata) "apiVersion: v1\nkind: ConfigMap\nmetadata: {" metadata "}\ndata: {k: v}\n---\n"
#define SECRET(metadata) "apiVersion: v1\nkind: Secret\nmetadata: {" metadata "}\nstringData: {k: v}\n---\n"

/* "[NAMESPACE/]NAME" of each, in their order. */
static struct str names_of(const struct collection *collection, const struct collected *collected)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < collected->count; i++) {
		struct str ns = collection_foreign(collection, collected, i);

		buf_printf(&text, "%s%.*s%s%.*s", i > 0 ? " " : "", STR_ARG(ns), ns.len > 0 ? "/" : "",
			   STR_ARG(collected->items[i]->name));
	}
	if (collected->ambiguous)
		buf_printf(&text, " ?%.*s", STR_ARG(collected->ambiguous->name));
	return buf_keep(&text, &unit_arena);
}

static void globs_and_selectors_have_what_references_by_name_would_mean(void **state)
{
	static const struct {
		const char *manifests, *also, *own, *names;
	} rows[] = {
		{ CM("name: b") CM("name: a") CM("name: c"), "configmap/[ab]", "", "a b" },
		{ CM("name: a") SECRET("name: b"), "configmap/*", "", "a" },
		{ CM("name: a") SECRET("name: b"), "Secret/*", "", "b" },
		{ CM("name: dash-a") CM("name: dash") CM("name: dasha"), "configmap/dash-*", "", "dash-a" },
		{ CM("name: a, namespace: n") CM("name: b, namespace: m"), "configmap/*", "n", "a" },
		{ CM("name: a, namespace: n") CM("name: b"), "configmap/*", "n", "a b" },
		{ CM("name: a, namespace: n") CM("name: b"), "configmap/*", "", "a b" },
		{ CM("name: a, namespace: n") CM("name: a, namespace: m"), "configmap/*", "n", "a" },
		{ CM("name: a, namespace: n") CM("name: a, namespace: m"), "configmap/*", "", " ?a" },
		{ CM("name: a, namespace: n") CM("name: b, namespace: m"), "configmap/m/*", "n", "m/b" },
		{ CM("name: a, namespace: n") CM("name: b, namespace: m"), "configmap/n/*", "n", "a" },
		{ CM("name: a, namespace: n") CM("name: b, namespace: m"), "configmap/*/*", "n", "a m/b" },
		{ CM("name: a, namespace: n") CM("name: b, namespace: m"), "configmap/m*/b", "n", "m/b" },
		{ CM("name: a, namespace: n") CM("name: a, namespace: m"), "configmap/*/*", "", "m/a n/a" },
		{ CM("name: a, namespace: n"), "configmap/*/*", "", "a" },
		{ CM("name: a") CM("name: a, labels: {l: '1'}"), "configmap:l", "", "a" },
		{ CM("name: a, labels: {l: '1'}") CM("name: a"), "configmap:l", "", "" },
		{ CM("name: a, labels: {l: '1'}") CM("name: b, labels: {l: '2'}"), "configmap:l=2", "", "b" },
		{ CM("name: a, labels: {l: '1'}") CM("name: b"), "configmap:!l", "", "b" },
		{ CM("name: a, labels: {example.com/l: x}"), "configmap:example.com/l in (x, y)", "", "a" },
		{ CM("name: a, labels: {l: null}"), "configmap:l=", "", "a" },
		{ CM("name: 'a b'") CM("name: \"a\\nb\""), "configmap/*", "", "" },
		{ CM("name: a, annotations: {helm.sh/hook: test}"), "configmap/*", "", "a" },
		{ CM("name: a, annotations: {rollstamp.io/ignore: 'true'}"), "configmap/*", "", "" },
		{ "", "configmap/*", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world *world = unit_world("");
		struct collection collection;
		struct collected *collected;

		assert_succeeds(unit_add(world, rows[i].manifests, SCOPE_STREAM));
		assert_succeeds(collection_of_also(str_from(rows[i].also), str_from(rows[i].own), &unit_arena,
						   &collection, &unit_err));
		assert_succeeds(
			collection_find(&world->manifest, &collection, str_from(rows[i].own), &collected, &unit_err));
		assert_row(names_of(&collection, collected), rows[i].names, rows[i].also);
	}
}

static void objects_of_lists_and_external_files_belong_to_it(void **state)
{
	struct world *world = unit_world("");
	struct collection collection;
	struct collected *collected;

	(void)state;
	assert_succeeds(unit_add(world,
				 "apiVersion: v1\nkind: List\nitems:\n"
				 "- {apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {l: x}}}\n"
				 "- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n"
				 "- {apiVersion: v1, kind: ConfigMap, metadata: {name: c, labels: {l: x}}}\n",
				 SCOPE_STREAM));
	assert_succeeds(unit_add(world, CM("name: d, labels: {l: x}") CM("name: c, labels: {l: y}"), SCOPE_EXTERNAL));
	assert_succeeds(unit_add(world, CM("name: e, labels: {l: x}"), SCOPE_LIVE));
	assert_succeeds(collection_of_also(S("configmap:l=x"), S(""), &unit_arena, &collection, &unit_err));
	assert_succeeds(collection_find(&world->manifest, &collection, S(""), &collected, &unit_err));
	assert_str(names_of(&collection, collected), "a c d");
}

static void what_looks_at_too_much_is_refused(void **state)
{
	struct world *world = unit_world("");
	struct collection collection;
	struct collected *collected;

	(void)state;
	assert_succeeds(unit_add(world, CM("name: a") CM("name: b"), SCOPE_STREAM));
	assert_succeeds(collection_of_also(S("configmap/*"), S(""), &unit_arena, &collection, &unit_err));
	world->manifest.select_left = 10;
	assert_fails(collection_find(&world->manifest, &collection, S(""), &collected, &unit_err),
		     "look at too many ConfigMaps and Secrets");
}

static void digests_are_over_sorted_lines(void **state)
{
	static struct object objects[] = {
		{ .name = STR("dash-b"), .digest = "11111111111111111111111111111111", .loaded = true },
		{ .name = STR("dash-a"), .digest = "00000000000000000000000000000000", .loaded = true },
		{ .name = STR("b"), .digest = "00000000000000000000000000000000", .loaded = true },
		{ .ns = STR("web"), .name = STR("a"), .digest = "11111111111111111111111111111111", .loaded = true },
		{ .name = STR("db-a"), .digest = "00000000000000000000000000000000", .loaded = true },
		{ .name = STR("db-b"), .digest = "11111111111111111111111111111111", .loaded = true },
	};
	static const struct {
		const char *name, *also, *key;
		size_t items[2], count, own_count;
		const char *digest;
	} rows[] = {
		{ "two", "configmap/*", "", { 0, 1 }, 2, 2, "285d002d77e8065b907eaca5a87a2151" },
		{ "one", "configmap/*", "", { 1 }, 1, 1, "58f3ec3194407b3dca2f9649ab00c7cb" },
		{ "foreign", "configmap/*/*", "", { 2, 3 }, 2, 1, "6dc41d6e33f343c15674c9635a0918fa" },
		{ "keys do not count for ConfigMaps",
		  "configmap/*",
		  "key",
		  { 0, 1 },
		  2,
		  2,
		  "285d002d77e8065b907eaca5a87a2151" },
		{ "secrets", "secret/*", "", { 5, 4 }, 2, 2, "02e02e7d53feb46423bb486b711aa84e" },
		{ "secrets with a key", "secret/*", "key", { 4, 5 }, 2, 2, "bb0f14827f4a7e9d887550f8269bc67d" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world *world = unit_world("");
		struct object *items[2] = { &objects[rows[i].items[0]], &objects[rows[i].items[1]] };
		struct collected collected = {
			.items = items,
			.count = rows[i].count,
			.own_count = rows[i].own_count,
		};
		struct collection collection;

		assert_succeeds(collection_of_also(str_from(rows[i].also), S(""), &unit_arena, &collection, &unit_err));
		assert_succeeds(
			collection_digest(&world->manifest, &collection, str_from(rows[i].key), &collected, &unit_err));
		assert_row(str_from(collected.digest), rows[i].digest, rows[i].name);
	}
}

static void what_can_select_nothing_is_refused(void **state)
{
	static const struct {
		const char *also, *error;
	} rows[] = {
		{ "pod/*", "'pod' is no kind that can be selected" },
		{ "*/a*", "'*' is no kind that can be selected" },
		{ "a*", "'a*' is no kind that can be selected" },
		{ "configmap//a*", "has an empty namespace" },
		{ "configmap/a*/b/c", "write KIND/NAME or KIND/NAMESPACE/NAME" },
		{ "configmap/a*/", "write KIND/NAME or KIND/NAMESPACE/NAME" },
		{ "configmap:", "is no label selector" },
		{ "secretproviderclass/a*", "is no kind that can be selected" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct collection collection;

		assert_true(collection_is_also(str_from(rows[i].also)));
		unit_assert_fails(
			collection_of_also(str_from(rows[i].also), S(""), &unit_arena, &collection, &unit_err),
			rows[i].error, rows[i].also, __FILE__, __LINE__);
	}
	assert_false(collection_is_also(S("configmap/app")));
	assert_false(collection_is_also(S("configmap/a:b")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(globs_and_selectors_have_what_references_by_name_would_mean),
		TEST(objects_of_lists_and_external_files_belong_to_it),
		TEST(what_looks_at_too_much_is_refused),
		TEST(digests_are_over_sorted_lines),
		TEST(what_can_select_nothing_is_refused),
	};

	return unit_run(tests);
}
