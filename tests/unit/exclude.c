#include "kube/exclude.h"

#include "unit.h"

static const struct {
	const char *patterns, *kind, *name;
	bool matches;
} rows[] = {
	{ "configmap/app", "ConfigMap", "app", true },
	{ "ConfigMap/app", "ConfigMap", "app", true },
	{ "configmap/app", "Secret", "app", false },
	{ "configmap/app", "ConfigMap", "App", false },
	{ "configmap/app", "ConfigMap", "app2", false },
	{ "configmap/a*", "ConfigMap", "app", true },
	{ "*/app", "Secret", "app", true },
	{ "CONFIG*/[a-c]pp", "ConfigMap", "app", true },
	{ "secret/b, configmap/app ,", "ConfigMap", "app", true },
	{ "secret/b,configmap/c*", "ConfigMap", "app", false },
	{ "", "ConfigMap", "app", false },
};

static void what_can_name_nothing_is_refused(void **state)
{
	static const char *const patterns[] = { "app",  "configmap/",  "cm/app", "configmaps/app", "deployment/web",
						"/app", "secret/b,app" };

	(void)state;
	for (size_t i = 0; i < COUNT(patterns); i++) {
		struct exclude exclude;

		exclude_init(&exclude, &unit_arena);
		assert_fails(exclude_add_list(&exclude, str_from(patterns[i]), &unit_err), "names nothing to exclude");
	}
}

static void a_pattern_names_kind_and_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct exclude exclude;

		exclude_init(&exclude, &unit_arena);
		unit_assert_succeeds(exclude_add_list(&exclude, str_from(rows[i].patterns), &unit_err),
				     rows[i].patterns, __FILE__, __LINE__);
		assert_for(exclude_matches(&exclude, str_from(rows[i].kind), str_from(rows[i].name)) == rows[i].matches,
			   rows[i].patterns);
	}
}

static void a_single_pattern_means_the_same(void **state)
{
	(void)state;
	assert_true(exclude_pattern_matches(S("deployment/w*"), S("Deployment"), S("web")));
	assert_false(exclude_pattern_matches(S("deployment/w"), S("Deployment"), S("web")));
	assert_false(exclude_pattern_matches(S("web"), S("Deployment"), S("web")));
}

static void there_may_be_many_names_and_few_globs(void **state)
{
	struct exclude exclude;

	(void)state;
	exclude_init(&exclude, &unit_arena);
	for (int i = 0; i < 10000; i++)
		assert_succeeds(exclude_add(&exclude, arena_printf(&unit_arena, "secret/s%d", i), &unit_err));
	assert_true(exclude_matches(&exclude, S("Secret"), S("s9999")));
	assert_false(exclude_matches(&exclude, S("Secret"), S("s10000")));
	for (int i = 0; i < EXCLUDE_GLOBS; i++)
		assert_succeeds(exclude_add(&exclude, S("configmap/x*"), &unit_err));
	assert_fails(exclude_add(&exclude, S("configmap/y*"), &unit_err), "more than 100 patterns");
	assert_true(exclude_matches(&exclude, S("ConfigMap"), S("xy")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_can_name_nothing_is_refused),
		TEST(a_pattern_names_kind_and_name),
		TEST(a_single_pattern_means_the_same),
		TEST(there_may_be_many_names_and_few_globs),
	};

	return unit_run(tests);
}
