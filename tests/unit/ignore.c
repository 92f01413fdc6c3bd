#include "kube/ignore.h"

#include "unit.h"

static const struct {
	const char *pattern, *kind, *namespace, *name;
	bool matches;
} rows[] = {
	/* NAME */
	{ "web", "Deployment", "a", "web", true },
	{ "web", "ConfigMap", "", "web", true },
	{ "web", "Deployment", "a", "web2", false },
	{ "w*", "Deployment", "a", "web", true },
	{ "Web", "Deployment", "a", "web", false },
	/* KIND/NAME, KIND in any case */
	{ "deployment/web", "Deployment", "a", "web", true },
	{ "deployment/web", "StatefulSet", "a", "web", false },
	{ "DEPLOY*/w*", "Deployment", "a", "web", true },
	{ "*/web", "Secret", "a", "web", true },
	/* NAMESPACE/NAME, where the first is no kind */
	{ "prod/web", "Deployment", "prod", "web", true },
	{ "prod/web", "Deployment", "test", "web", false },
	{ "p*d/web", "Deployment", "prod", "web", true },
	{ "Prod/web", "Deployment", "prod", "web", false },
	{ "prod/web", "Deployment", "", "web", false },
	/* KIND/NAMESPACE/NAME */
	{ "deployment/prod/web", "Deployment", "prod", "web", true },
	{ "secret/prod/web", "Deployment", "prod", "web", false },
	{ "deployment/test/web", "Deployment", "prod", "web", false },
	{ "*/*/*", "Deployment", "", "web", true },
	/* No pattern at all */
	{ "a/b/c/web", "Deployment", "prod", "web", false },
	{ "/web", "Deployment", "", "web", false },
};

static void a_pattern_names_by_its_parts(void **state)
{
	struct kinds kinds;

	(void)state;
	kinds_init(&kinds, &unit_arena);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str pattern = str_from(rows[i].pattern);
		struct ignore ignore = { .kinds = &kinds, .patterns = &pattern, .count = 1 };

		assert_for(ignore_matches(&ignore, str_from(rows[i].kind), str_from(rows[i].namespace),
					  str_from(rows[i].name)) == rows[i].matches,
			   rows[i].pattern);
	}
}

static void one_of_several_patterns_is_enough(void **state)
{
	struct str patterns[] = { S("nothing"), S("secret/x"), S("web") };
	struct kinds kinds;
	struct ignore ignore = { .kinds = &kinds, .patterns = patterns, .count = COUNT(patterns) };

	(void)state;
	kinds_init(&kinds, &unit_arena);
	assert_true(ignore_matches(&ignore, S("Deployment"), S(""), S("web")));
	ignore.count = 2;
	assert_false(ignore_matches(&ignore, S("Deployment"), S(""), S("web")));
	ignore.count = 0;
	assert_false(ignore_matches(&ignore, S("Deployment"), S(""), S("web")));
}

static void a_pattern_has_one_to_three_parts(void **state)
{
	static const char *const good[] = { "a", "a/b", "a/b/c", "*", "[a-z]/x" };
	static const char *const bad[] = { "", "/", "a/", "/a", "a//b", "a/b/c/d", "a/b/" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		unit_assert_succeeds(ignore_check(str_from(good[i]), &unit_err), good[i], __FILE__, __LINE__);
	for (size_t i = 0; i < COUNT(bad); i++)
		unit_assert_fails(ignore_check(str_from(bad[i]), &unit_err), "write NAME, KIND/NAME", bad[i], __FILE__,
				  __LINE__);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pattern_names_by_its_parts),
		TEST(one_of_several_patterns_is_enough),
		TEST(a_pattern_has_one_to_three_parts),
	};

	return unit_run(tests);
}
