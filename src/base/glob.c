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

/* No set of characters is longer, and nobody makes long texts of open brackets slow. */
#define BRACKETS 256

/* Where a class of characters ends that may begin at `at`, as [:digit:] in brackets; `at` itself if there is none. */
static size_t skip_class(struct str text, size_t at, size_t end)
{
	size_t i = at + 2;

	if (i >= end || text.ptr[at + 1] != ':')
		return at;
	while (i < end && text.ptr[i] >= 'a' && text.ptr[i] <= 'z')
		i++;
	return i + 1 < end && text.ptr[i] == ':' && text.ptr[i + 1] == ']' ? i + 1 : at;
}

/* Where the brackets that open at `at` end, as fnmatch reads them; `at` itself if they don't. */
static size_t skip_brackets(struct str text, size_t at)
{
	size_t i = at + 1, end = text.len < at + BRACKETS ? text.len : at + BRACKETS;

	if (i < end && (text.ptr[i] == '!' || text.ptr[i] == '^'))
		i++;
	/* The first one means itself. */
	if (i < end && text.ptr[i] == ']')
		i++;
	for (; i < end; i++) {
		if (text.ptr[i] == ']')
			return i;
		if (text.ptr[i] == '[')
			i = skip_class(text, i, end);
		else
			i += text.ptr[i] == '\\';
	}
	return at;
}

struct str glob_cut(struct str *rest)
{
	struct str text = *rest;
	size_t i = 0;

	for (; i < text.len && text.ptr[i] != ','; i++) {
		if (text.ptr[i] == '[')
			i = skip_brackets(text, i);
		else
			i += text.ptr[i] == '\\';
	}
	i = i < text.len ? i : text.len;
	*rest = i < text.len ? str_skip(text, i + 1) : (struct str){ 0 };
	return (struct str){ text.ptr, i };
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
