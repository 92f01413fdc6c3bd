/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/exclude.h"

#include "unit.h"

static const struct {
	const char *patterns, *kind, *ns, *name;
	bool matches;
} rows[] = {
	{ "configmap/app", "ConfigMap", "shop", "app", true },
	{ "ConfigMap/app", "ConfigMap", "shop", "app", true },
	{ "configmap/app", "Secret", "shop", "app", false },
	{ "configmap/app", "ConfigMap", "shop", "App", false },
	{ "configmap/app", "ConfigMap", "shop", "app2", false },
	{ "configmap/a*", "ConfigMap", "shop", "app", true },
	{ "*/app", "Secret", "shop", "app", true },
	{ "CONFIG*/[a-c]pp", "ConfigMap", "shop", "app", true },
	{ "secret/b, configmap/app ,", "ConfigMap", "shop", "app", true },
	{ "secret/b,configmap/c*", "ConfigMap", "shop", "app", false },
	{ "", "ConfigMap", "shop", "app", false },
	{ "app", "ConfigMap", "shop", "app", true },
	{ "app", "Secret", "", "app", true },
	{ "shop/app", "Secret", "shop", "app", true },
	{ "shop/app", "Secret", "other", "app", false },
	{ "secret/shop/app", "Secret", "shop", "app", true },
	{ "secret/shop/app", "ConfigMap", "shop", "app", false },
	{ "secret/shop/app", "Secret", "", "app", false },
	{ "Secret/s*/app", "Secret", "shop", "app", true },
};

static const struct kinds *known_kinds(void)
{
	struct kinds *kinds = ARENA_NEW(&unit_arena, struct kinds);

	kinds_init(kinds, &unit_arena);
	return kinds;
}

static void what_can_name_nothing_is_refused(void **state)
{
	static const struct {
		const char *patterns, *error;
	} bad[] = {
		{ "configmap/", "write NAME, KIND/NAME" },
		{ "/app", "write NAME, KIND/NAME" },
		{ "a/b/c/d", "write NAME, KIND/NAME" },
		{ "secret/b,configmap//c", "write NAME, KIND/NAME" },
		{ "deployment/web", "names no ConfigMap, Secret or SecretProviderClass" },
		{ "deployment/shop/web", "names no ConfigMap, Secret or SecretProviderClass" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct exclude exclude;

		exclude_init(&exclude, known_kinds(), &unit_arena);
		assert_fails(exclude_add_list(&exclude, str_from(bad[i].patterns), &unit_err), bad[i].error);
	}
}

static void a_pattern_names_kind_and_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct exclude exclude;

		exclude_init(&exclude, known_kinds(), &unit_arena);
		unit_assert_succeeds(exclude_add_list(&exclude, str_from(rows[i].patterns), &unit_err),
				     rows[i].patterns, __FILE__, __LINE__);
		assert_for(exclude_matches(&exclude, str_from(rows[i].kind), str_from(rows[i].ns),
					   str_from(rows[i].name)) == rows[i].matches,
			   rows[i].patterns);
	}
}

static void there_may_be_many_names_and_few_globs(void **state)
{
	struct exclude exclude;

	(void)state;
	exclude_init(&exclude, known_kinds(), &unit_arena);
	for (int i = 0; i < 10000; i++)
		assert_succeeds(exclude_add(&exclude, arena_printf(&unit_arena, "secret/s%d", i), &unit_err));
	assert_true(exclude_matches(&exclude, S("Secret"), S(""), S("s9999")));
	assert_false(exclude_matches(&exclude, S("Secret"), S(""), S("s10000")));
	for (int i = 0; i < EXCLUDE_GLOBS; i++)
		assert_succeeds(exclude_add(&exclude, S("configmap/x*"), &unit_err));
	assert_fails(exclude_add(&exclude, S("configmap/y*"), &unit_err), "more than 100 patterns");
	assert_true(exclude_matches(&exclude, S("ConfigMap"), S(""), S("xy")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_can_name_nothing_is_refused),
		TEST(a_pattern_names_kind_and_name),
		TEST(there_may_be_many_names_and_few_globs),
	};

	return unit_run(tests);
}
