/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/reloader.h"

#include "yaml/scalar.h"

#include <string.h>

/* Which of the flags a program has. */
enum { FLAG_FILES = 1, FLAG_VOLUME = 2 };

static const struct {
	const char *image;
	int flags;
} programs[] = {
	{ "prometheus-config-reloader", FLAG_FILES },
	{ "configmap-reload", FLAG_VOLUME },
	{ "config-reload", FLAG_FILES | FLAG_VOLUME },
	{ "config-reloader", FLAG_FILES | FLAG_VOLUME },
};

static const struct {
	const char *name;
	int flag;
} flags[] = {
	{ "watched-dir", FLAG_FILES },
	{ "config-file", FLAG_FILES },
	{ "rules-dir", FLAG_FILES },
	{ "volume-dir", FLAG_VOLUME },
};

struct str reloader_clean_path(struct str path, struct arena *arena)
{
	char *clean;
	size_t n = 0;

	if (path.len == 0 || path.ptr[0] != '/')
		return (struct str){ 0 };
	clean = arena_alloc(arena, path.len);
	while (path.ptr) {
		struct str step = str_cut(&path, '/');

		if (step.len == 0 || str_is(step, "."))
			continue;
		if (n > 0)
			clean[n++] = '/';
		memcpy(clean + n, step.ptr, step.len);
		n += step.len;
	}
	return (struct str){ .ptr = clean, .len = n };
}

struct str reloader_image_name(struct str image)
{
	image.len = str_find(image, '@');
	while (str_find(image, '/') < image.len)
		image = str_skip(image, str_find(image, '/') + 1);
	image.len = str_find(image, ':');
	return image;
}

static int flags_of(struct str image)
{
	struct str name = reloader_image_name(image);

	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (str_is(name, programs[i].image))
			return programs[i].flags;
	return 0;
}

/* Is `word`, up to its `=`, one of the flags, behind one dash or two? */
static bool is_flag(struct str word, int accepted)
{
	word.len = str_find(word, '=');
	if (!str_starts_with(word, "-"))
		return false;
	word = str_skip(word, str_starts_with(word, "--") ? 2 : 1);
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if ((flags[i].flag & accepted) && str_is(word, flags[i].name))
			return true;
	return false;
}

static struct str directory_of(struct str path)
{
	size_t n = path.len;

	while (n > 0 && path.ptr[n - 1] != '/')
		n--;
	return (struct str){ .ptr = path.ptr, .len = n > 0 ? n - 1 : 0 };
}

static void add_watched(struct map *directories, struct str value, struct arena *arena)
{
	struct str path = reloader_clean_path(value, arena);

	if (path.len > 0)
		map_set(directories, path, directories);
	if (directory_of(path).len > 0)
		map_set(directories, directory_of(path), directories);
}

static struct str text_of(struct node *node)
{
	node = node_resolve(node);
	return node && node->type == NODE_SCALAR ? node->value : (struct str){ 0 };
}

bool reloader_read(struct node *container, struct arena *arena, struct map *directories)
{
	static const char *const fields[] = { "command", "args" };
	int accepted = flags_of(scalar_get(container, "image"));
	bool is_value = false;

	map_init(directories, arena);
	if (accepted == 0)
		return false;
	for (size_t i = 0; i < 2; i++)
		for (struct node *item = node_items(node_get(container, fields[i])); item; item = item->next) {
			struct str word = text_of(item);
			size_t equals = str_find(word, '=');

			if (is_value)
				add_watched(directories, word, arena);
			is_value = is_flag(word, accepted) && equals == word.len;
			if (is_flag(word, accepted) && equals < word.len)
				add_watched(directories, str_skip(word, equals + 1), arena);
		}
	return true;
}
