#include "kube/exclude.h"

#include "base/glob.h"

void exclude_init(struct exclude *exclude, struct arena *arena)
{
	*exclude = (struct exclude){ .arena = arena };
	map_init(&exclude->exact, arena);
}

static struct str key_of(struct arena *arena, struct str kind, struct str name)
{
	char *key = arena_alloc(arena, kind.len + 1 + name.len);

	for (size_t i = 0; i < kind.len; i++)
		key[i] = kind.ptr[i] >= 'A' && kind.ptr[i] <= 'Z' ? (char)(kind.ptr[i] - 'A' + 'a') : kind.ptr[i];
	key[kind.len] = '/';
	if (name.len > 0)
		memcpy(key + kind.len + 1, name.ptr, name.len);
	return (struct str){ .ptr = key, .len = kind.len + 1 + name.len };
}

bool exclude_check(struct str pattern, struct err *err)
{
	struct str name = pattern, kind = str_cut(&name, '/');

	if (name.len > 0 &&
	    (glob_matches_nocase(kind, str_from("configmap")) || glob_matches_nocase(kind, str_from("secret"))))
		return true;
	return err_set(err, "'%.*s' names nothing to exclude: write configmap/NAME or secret/NAME", STR_ARG(pattern));
}

bool exclude_add(struct exclude *exclude, struct str pattern, struct err *err)
{
	struct str name = pattern, kind = str_cut(&name, '/');

	if (!exclude_check(pattern, err))
		return false;
	if (!glob_is_pattern(pattern)) {
		map_set(&exclude->exact, key_of(exclude->arena, kind, name), exclude);
		return true;
	}
	if (exclude->glob_count == EXCLUDE_GLOBS)
		return err_set(err, "more than %d patterns with wildcards name what to exclude", EXCLUDE_GLOBS);
	exclude->globs[exclude->glob_count++] = pattern;
	return true;
}

bool exclude_add_list(struct exclude *exclude, struct str patterns, struct err *err)
{
	while (patterns.ptr) {
		struct str pattern = str_trim(str_cut(&patterns, ','));

		if (pattern.len > 0 && !exclude_add(exclude, pattern, err))
			return false;
	}
	return true;
}

bool exclude_pattern_matches(struct str pattern, struct str kind, struct str name)
{
	struct str name_pattern = pattern, kind_pattern = str_cut(&name_pattern, '/');

	return name_pattern.ptr && glob_matches_nocase(kind_pattern, kind) && glob_matches(name_pattern, name);
}

bool exclude_matches(const struct exclude *exclude, struct str kind, struct str name)
{
	for (size_t i = 0; i < exclude->glob_count; i++)
		if (exclude_pattern_matches(exclude->globs[i], kind, name))
			return true;
	return exclude->exact.count > 0 && map_get(&exclude->exact, key_of(exclude->arena, kind, name)) != NULL;
}
