/* SPDX-License-Identifier: Apache-2.0 */
/*
 * edit: insertions and replacements at byte offsets of a text that is otherwise copied.
 */
#ifndef YAML_EDIT_H
#define YAML_EDIT_H

#include "base/arena.h"

struct edit {
	struct span at;  /* what is replaced; empty for an insertion */
	struct str text; /* what stands there instead */
};

struct edits {
	struct arena *arena; /* of the array; the texts are borrowed */
	struct edit *items;
	size_t count, room;
};

void edits_init(struct edits *edits, struct arena *arena);
/* Adds an edit of the bytes `at`. */
void edits_add(struct edits *edits, struct span at, struct str text);
/*
 * Brings them into the order of the text, an insertion in front of what is replaced behind it. Two that touch the same byte, or
 * insert at the same place, are our bug.
 */
void edits_sort(struct edits *edits);
/* The edited text, in `arena`; the edits are sorted. */
struct str edits_apply(const struct edits *edits, struct str text, struct arena *arena);

#endif
