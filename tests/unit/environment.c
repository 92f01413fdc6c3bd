/* SPDX-License-Identifier: Apache-2.0 */
#include "git/environment.h"

#include "unit.h"

#include <stdlib.h>

static const char *const *made;

static const char *value_of(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; made[i]; i++)
		if (strncmp(made[i], name, length) == 0 && made[i][length] == '=')
			return made[i] + length + 1;
	return NULL;
}

static void make(void)
{
	made = environment_make(NULL, 0, &unit_arena);
}

static int forget(void **state)
{
	(void)state;
	arena_release(&unit_arena);
	return 0;
}

static void what_belongs_to_a_repository_does_not_count(void **state)
{
	static const char *const names[] = {
		"GIT_COMMON_DIR", "GIT_WORK_TREE",        "GIT_IMPLICIT_WORK_TREE",
		"GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
		"GIT_PREFIX",     "GIT_NAMESPACE",        "GIT_CONFIG"
	};

	(void)state;
	setenv("GIT_DIR", "/somewhere/.git", 1);
	for (size_t i = 0; i < COUNT(names); i++)
		setenv(names[i], "/somewhere", 1);
	make();
	assert_string_equal(value_of("GIT_DIR"), "/dev/null");
	for (size_t i = 0; i < COUNT(names); i++)
		assert_for(!value_of(names[i]), names[i]);
}

static void what_the_user_set_counts(void **state)
{
	static const char *const names[] = {
		"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM",  "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT",
		"GIT_CONFIG_KEY_0",  "GIT_CONFIG_VALUE_0", "GIT_SSH_COMMAND",     "GIT_CONFIG_PARAMETERS",
		"GIT_SSH",           "GIT_SSL_CAINFO",     "http_proxy",          "HOME"
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		setenv(names[i], "./mine", 1);
	make();
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_for(value_of(names[i]), names[i]);
		assert_string_equal(value_of(names[i]), "./mine");
	}
}

static void nobody_is_asked(void **state)
{
	(void)state;
	setenv("GIT_ASKPASS", "/bin/echo", 1);
	setenv("SSH_ASKPASS", "/bin/echo", 1);
	setenv("SSH_ASKPASS_REQUIRE", "force", 1);
	setenv("GIT_TERMINAL_PROMPT", "1", 1);
	make();
	assert_string_equal(value_of("GIT_ASKPASS"), "");
	assert_string_equal(value_of("SSH_ASKPASS"), "");
	assert_string_equal(value_of("SSH_ASKPASS_REQUIRE"), "never");
	assert_string_equal(value_of("GIT_TERMINAL_PROMPT"), "0");
	assert_string_equal(value_of("GCM_INTERACTIVE"), "never");
}

static void gits_own_programs_are_looked_for_in_an_absolute_directory_alone(void **state)
{
	(void)state;
	setenv("GIT_EXEC_PATH", "/opt/git/libexec", 1);
	make();
	assert_string_equal(value_of("GIT_EXEC_PATH"), "/opt/git/libexec");
	setenv("GIT_EXEC_PATH", "libexec", 1);
	make();
	assert_null(value_of("GIT_EXEC_PATH"));
	setenv("GIT_EXEC_PATH", "", 1);
	make();
	assert_null(value_of("GIT_EXEC_PATH"));
}

static void a_caller_can_change_more(void **state)
{
	static const char *const changes[] = { "GIT_ALLOW_PROTOCOL=https", "GIT_TRACE" };

	(void)state;
	setenv("GIT_TRACE", "1", 1);
	made = environment_make(changes, COUNT(changes), &unit_arena);
	assert_string_equal(value_of("GIT_ALLOW_PROTOCOL"), "https");
	assert_null(value_of("GIT_TRACE"));
	assert_string_equal(value_of("GIT_DIR"), "/dev/null");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(what_belongs_to_a_repository_does_not_count),
		TEST(what_the_user_set_counts),
		TEST(nobody_is_asked),
		TEST(gits_own_programs_are_looked_for_in_an_absolute_directory_alone),
		TEST(a_caller_can_change_more),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
