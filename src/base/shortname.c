/* SPDX-License-Identifier: Apache-2.0 */
#include "base/shortname.h"

#include "base/hash.h"

static bool is_plain(char c)
{
	return str_is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

struct str shortname_clean(struct str text, const char *empty, struct arena *arena)
{
	char *to = arena_alloc(arena, text.len + 1), digits[HASH_SHORT + 1];
	struct str name = { .ptr = to, .len = text.len };

	for (size_t i = 0; i < text.len; i++)
		to[i] = is_plain(text.ptr[i]) ? text.ptr[i] : '-';
	while (name.len > 0 && !str_is_alphanumeric(name.ptr[0]))
		name = str_skip(name, 1);
	while (name.len > 0 && !str_is_alphanumeric(name.ptr[name.len - 1]))
		name.len--;
	if (name.len > 0 && str_equal(name, text))
		return text;
	hash_short(text, digits);
	if (name.len == 0)
		name = str_from(empty);
	return arena_printf(arena, "%.*s-%s", STR_ARG(name), digits);
}
