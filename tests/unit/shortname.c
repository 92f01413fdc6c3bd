/* SPDX-License-Identifier: Apache-2.0 */
#include "base/shortname.h"

#include "unit.h"

static void what_can_stand_in_a_key_stays(void **state)
{
	(void)state;
	assert_str(shortname_clean(S("app.v1"), "none", &unit_arena), "app.v1");
	assert_str(shortname_clean(S("grafana_dashboard"), "none", &unit_arena), "grafana_dashboard");
	assert_str(shortname_clean(S("A-b"), "none", &unit_arena), "A-b");
}

static void what_had_to_be_changed_ends_in_digits_of_the_whole(void **state)
{
	(void)state;
	assert_str(shortname_clean(S("dash-*"), "none", &unit_arena), "dash-49a7a364");
	assert_str(shortname_clean(S("web/dash-*"), "none", &unit_arena), "web-dash-efc7f3b3");
	assert_str(shortname_clean(S("a in (b)"), "none", &unit_arena), "a-in--b-542371f6");
	assert_str(shortname_clean(S("-a"), "none", &unit_arena), "a-185435ef");
	assert_str(shortname_clean(S("x\n"), "none", &unit_arena), "x-1bf67208");
}

static void what_leaves_nothing_has_a_name_all_the_same(void **state)
{
	(void)state;
	assert_str(shortname_clean(S("*"), "selection", &unit_arena), "selection-79d03016");
	assert_str(shortname_clean(S("*-*"), "selection", &unit_arena), "selection-e1b58946");
	assert_true(str_starts_with(shortname_clean((struct str){ 0 }, "selection", &unit_arena), "selection-"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_can_stand_in_a_key_stays),
		TEST(what_had_to_be_changed_ends_in_digits_of_the_whole),
		TEST(what_leaves_nothing_has_a_name_all_the_same),
	};

	return unit_run(tests);
}
