/* SPDX-License-Identifier: Apache-2.0 */
/*
 * off-by-one: stands in for edits_add (ld's --wrap) and makes the edits wrong on purpose, as a bug of shape would.
 *
 * ROLLSTAMP_MUTATION says how: after, before (the place, by a byte), drop (the text's second byte), digit (one hex digit
 * of the digest), indent (one column less), quote (no final quote), lose (the edit is not there); with ":odd" behind it,
 * only every second edit is wrong.
 *
 * Edits are added twice: by shape, and when verify is content, to those of the whole stream. The second time comes too
 * late for verify, so only new ones are touched.
 */
#include "yaml/edit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void __real_edits_add(struct edits *edits, struct span at, struct str text);
void __wrap_edits_add(struct edits *edits, struct span at, struct str text);

/* Texts that have been here before. */
static const char **known;
static size_t known_count;

static bool is_known(const char *text)
{
	for (size_t i = 0; i < known_count; i++)
		if (known[i] == text)
			return true;
	return false;
}

static void remember(const char *text)
{
	known = realloc(known, (known_count + 1) * sizeof(*known));
	if (!known)
		abort();
	known[known_count++] = text;
}

/* `text` without the byte at `at`. */
static struct str without(struct arena *arena, struct str text, size_t at)
{
	struct str copy = arena_dup(arena, text);
	char *bytes = (char *)(uintptr_t)copy.ptr;

	if (at >= copy.len)
		return copy;
	memmove(bytes + at, bytes + at + 1, copy.len - at);
	copy.len--;
	return copy;
}

/* Where the last 32 hex digits in quotes begin, or the length. */
static size_t find_digest(struct str text)
{
	size_t run = 0;

	for (size_t i = text.len; i-- > 0;) {
		run = strchr("0123456789abcdef", text.ptr[i]) ? run + 1 : 0;
		if (run == 32 && i > 0 && text.ptr[i - 1] == '"')
			return i;
	}
	return text.len;
}

static struct str other_digit(struct arena *arena, struct str text)
{
	struct str copy = arena_dup(arena, text);
	size_t at = find_digest(text);

	if (at + 7 < text.len)
		((char *)(uintptr_t)copy.ptr)[at + 7] = text.ptr[at + 7] == '0' ? '1' : '0';
	return copy;
}

/* One column less where the last of its lines is indented. */
static struct str less_indented(struct arena *arena, struct str text)
{
	for (size_t i = text.len; i-- > 0;)
		if (text.ptr[i] == ' ' && i > 0 && text.ptr[i - 1] == '\n')
			return without(arena, text, i);
	return arena_dup(arena, text);
}

static struct str without_final_quote(struct arena *arena, struct str text)
{
	for (size_t i = text.len; i-- > 0;)
		if (text.ptr[i] == '"')
			return without(arena, text, i);
	return arena_dup(arena, text);
}

static bool is_spared(const char *mutation)
{
	static unsigned edits_seen;

	return edits_seen++ % 2 == 0 && strstr(mutation, ":odd");
}

void __wrap_edits_add(struct edits *edits, struct span at, struct str text)
{
	const char *mutation = getenv("ROLLSTAMP_MUTATION");
	struct str name = str_from(mutation);

	name = str_cut(&name, ':');
	if (mutation && !is_known(text.ptr) && !is_spared(mutation)) {
		if (str_is(name, "lose"))
			return;
		if (str_is(name, "after"))
			at = (struct span){ at.from + 1, at.to + 1 };
		else if (str_is(name, "before") && at.from > 0)
			at = (struct span){ at.from - 1, at.to - 1 };
		else if (str_is(name, "drop"))
			text = without(edits->arena, text, 1);
		else if (str_is(name, "digit"))
			text = other_digit(edits->arena, text);
		else if (str_is(name, "indent"))
			text = less_indented(edits->arena, text);
		else if (str_is(name, "quote"))
			text = without_final_quote(edits->arena, text);
	}
	remember(text.ptr);
	__real_edits_add(edits, at, text);
}
