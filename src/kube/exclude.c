/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/exclude.h"

#include "base/glob.h"

void exclude_init(struct exclude *exclude, const struct kinds *kinds, struct arena *arena)
{
	*exclude = (struct exclude){ .kinds = kinds, .arena = arena };
	map_init(&exclude->exact, arena);
}

static char *append(char *to, struct str text)
{
	if (text.len > 0)
		memcpy(to, text.ptr, text.len);
	return to + text.len;
}

/* None of the three has a slash, but for names that nobody can have. */
static struct str key_of(struct arena *arena, struct str kind, struct str ns, struct str name)
{
	size_t length = kind.len + 1 + ns.len + 1 + name.len;
	char *key = arena_alloc(arena, length), *end = append(key, kind);

	for (char *c = key; c < end; c++)
		*c = str_lower(*c);
	*end++ = '/';
	end = append(end, ns);
	*end++ = '/';
	append(end, name);
	return (struct str){ .ptr = key, .len = length };
}

bool exclude_check(const struct kinds *kinds, struct str text, struct err *err)
{
	struct pattern pattern;

	if (!pattern_check(text, err))
		return err_prefix(err, "'%.*s'", STR_ARG(text));
	pattern = pattern_read(kinds, text);
	return pattern_can_name_object(&pattern) ||
	       err_set(err,
		       "'%.*s' names no ConfigMap, Secret or SecretProviderClass: write configmap/NAME, secret/NAME or "
		       "secretproviderclass/NAME",
		       STR_ARG(text));
}

bool exclude_add(struct exclude *exclude, struct str text, struct err *err)
{
	struct pattern pattern;

	if (!exclude_check(exclude->kinds, text, err))
		return false;
	pattern = pattern_read(exclude->kinds, text);
	if (!glob_is_pattern(text)) {
		map_set(&exclude->exact, key_of(exclude->arena, pattern.kind, pattern.ns, pattern.name), exclude);
		return true;
	}
	if (exclude->glob_count == EXCLUDE_GLOBS)
		return err_set(err, "more than %d patterns with wildcards name what to exclude", EXCLUDE_GLOBS);
	exclude->globs = arena_grow(exclude->arena, exclude->globs, exclude->glob_count, &exclude->glob_room,
				    sizeof(*exclude->globs));
	exclude->globs[exclude->glob_count++] = pattern;
	return true;
}

bool exclude_add_list(struct exclude *exclude, struct str texts, struct err *err)
{
	while (texts.ptr) {
		struct str text = str_trim(glob_cut(&texts));

		if (text.len > 0 && !exclude_add(exclude, text, err))
			return false;
	}
	return true;
}

static bool has_exactly(const struct exclude *exclude, struct str kind, struct str ns, struct str name)
{
	return exclude->exact.count > 0 && map_get(&exclude->exact, key_of(exclude->arena, kind, ns, name)) != NULL;
}

bool exclude_matches(const struct exclude *exclude, struct str kind, struct str ns, struct str name)
{
	const struct str any = { 0 };

	for (size_t i = 0; i < exclude->glob_count; i++)
		if (pattern_matches(&exclude->globs[i], kind, ns, name))
			return true;
	return exclude->exact.count > 0 &&
	       (has_exactly(exclude, kind, any, name) || has_exactly(exclude, any, any, name) ||
		has_exactly(exclude, kind, ns, name) || has_exactly(exclude, any, ns, name));
}
