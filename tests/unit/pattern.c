/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/pattern.h"

#include "unit.h"

static const struct {
	const char *pattern, *kind, *ns, *name;
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
};

static void a_pattern_names_by_its_parts(void **state)
{
	struct kinds kinds;

	(void)state;
	kinds_init(&kinds, &unit_arena);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pattern pattern;

		assert_succeeds(pattern_check(str_from(rows[i].pattern), &unit_err));
		pattern = pattern_read(&kinds, str_from(rows[i].pattern));
		assert_for(pattern_matches(&pattern, str_from(rows[i].kind), str_from(rows[i].ns),
					   str_from(rows[i].name)) == rows[i].matches,
			   rows[i].pattern);
	}
}

static void a_pattern_has_one_to_three_parts(void **state)
{
	static const char *const good[] = { "a", "a/b", "a/b/c", "*", "[a-z]/x" };
	static const char *const bad[] = { "", "/", "a/", "/a", "a//b", "a/b/c/d", "a/b/" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		unit_assert_succeeds(pattern_check(str_from(good[i]), &unit_err), good[i], __FILE__, __LINE__);
	for (size_t i = 0; i < COUNT(bad); i++)
		unit_assert_fails(pattern_check(str_from(bad[i]), &unit_err), "write NAME, KIND/NAME", bad[i], __FILE__,
				  __LINE__);
}

static void a_pattern_of_a_workload_can_name_no_object(void **state)
{
	static const struct {
		const char *pattern;
		bool can;
	} objects[] = {
		{ "app", true },
		{ "configmap/app", true },
		{ "SECRET/app", true },
		{ "*/app", true },
		{ "shop/app", true },
		{ "deployment/app", false },
		{ "deployment/a/b", false },
		{ "secret/a/b", true },
		{ "nothing/a/b", false },
	};
	struct kinds kinds;

	(void)state;
	kinds_init(&kinds, &unit_arena);
	for (size_t i = 0; i < COUNT(objects); i++) {
		struct pattern pattern = pattern_read(&kinds, str_from(objects[i].pattern));

		assert_for(pattern_can_name_object(&pattern) == objects[i].can, objects[i].pattern);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pattern_names_by_its_parts),
		TEST(a_pattern_has_one_to_three_parts),
		TEST(a_pattern_of_a_workload_can_name_no_object),
	};

	return unit_run(tests);
}
