/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/ignore.h"

#include "unit.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_of_several_patterns_is_enough),
	};

	return unit_run(tests);
}
