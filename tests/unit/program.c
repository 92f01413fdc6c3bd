/* SPDX-License-Identifier: Apache-2.0 */
#include "base/output.h"
#include "base/program.h"

#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/rollstamp-program-XXXXXX";

static const char *path_of(const char *name)
{
	return arena_printf(&unit_arena, "%s/%s", directory, name).ptr;
}

/* The current directory becomes one with three things in it, of which `tool` alone is a program. */
static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory) || chdir(directory) != 0 || mkdir("folder", 0755) != 0)
		return -1;
	assert_succeeds(output_write_file("tool", (struct str)STR("#!/bin/sh\n"), WAIT_MS, &unit_err));
	assert_succeeds(output_write_file("text", (struct str)STR("#!/bin/sh\n"), WAIT_MS, &unit_err));
	return chmod("tool", 0755) | chmod("text", 0644);
}

static int remove_directory(void **state)
{
	(void)state;
	unlink("tool");
	unlink("text");
	rmdir("folder");
	arena_release(&unit_arena);
	return rmdir(directory);
}

static bool finds(const char *path, const char *name, const char **found)
{
	if (path)
		setenv("PATH", path, 1);
	else
		unsetenv("PATH");
	return program_find(name, &unit_arena, found, &unit_err);
}

static void a_program_is_found_in_an_absolute_directory_of_path(void **state)
{
	const char *found;

	(void)state;
	assert_true(finds(arena_printf(&unit_arena, "/nowhere:%s:/bin", directory).ptr, "tool", &found));
	assert_string_equal(found, path_of("tool"));
	assert_true(finds(directory, "tool", &found));
	assert_string_equal(found, path_of("tool"));
}

static void empty_and_relative_directories_of_path_are_passed_over(void **state)
{
	static const char *const paths[] = { "",   ":",          ":/nowhere", "/nowhere:",    "/nowhere::/nowhere", ".",
					     "./", ".:/nowhere", "folder/..", "./folder/../", "/nowhere:.:" };
	const char *found;

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		assert_for(!finds(paths[i], "tool", &found), paths[i]);
		assert_string_equal(unit_err.text,
				    "no directory of PATH has it (empty and relative ones do not count)");
	}
	assert_true(finds(arena_printf(&unit_arena, ".::%s", directory).ptr, "tool", &found));
	assert_string_equal(found, path_of("tool"));
}

static void a_directory_and_a_file_that_nobody_can_run_are_no_programs(void **state)
{
	const char *found;

	(void)state;
	assert_false(finds(directory, "folder", &found));
	assert_false(finds(directory, "text", &found));
	assert_false(finds(directory, "absent", &found));
}

static void without_path_the_systems_directories_count(void **state)
{
	const char *found;

	(void)state;
	assert_true(finds(NULL, "sh", &found));
	assert_true(found[0] == '/');
	assert_false(finds(NULL, "tool", &found));
}

static void a_name_with_a_slash_is_a_path(void **state)
{
	const char *found;

	(void)state;
	assert_true(finds("/nowhere", "/absent/tool", &found));
	assert_string_equal(found, "/absent/tool");
}

/* The variables of an environment, a space behind each. */
static const char *shown(const char *const *environment)
{
	struct str text = { 0 };

	for (; *environment; environment++)
		text = arena_printf(&unit_arena, "%.*s%s ", STR_ARG(text), *environment);
	return text.ptr;
}

static void changes_set_and_remove_variables(void **state)
{
	static const char *const before[] = { "A=1", "AB=2", "B=3", "A=4", "C", "D=", NULL };
	static const char *const changes[] = { "A=5", "D", "E=6" };

	(void)state;
	assert_string_equal(shown(program_change(before, changes, COUNT(changes), &unit_arena)), "AB=2 B=3 C A=5 E=6 ");
	assert_string_equal(shown(program_change(before, changes, 0, &unit_arena)), "A=1 AB=2 B=3 A=4 C D= ");
}

static void without_an_environment_ours_is_changed(void **state)
{
	static const char *const changes[] = { "PROGRAM_TEST=new" };
	const char *text;

	(void)state;
	setenv("PROGRAM_TEST", "old", 1);
	setenv("PROGRAM_OTHER", "kept", 1);
	text = shown(program_change(NULL, changes, 1, &unit_arena));
	assert_non_null(strstr(text, "PROGRAM_TEST=new "));
	assert_non_null(strstr(text, "PROGRAM_OTHER=kept "));
	assert_null(strstr(text, "PROGRAM_TEST=old"));
}

static void a_child_searches_the_absolute_directories_of_path_alone(void **state)
{
	static const struct {
		const char *path;
		const char *want;
	} cases[] = {
		{ "PATH=/a:/b", "HOME=/h PATH=/a:/b " },
		{ "PATH=.:/a::b:/c:", "HOME=/h PATH=/a:/c " },
		{ "PATH=", "HOME=/h PATH=/dev/null " },
		{ "PATH=.:bin", "HOME=/h PATH=/dev/null " },
		{ "PATHS=x", "PATHS=x HOME=/h PATH=/usr/bin:/bin " },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *const before[] = { cases[i].path, "HOME=/h", NULL };

		assert_string_equal(shown(program_environment(before, &unit_arena)), cases[i].want);
	}
}

static void a_child_without_a_home_does_not_take_the_current_directory_for_it(void **state)
{
	static const char *const missing[] = { "PATH=/a", NULL };
	static const char *const empty[] = { "HOME=", "PATH=/a", NULL };
	static const char *const relative[] = { "HOME=home", "PATH=/a", NULL };

	(void)state;
	assert_string_equal(shown(program_environment(missing, &unit_arena)), "PATH=/a HOME=/proc/nonexistent ");
	assert_string_equal(shown(program_environment(empty, &unit_arena)), "PATH=/a HOME=/proc/nonexistent ");
	assert_string_equal(shown(program_environment(relative, &unit_arena)), "HOME=home PATH=/a ");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_program_is_found_in_an_absolute_directory_of_path),
		TEST(empty_and_relative_directories_of_path_are_passed_over),
		TEST(a_directory_and_a_file_that_nobody_can_run_are_no_programs),
		TEST(without_path_the_systems_directories_count),
		TEST(a_name_with_a_slash_is_a_path),
		TEST(changes_set_and_remove_variables),
		TEST(without_an_environment_ours_is_changed),
		TEST(a_child_searches_the_absolute_directories_of_path_alone),
		TEST(a_child_without_a_home_does_not_take_the_current_directory_for_it),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
