/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/edit.h"

#include "base/buf.h"
#include "base/sort.h"

#include <assert.h>
#include <string.h>

void edits_init(struct edits *edits, struct arena *arena)
{
	*edits = (struct edits){ .arena = arena };
}

void edits_add(struct edits *edits, struct span at, struct str text)
{
	assert(at.from <= at.to);
	edits->items = arena_grow(edits->arena, edits->items, edits->count, &edits->room, sizeof(*edits->items));
	edits->items[edits->count++] = (struct edit){ .at = at, .text = text };
}

static int compare(const void *a, const void *b)
{
	const struct edit *left = a, *right = b;

	if (left->at.from != right->at.from)
		return left->at.from > right->at.from ? 1 : -1;
	return (left->at.to > right->at.to) - (left->at.to < right->at.to);
}

void edits_sort(struct edits *edits)
{
	sort_items(edits->items, edits->count, sizeof(*edits->items), compare);
	for (size_t i = 1; i < edits->count; i++) {
		const struct edit *before = &edits->items[i - 1], *edit = &edits->items[i];

		assert(before->at.to <= edit->at.from && before->at.from < edit->at.to);
	}
}

/* memcpy takes no NULL, not even for nothing. */
static size_t append(char *to, size_t done, struct str text)
{
	if (text.len > 0)
		memcpy(to + done, text.ptr, text.len);
	return done + text.len;
}

struct str edits_apply(const struct edits *edits, struct str text, struct arena *arena)
{
	size_t length = text.len, at = 0, done = 0;
	char *result;

	for (size_t i = 0; i < edits->count; i++)
		length += edits->items[i].text.len - (edits->items[i].at.to - edits->items[i].at.from);
	result = arena_alloc(arena, length + 1);
	for (size_t i = 0; i < edits->count; i++) {
		const struct edit *edit = &edits->items[i];

		done = append(result, done, str_slice(text, (struct span){ at, edit->at.from }));
		done = append(result, done, edit->text);
		at = edit->at.to;
	}
	done = append(result, done, str_skip(text, at));
	assert(done == length);
	return (struct str){ .ptr = result, .len = length };
}
