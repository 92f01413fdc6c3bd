/* SPDX-License-Identifier: Apache-2.0 */
#include "base/glob.h"

#include "base/arena.h"

#include <fnmatch.h>

struct str glob_head(struct str pattern)
{
	size_t n = 0;

	while (n < pattern.len && !strchr("*?[\\", pattern.ptr[n])) /* also a NUL, which matches nothing */
		n++;
	return str_slice(pattern, (struct span){ 0, n });
}

bool glob_is_pattern(struct str pattern)
{
	return glob_head(pattern).len < pattern.len;
}

/* fnmatch takes C strings. */
static bool match(struct str pattern, struct str text, int flags)
{
	struct arena arena = { 0 };
	bool result;

	if (str_find(pattern, '\0') < pattern.len || str_find(text, '\0') < text.len)
		return false;
	result = fnmatch(arena_dup(&arena, pattern).ptr, arena_dup(&arena, text).ptr, flags) == 0;
	arena_release(&arena);
	return result;
}

bool glob_matches(struct str pattern, struct str text)
{
	return glob_is_pattern(pattern) ? match(pattern, text, 0) : str_equal(pattern, text);
}

bool glob_matches_nocase(struct str pattern, struct str text)
{
	return glob_is_pattern(pattern) ? match(pattern, text, FNM_CASEFOLD) : str_equal_nocase(pattern, text);
}
