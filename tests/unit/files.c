/* SPDX-License-Identifier: Apache-2.0 */
#include "base/files.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];

static int set_up(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/rollstamp-files.XXXXXX");
	return mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[192];

	snprintf(command, sizeof(command), "chmod -R u+rwx '%s' && rm -rf '%s'", directory, directory);
	if (system(command) != 0)
		return -1;
	return unit_release(state);
}

#define IN_DIRECTORY(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

static const char *path_of(const char *name)
{
	return arena_printf(&unit_arena, "%s/%s", directory, name).ptr;
}

static void make_file(const char *name)
{
	FILE *file = fopen(path_of(name), "w");

	assert_non_null(file);
	fclose(file);
}

static void make_directory(const char *name)
{
	assert_int_equal(mkdir(path_of(name), 0700), 0);
}

static void make_link(const char *to, const char *name)
{
	assert_int_equal(symlink(to, path_of(name)), 0);
}

/* The paths, without that of the directory, with a blank behind each. */
static const char *list(void)
{
	struct buf text = { 0 };
	struct str *paths;
	size_t count;

	assert_succeeds(files_list(directory, &unit_arena, &paths, &count, &unit_err));
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s ", paths[i].ptr + strlen(directory) + 1);
	buf_add_char(&text, '\0');
	return buf_keep(&text, &unit_arena).ptr;
}

static bool fails(void)
{
	struct str *paths;
	size_t count;

	return !files_list(directory, &unit_arena, &paths, &count, &unit_err);
}

static void manifests_are_found_by_their_names_in_order(void **state)
{
	(void)state;
	make_file("b.yaml");
	make_file("a.yml");
	make_file("Z.json");
	make_file("c.txt");
	make_file("yaml");
	make_link("b.yaml", "f.yaml");
	make_link("nowhere", "notes");
	make_link("itself", "itself");
	/* As Emacs marks a file that is being edited. */
	make_link("me@here.1", ".#a.yaml");
	assert_string_equal(list(), "Z.json a.yml b.yaml f.yaml ");
	assert_true(files_is_directory(directory));
	assert_false(files_is_directory(path_of("b.yaml")));
	assert_false(files_is_directory(path_of("missing")));
}

static void directories_below_are_read_too(void **state)
{
	(void)state;
	make_directory("prod");
	make_directory("prod/eu");
	make_directory("prod/eu/d.yaml");
	make_directory("empty");
	make_file("a.yaml");
	make_file("prod/b.yaml");
	make_file("prod/eu/c.json");
	make_file("prod/eu/d.yaml/e.yml");
	assert_string_equal(list(), "a.yaml prod/b.yaml prod/eu/c.json prod/eu/d.yaml/e.yml ");
}

/* A mounted ConfigMap is such links: its files lead through a directory whose name begins with a dot. */
static void directories_with_a_dot_belong_to_programs(void **state)
{
	(void)state;
	make_directory(".git");
	make_file(".git/x.yaml");
	make_directory("..2026");
	make_file("..2026/a.yaml");
	make_link("..2026", "..data");
	make_link("..data/a.yaml", "a.yaml");
	assert_string_equal(list(), "a.yaml ");
}

static void a_directory_is_read_once_however_it_is_reached(void **state)
{
	(void)state;
	make_directory("m");
	make_file("m/x.yaml");
	/* In front of it and behind it, above it and in a circle. */
	make_link("m", "a");
	make_link("m", "z");
	make_link("..", "m/up");
	make_link(".", "m/here");
	assert_string_equal(list(), "m/x.yaml ");
}

static void links_to_directories_elsewhere_are_followed(void **state)
{
	char elsewhere[] = "/tmp/rollstamp-files.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(elsewhere));
	assert_int_equal(symlink("/nowhere", arena_printf(&unit_arena, "%s/x.yaml", elsewhere).ptr), 0);
	make_link(elsewhere, "z");
	make_link(elsewhere, "b");
	make_directory("n");
	make_link(elsewhere, "n/a");
	/* Of several links the first name counts. */
	assert_true(fails());
	assert_string_equal(
		unit_err.text,
		arena_printf(&unit_arena, "%s/b/x.yaml: can't be read: No such file or directory", directory).ptr);
	unlink(arena_printf(&unit_arena, "%s/x.yaml", elsewhere).ptr);
	assert_string_equal(list(), "");
	rmdir(elsewhere);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	struct str *paths;
	size_t count;

	(void)state;
	assert_fails(files_list(path_of("missing"), &unit_arena, &paths, &count, &unit_err),
		     "missing: can't be opened: No such file");
	make_directory("sub");
	make_link("nowhere", "sub/g.yaml");
	assert_true(fails());
	assert_non_null(strstr(unit_err.text, "sub/g.yaml: can't be read: No such file"));
	unlink(path_of("sub/g.yaml"));
	assert_int_equal(mkfifo(path_of("sub/e.yaml"), 0600), 0);
	assert_true(fails());
	assert_non_null(strstr(unit_err.text, "sub/e.yaml: is neither a file nor a directory"));
	unlink(path_of("sub/e.yaml"));
	if (geteuid() == 0)
		return;
	assert_int_equal(chmod(path_of("sub"), 0), 0);
	assert_true(fails());
	assert_non_null(strstr(unit_err.text, "sub: can't be opened: Permission denied"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(manifests_are_found_by_their_names_in_order),
		IN_DIRECTORY(directories_below_are_read_too),
		IN_DIRECTORY(directories_with_a_dot_belong_to_programs),
		IN_DIRECTORY(a_directory_is_read_once_however_it_is_reached),
		IN_DIRECTORY(links_to_directories_elsewhere_are_followed),
		IN_DIRECTORY(what_cannot_be_read_is_an_error),
	};

	return unit_run(tests);
}
