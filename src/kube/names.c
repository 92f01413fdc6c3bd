/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/names.h"

#include "base/hash.h"
#include "base/shortname.h"

#include <string.h>

#define NAME_PART_LIMIT 63
#define NAME_PART_CUT 54

bool names_is_valid(struct str name)
{
	if (name.len == 0 || name.len > 253)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!str_is_alphanumeric(name.ptr[i]) && name.ptr[i] != '.' && name.ptr[i] != '-')
			return false;
	return str_is_alphanumeric(name.ptr[0]) && str_is_alphanumeric(name.ptr[name.len - 1]);
}

static struct str join(struct str a, struct str b, struct arena *arena)
{
	char *text = arena_alloc(arena, a.len + b.len + 1);

	memcpy(text, a.ptr, a.len);
	memcpy(text + a.len, b.ptr, b.len);
	return (struct str){ .ptr = text, .len = a.len + b.len };
}

static struct str full_name(struct str foreign_namespace, struct str name, struct arena *arena)
{
	if (foreign_namespace.len == 0)
		return name;
	return arena_printf(arena, "%.*s_%.*s", STR_ARG(foreign_namespace), STR_ARG(name));
}

static struct str annotation(const char *prefix, struct str full, struct arena *arena)
{
	char hex[8 + 1];

	if (full.len <= NAME_PART_LIMIT)
		return full.len > 0 ? join(str_from(prefix), full, arena) : str_from(prefix);
	hash_short(full, hex);
	return arena_printf(arena, "%s%.*s-%s", prefix, NAME_PART_CUT, full.ptr, hex);
}

/* `exact`: no other name can give the same variable, as far as is known before looking at `full`. */
static struct str variable(const char *prefix, struct str full, bool exact, struct arena *arena)
{
	size_t length = strlen(prefix);
	char hex[8 + 1];
	/* With room for a hash. */
	char *text = arena_alloc(arena, length + full.len + 1 + sizeof(hex)), *end = text + length;

	memcpy(text, prefix, length);
	for (size_t i = 0; i < full.len; i++) {
		char c = full.ptr[i];
		bool lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';

		exact = exact && (lower || digit || c == '-');
		*end++ = lower ? (char)(c - 'a' + 'A') : digit ? c : '_';
	}
	if (!exact) {
		hash_short(full, hex);
		*end++ = '_';
		for (const char *p = hex; *p; p++)
			*end++ = *p >= 'a' ? (char)(*p - 'a' + 'A') : *p;
	}
	return (struct str){ .ptr = text, .len = (size_t)(end - text) };
}

/* How the stamps of each enum object_kind begin. */
static const struct prefixes {
	const char *annotation, *env;
} prefixes[] = {
	[OBJECT_CONFIGMAP] = { NAMES_ANNOTATION_CONFIGMAP, NAMES_ENV_CONFIGMAP },
	[OBJECT_SECRET] = { NAMES_ANNOTATION_SECRET, NAMES_ENV_SECRET },
	[OBJECT_PROVIDER_CLASS] = { NAMES_ANNOTATION_PROVIDER, NAMES_ENV_PROVIDER },
};

struct str names_annotation(enum object_kind kind, struct str foreign_namespace, struct str name, struct arena *arena)
{
	return annotation(prefixes[kind].annotation, full_name(foreign_namespace, name, arena), arena);
}

struct str names_env(enum object_kind kind, struct str foreign_namespace, struct str name, struct arena *arena)
{
	return variable(prefixes[kind].env, full_name(foreign_namespace, name, arena), foreign_namespace.len == 0,
			arena);
}

struct str names_collection_annotation(enum object_kind kind, struct str text, struct arena *arena)
{
	return annotation(kind == OBJECT_SECRET ? NAMES_ANNOTATION_SECRETS : NAMES_ANNOTATION_CONFIGMAPS,
			  shortname_clean(text, "selection", arena), arena);
}

struct str names_collection_env(enum object_kind kind, struct str text, struct arena *arena)
{
	return variable(kind == OBJECT_SECRET ? NAMES_ENV_SECRETS : NAMES_ENV_CONFIGMAPS,
			shortname_clean(text, "selection", arena), true, arena);
}

struct str names_git_annotation(struct str repository, struct arena *arena)
{
	return annotation(NAMES_ANNOTATION_GIT, repository, arena);
}

struct str names_git_env(struct str repository, struct arena *arena)
{
	return variable(NAMES_ENV_GIT, repository, true, arena);
}

bool names_is_annotation(struct str name)
{
	static const char *const known[] = { NAMES_ANNOTATION_CONFIGMAP, NAMES_ANNOTATION_SECRET,
					     NAMES_ANNOTATION_PROVIDER,  NAMES_ANNOTATION_CONFIGMAPS,
					     NAMES_ANNOTATION_SECRETS,   NAMES_ANNOTATION_GIT };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_starts_with(name, known[i]))
			return true;
	return false;
}

bool names_is_env(struct str name)
{
	static const char *const known[] = { NAMES_ENV_CONFIGMAP,  NAMES_ENV_SECRET,  NAMES_ENV_GIT,
					     NAMES_ENV_CONFIGMAPS, NAMES_ENV_SECRETS, NAMES_ENV_PROVIDER };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_starts_with(name, known[i]))
			return true;
	return false;
}
