/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/file.h"
#include "base/utf8.h"
#include "yaml/node.h"
#include "yaml/tree.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct arena unit_arena;
struct err unit_err;

/* Of the last world. */
static struct arena scratch;

/* Rows of the current test's tables that were wrong. */
static unsigned wrong_rows;

int unit_release(void **state)
{
	int result = wrong_rows == 0 ? 0 : -1;

	(void)state;
	wrong_rows = 0;
	arena_release(&scratch);
	arena_release(&unit_arena);
	return result;
}

/* `text` in one line, to be looked at. */
static struct str show(struct str text)
{
	struct buf safe = { 0 };
	struct str copy;

	err_print_safe(&safe, text);
	copy = arena_dup(&unit_arena, buf_str(&safe));
	buf_release(&safe);
	return copy;
}

void unit_assert_str(struct str actual, struct str expected, const char *row, const char *file, int line)
{
	if (str_equal(actual, expected))
		return;
	print_error("%s:%d: %s\n  expected: '%s'\n  but was:  '%s'\n", file, line, show(str_from(row)).ptr,
		    show(expected).ptr, show(actual).ptr);
	if (*row)
		wrong_rows++;
	else
		_fail(file, line);
}

void unit_assert_for(bool condition, const char *text, const char *row, const char *file, int line)
{
	if (condition)
		return;
	print_error("%s:%d: not so: %s\n  for: %s\n", file, line, text, show(str_from(row)).ptr);
	wrong_rows++;
}

void unit_assert_fails(bool result, const char *part, const char *row, const char *file, int line)
{
	if (!result && strstr(unit_err.text, part))
		return;
	print_error("%s\n  should fail with: %s\n  but: %s\n", row, part, result ? "succeeded" : unit_err.text);
	_fail(file, line);
}

void unit_assert_succeeds(bool result, const char *row, const char *file, int line)
{
	if (result)
		return;
	print_error("%s\n  failed: %s\n", row, unit_err.text);
	_fail(file, line);
}

static void read_all(int fd, struct str *text)
{
	struct buf buf = { 0 };

	assert_true(file_read_fd(fd, "pipe", &buf, &unit_err));
	*text = arena_dup(&unit_arena, buf_str(&buf));
	buf_release(&buf);
}

int unit_in_child(void (*function)(void *), void *argument, struct str *output)
{
	int ends[2], status;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		/* cmocka's handler would tell of a failed test when this is meant to abort. */
		signal(SIGABRT, SIG_DFL);
		function(argument);
		_exit(0);
	}
	close(ends[1]);
	read_all(ends[0], output);
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

struct str unit_join(const struct str *pieces, size_t count)
{
	struct buf joined = { 0 };
	struct str copy;

	for (size_t i = 0; i < count; i++)
		buf_add(&joined, pieces[i]);
	copy = arena_dup(&unit_arena, buf_str(&joined));
	buf_release(&joined);
	return copy;
}

struct stream *unit_stream(struct str text)
{
	struct stream *stream = ARENA_NEW(&unit_arena, struct stream);
	struct utf8_facts facts;

	assert_succeeds(utf8_check(text, &facts, &unit_err));
	stream_split(stream, str_from("input"), text, facts, &unit_arena);
	return stream;
}

struct node *unit_parse(struct str text)
{
	struct node *root = NULL;

	assert_succeeds(tree_parse(text, READER_STRICT, &unit_arena, &root, &unit_err));
	return root;
}

struct world *unit_world(const char *default_namespace)
{
	struct world *world = ARENA_NEW(&unit_arena, struct world);

	arena_release(&scratch);
	kinds_init(&world->kinds, &unit_arena);
	world->ignore.kinds = &world->kinds;
	manifest_init(&world->manifest, &world->ignore, str_from(default_namespace), &unit_arena, &scratch);
	return world;
}

bool unit_add(struct world *world, const char *text, enum object_scope scope)
{
	return manifest_add(&world->manifest, unit_stream(str_from(text)), scope, &unit_err);
}
