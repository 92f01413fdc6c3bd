/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/names.h"

#include "unit.h"

#include <string.h>

static struct str repeated(char c, size_t count)
{
	char *text = arena_alloc(&unit_arena, count + 1);

	memset(text, c, count);
	return (struct str){ text, count };
}

static void a_name_is_what_the_api_server_accepts(void **state)
{
	static const struct {
		const char *name;
		bool is_valid;
	} rows[] = {
		{ "a", true },    { "a.b-c9", true }, { "Abc", true },       { "9", true },
		{ "", false },    { "-a", false },    { "a-", false },       { ".a", false },
		{ "a.", false },  { "a_b", false },   { "a/b", false },      { "a b", false },
		{ "a\n", false }, { "a\"b", false },  { "\xc3\xa4", false }, { "a:b", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(names_is_valid(str_from(rows[i].name)) == rows[i].is_valid, rows[i].name);
	assert_true(names_is_valid(repeated('a', 253)));
	assert_false(names_is_valid(repeated('a', 254)));
	assert_false(names_is_valid(S("a\0b")));
}

static void annotations_have_the_name_of_the_object(void **state)
{
	(void)state;
	assert_str(names_annotation(OBJECT_CONFIGMAP, (struct str){ 0 }, S("app.v1"), &unit_arena),
		   "configmap.rollstamp.io/app.v1");
	assert_str(names_annotation(OBJECT_SECRET, (struct str){ 0 }, S("db"), &unit_arena), "secret.rollstamp.io/db");
	assert_str(names_annotation(OBJECT_SECRET, S("other"), S("db"), &unit_arena), "secret.rollstamp.io/other_db");
}

static void a_name_part_above_63_is_cut_to_63(void **state)
{
	(void)state;
	assert_str(names_annotation(OBJECT_CONFIGMAP, (struct str){ 0 }, repeated('x', 63), &unit_arena),
		   "configmap.rollstamp.io/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	assert_str(names_annotation(OBJECT_CONFIGMAP, (struct str){ 0 }, repeated('x', 64), &unit_arena),
		   "configmap.rollstamp.io/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-269cb9f6");
	assert_str(names_annotation(OBJECT_CONFIGMAP, (struct str){ 0 }, repeated('x', 70), &unit_arena),
		   "configmap.rollstamp.io/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-ab628b33");
	/* Its length is that of the whole, with the namespace. */
	assert_str(names_annotation(OBJECT_SECRET, S("ns"), repeated('n', 60), &unit_arena),
		   "secret.rollstamp.io/ns_nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn");
	assert_str(names_annotation(OBJECT_SECRET, S("ns"), repeated('n', 61), &unit_arena),
		   "secret.rollstamp.io/ns_nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn-2764a9d0");
}

static void variables_are_upper_case(void **state)
{
	(void)state;
	assert_str(names_env(OBJECT_CONFIGMAP, (struct str){ 0 }, S("app-v1"), &unit_arena),
		   "ROLLSTAMP_CONFIGMAP_APP_V1");
	assert_str(names_env(OBJECT_SECRET, (struct str){ 0 }, S("db"), &unit_arena), "ROLLSTAMP_SECRET_DB");
}

static void variables_of_two_objects_never_meet(void **state)
{
	(void)state;
	assert_str(names_env(OBJECT_CONFIGMAP, (struct str){ 0 }, S("a-b"), &unit_arena), "ROLLSTAMP_CONFIGMAP_A_B");
	assert_str(names_env(OBJECT_CONFIGMAP, (struct str){ 0 }, S("a.b"), &unit_arena),
		   "ROLLSTAMP_CONFIGMAP_A_B_390C9EBB");
	assert_str(names_env(OBJECT_CONFIGMAP, S("a"), S("b"), &unit_arena), "ROLLSTAMP_CONFIGMAP_A_B_3F0C684C");
	assert_str(names_env(OBJECT_CONFIGMAP, S("foo"), S("a-b"), &unit_arena),
		   "ROLLSTAMP_CONFIGMAP_FOO_A_B_3432AB56");
	/* An upper-case letter becomes `_`, too. */
	assert_str(names_env(OBJECT_CONFIGMAP, (struct str){ 0 }, S("App"), &unit_arena),
		   "ROLLSTAMP_CONFIGMAP__PP_CE7286AA");
}

/* The hashes are the first digits of `printf %s NAME | xxhsum -H3`. */
static void repositories_have_the_same_rules(void **state)
{
	(void)state;
	assert_str(names_git_annotation(S("charts.v2_x"), &unit_arena), "git.rollstamp.io/charts.v2_x");
	assert_str(names_git_annotation(repeated('r', 64), &unit_arena),
		   "git.rollstamp.io/rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr-34dffa9e");
	assert_str(names_git_env(S("app-config"), &unit_arena), "ROLLSTAMP_GIT_APP_CONFIG");
	assert_str(names_git_env(S("my.repo"), &unit_arena), "ROLLSTAMP_GIT_MY_REPO_7BB0ECC4");
	assert_str(names_git_env(S("a_b"), &unit_arena), "ROLLSTAMP_GIT_A_B_3F0C684C");
}

static void earlier_stamps_are_known_by_their_prefix(void **state)
{
	(void)state;
	assert_true(names_is_annotation(S("configmap.rollstamp.io/x")));
	assert_true(names_is_annotation(S("secret.rollstamp.io/x")));
	assert_true(names_is_annotation(S("git.rollstamp.io/x")));
	assert_false(names_is_annotation(S("rollstamp.io/configmaps")));
	assert_false(names_is_annotation(S("rollstamp.io/git")));
	assert_false(names_is_annotation(S("checksum/config")));
	assert_false(names_is_annotation(S("xconfigmap.rollstamp.io/x")));
	assert_true(names_is_env(S("ROLLSTAMP_CONFIGMAP_X")));
	assert_true(names_is_env(S("ROLLSTAMP_SECRET_X")));
	assert_true(names_is_env(S("ROLLSTAMP_GIT_X")));
	assert_false(names_is_env(S("ROLLSTAMP_X")));
	assert_false(names_is_env(S("rollstamp_secret_x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_is_what_the_api_server_accepts),    TEST(annotations_have_the_name_of_the_object),
		TEST(a_name_part_above_63_is_cut_to_63),        TEST(variables_are_upper_case),
		TEST(repositories_have_the_same_rules),         TEST(variables_of_two_objects_never_meet),
		TEST(earlier_stamps_are_known_by_their_prefix),
	};

	return unit_run(tests);
}
