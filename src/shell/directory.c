/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/directory.h"

/* Linux refuses longer ones. */
#define PATH_LIMIT 4096

/* Appends the components of `more`; `..` takes one away, if there is one. */
static void add_components(char *path, size_t *length, size_t root, struct str more)
{
	while (more.ptr) {
		struct str part = str_cut(&more, '/');
		struct str before = { .ptr = path + root, .len = *length - root };
		bool is_up = str_is(part, "..");

		if (part.len == 0 || str_is(part, "."))
			continue;
		if (is_up && before.len > 0 && !str_is(before, "..") && !str_ends_with(before, "/..")) {
			while (*length > root && path[*length - 1] != '/')
				(*length)--;
			/* The slash, too, unless it is the root's. */
			if (*length > root)
				(*length)--;
			continue;
		}
		/* Nothing is above the root. */
		if (is_up && root > 0 && before.len == 0)
			continue;
		if (*length > root)
			path[(*length)++] = '/';
		memcpy(path + *length, part.ptr, part.len);
		*length += part.len;
	}
}

struct directory directory_join(struct directory from, const struct word *word, struct arena *arena)
{
	bool is_absolute = word->text.len > 0 && word->text.ptr[0] == '/';
	struct directory joined = { .is_known = !word->reason };
	size_t length = 0, root;
	char *path;

	/* What begins with something unknown may be absolute. */
	if (word->reason && word->known_len == 0)
		return (struct directory){ .path = word->text };
	if (!is_absolute) {
		joined.is_known = joined.is_known && from.is_known;
		if (from.path.len == 0 && !from.is_known)
			return from;
	}
	if (from.path.len + word->text.len > PATH_LIMIT)
		return (struct directory){ 0 };
	path = arena_alloc(arena, from.path.len + word->text.len + 3);
	if (is_absolute || (from.path.len > 0 && from.path.ptr[0] == '/'))
		path[length++] = '/';
	root = length;
	if (!is_absolute)
		add_components(path, &length, root, from.path);
	add_components(path, &length, root, word->text);
	joined.path = (struct str){ .ptr = path, .len = length };
	return joined;
}

/* Is it `outer` or, with a slash behind that, the beginning of `inner`? */
static bool is_inside(struct str inner, struct str outer)
{
	if (inner.len < outer.len || (outer.len > 0 && memcmp(inner.ptr, outer.ptr, outer.len) != 0))
		return false;
	return inner.len == outer.len || outer.len == 0 || outer.ptr[outer.len - 1] == '/' ||
	       inner.ptr[outer.len] == '/';
}

static bool is_absolute(struct str path)
{
	return path.len > 0 && path.ptr[0] == '/';
}

/* Can the absolute path be that of the relative one? */
static bool ends_in(struct str absolute, struct str relative)
{
	return relative.len > 0 && absolute.len > relative.len &&
	       memcmp(absolute.ptr + absolute.len - relative.len, relative.ptr, relative.len) == 0 &&
	       absolute.ptr[absolute.len - relative.len - 1] == '/';
}

enum directory_relation directory_relate(struct directory inner, struct directory outer)
{
	if (str_equal(inner.path, outer.path))
		return inner.path.len > 0 || (inner.is_known && outer.is_known) ? DIRECTORY_INSIDE : DIRECTORY_UNCLEAR;
	if (outer.path.len > 0 && is_inside(inner.path, outer.path))
		return DIRECTORY_INSIDE;
	if (!inner.is_known || !outer.is_known)
		return DIRECTORY_UNCLEAR;
	if (is_absolute(inner.path) != is_absolute(outer.path)) {
		bool is_same =
			is_absolute(inner.path) ? ends_in(inner.path, outer.path) : ends_in(outer.path, inner.path);

		return is_same ? DIRECTORY_INSIDE : DIRECTORY_UNCLEAR;
	}
	/* Everything relative lies in "", but for what goes up. */
	if (outer.path.len == 0)
		return str_starts_with(inner.path, "..") ? DIRECTORY_UNCLEAR : DIRECTORY_INSIDE;
	return str_starts_with(outer.path, "..") || str_starts_with(inner.path, "..") ? DIRECTORY_UNCLEAR
										      : DIRECTORY_OUTSIDE;
}
