/* SPDX-License-Identifier: Apache-2.0 */
#include "base/files.h"

#include "base/map.h"
#include "base/sort.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct paths {
	struct str *items;
	size_t count, room;
};

/* A directory, whatever path leads to it. */
struct seen {
	dev_t device;
	ino_t number;
};

struct descent {
	struct arena *arena;
	struct paths files;
	struct paths directories; /* those that stand in another one, which end where they end */
	struct paths links;       /* to directories, which can lead anywhere */
	struct map seen;          /* struct seen to itself */
};

static void add_path(struct descent *walk, struct paths *to, struct str path)
{
	to->items = arena_grow(walk->arena, to->items, to->count, &to->room, sizeof(*to->items));
	to->items[to->count++] = path;
}

static bool is_manifest_name(struct str name)
{
	return str_ends_with(name, ".yaml") || str_ends_with(name, ".yml") || str_ends_with(name, ".json");
}

/* Nothing stands where a link leads to, or it has been removed since. */
static bool is_nothing(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

static bool look_at(struct descent *walk, struct str path, const char *name, struct err *err)
{
	bool is_manifest = is_manifest_name(str_from(name)), is_hidden = name[0] == '.';
	struct stat status, own;

	if (is_hidden && !is_manifest)
		return true;
	if (stat(path.ptr, &status) != 0)
		/* A link that leads nowhere, and is no editor's lock: somebody counts on what it stands for. */
		return is_nothing(errno) && (!is_manifest || is_hidden)
			       ? true
			       : err_set(err, "%s: can't be read: %s", path.ptr, strerror(errno));
	if (S_ISDIR(status.st_mode) && !is_hidden)
		add_path(walk, lstat(path.ptr, &own) == 0 && S_ISLNK(own.st_mode) ? &walk->links : &walk->directories,
			 path);
	if (!is_manifest || S_ISDIR(status.st_mode))
		return true;
	if (!S_ISREG(status.st_mode))
		return err_set(err, "%s: is neither a file nor a directory", path.ptr);
	add_path(walk, &walk->files, path);
	return true;
}

static bool was_seen(struct descent *walk, const struct stat *status)
{
	/* Zeroes, also where there is room between its members. */
	struct seen *place = ARENA_NEW(walk->arena, struct seen);
	struct str key = { .ptr = (const char *)place, .len = sizeof(*place) };

	place->device = status->st_dev;
	place->number = status->st_ino;
	if (map_get(&walk->seen, key))
		return true;
	map_set(&walk->seen, key, place);
	return false;
}

static bool read_entries(struct descent *walk, DIR *directory, struct str path, struct err *err)
{
	struct dirent *entry;
	const char *slash = str_ends_with(path, "/") ? "" : "/";

	while (errno = 0, (entry = readdir(directory)) != NULL) {
		struct str full = arena_printf(walk->arena, "%s%s%s", path.ptr, slash, entry->d_name);

		if (!look_at(walk, full, entry->d_name, err))
			return false;
	}
	return errno == 0 || err_set(err, "%s: can't be read: %s", path.ptr, strerror(errno));
}

static bool read_directory(struct descent *walk, struct str path, struct err *err)
{
	DIR *directory = opendir(path.ptr);
	struct stat status;
	bool ok;

	if (!directory)
		return err_set(err, "%s: can't be opened: %s", path.ptr, strerror(errno));
	if (fstat(dirfd(directory), &status) != 0)
		ok = err_set(err, "%s: can't be read: %s", path.ptr, strerror(errno));
	else
		ok = was_seen(walk, &status) || read_entries(walk, directory, path, err);
	closedir(directory);
	return ok;
}

/* Links are followed when all else is read, in the order of their names: which one counts must depend on nothing else. */
static bool read_all(struct descent *walk, struct err *err)
{
	size_t read = 0, followed = 0;

	for (;;) {
		while (read < walk->directories.count)
			if (!read_directory(walk, walk->directories.items[read++], err))
				return false;
		if (followed == walk->links.count)
			return true;
		sort_items(walk->links.items + followed, walk->links.count - followed, sizeof(*walk->links.items),
			   str_compare_qsort);
		if (!read_directory(walk, walk->links.items[followed++], err))
			return false;
	}
}

bool files_is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool files_list(const char *path, struct arena *arena, struct str **paths, size_t *count, struct err *err)
{
	struct descent walk = { .arena = arena };

	map_init(&walk.seen, arena);
	add_path(&walk, &walk.directories, str_from(path));
	if (!read_all(&walk, err))
		return false;
	sort_items(walk.files.items, walk.files.count, sizeof(*walk.files.items), str_compare_qsort);
	*paths = walk.files.items;
	*count = walk.files.count;
	return true;
}
