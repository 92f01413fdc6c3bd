/* SPDX-License-Identifier: Apache-2.0 */
#include "base/program.h"

#include "base/buf.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What execvp(3) takes without a PATH. */
#define SYSTEM_PATH "/usr/bin:/bin"
/* A directory that has nothing in it (an empty PATH would mean the current one), and one that not even root can make. */
#define NO_PATH "/dev/null"
#define NO_HOME "/proc/nonexistent"

static struct str name_of(const char *setting)
{
	return (struct str){ setting, str_find(str_from(setting), '=') };
}

/* The value of a variable; a NULL pointer if there is none. */
static struct str value_of(const char *const *environment, const char *name)
{
	for (; *environment; environment++) {
		struct str found = name_of(*environment);

		if (str_is(found, name) && (*environment)[found.len] == '=')
			return str_skip(str_from(*environment), found.len + 1);
	}
	return (struct str){ 0 };
}

/* The next directory of `*path` that counts; an empty text behind the last one. */
static struct str next_directory(struct str *path)
{
	while (path->ptr) {
		struct str directory = str_cut(path, ':');

		if (str_starts_with(directory, "/"))
			return directory;
	}
	return (struct str){ 0 };
}

static bool is_program(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

bool program_find(const char *name, struct arena *arena, const char **path, struct err *err)
{
	const char *variable = getenv("PATH");
	struct str rest = str_from(variable ? variable : SYSTEM_PATH), directory;

	if (strchr(name, '/')) {
		*path = name;
		return true;
	}
	while ((directory = next_directory(&rest)).len > 0) {
		const char *found = arena_printf(arena, "%.*s/%s", STR_ARG(directory), name).ptr;

		if (is_program(found)) {
			*path = found;
			return true;
		}
	}
	return err_set(err, "no directory of PATH has it (empty and relative ones do not count)");
}

static bool is_changed(const char *setting, const char *const *changes, size_t count)
{
	struct str name = name_of(setting);

	for (size_t i = 0; i < count; i++)
		if (str_equal(name_of(changes[i]), name))
			return true;
	return false;
}

const char *const *program_change(const char *const *environment, const char *const *changes, size_t count,
				  struct arena *arena)
{
	const char *const *from = environment ? environment : (const char *const *)environ;
	const char **made;
	size_t have = 0, n = 0;

	while (from[have])
		have++;
	made = arena_array(arena, have + count + 1, sizeof(*made));
	for (size_t i = 0; i < have; i++)
		if (!is_changed(from[i], changes, count))
			made[n++] = from[i];
	for (size_t i = 0; i < count; i++)
		if (strchr(changes[i], '='))
			made[n++] = changes[i];
	return made;
}

/* What a child gets as its PATH. */
static struct str search_path(struct str path, struct arena *arena)
{
	struct str rest = path.ptr ? path : str_from(SYSTEM_PATH), directory;
	struct buf kept = { 0 };

	while ((directory = next_directory(&rest)).len > 0) {
		if (kept.len > 0)
			buf_add_char(&kept, ':');
		buf_add(&kept, directory);
	}
	if (kept.len == 0)
		buf_add_cstring(&kept, NO_PATH);
	return buf_keep(&kept, arena);
}

const char *const *program_environment(const char *const *environment, struct arena *arena)
{
	const char *const *from = environment ? environment : (const char *const *)environ;
	struct str path = search_path(value_of(from, "PATH"), arena);
	const char *changes[] = { arena_printf(arena, "PATH=%.*s", STR_ARG(path)).ptr, "HOME=" NO_HOME };

	return program_change(from, changes, value_of(from, "HOME").len > 0 ? 1 : 2, arena);
}
