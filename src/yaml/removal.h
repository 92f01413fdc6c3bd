/* SPDX-License-Identifier: Apache-2.0 */
/*
 * removal: entries that are taken out of a mapping, as edits of its text.
 *
 * Comments stay, and so does every other byte that is not part of the entry: its comma, the blanks around it, or its lines
 * if nothing else stands on them.
 */
#ifndef YAML_REMOVAL_H
#define YAML_REMOVAL_H

#include "yaml/edit.h"
#include "yaml/node.h"

/* An entry of the text, from its key to the end of its value. */
struct removal_entry {
	struct span at;
	bool is_gone;
};

struct removal {
	struct str text;
	const struct node *mapping;
	struct removal_entry *entries; /* all that the mapping has in the text */
	size_t count;
	size_t gone_count;
	size_t colon; /* behind the colon of the key whose value the mapping is */
};

/*
 * Why the entry with the key node `key` of `mapping` can't be taken out without changing something else, in a few words;
 * NULL: it can.
 */
const char *removal_refuses(struct str text, const struct node *mapping, const struct node *key);
/* Notes what stands in `mapping`, the value of `owner`; in `arena`. Nothing is gone yet. */
struct removal *removal_new(struct str text, const struct node *owner, const struct node *mapping, struct arena *arena);
/* Takes out the entry with the key node `key`. */
void removal_add(struct removal *removal, const struct node *key);
/*
 * Adds the edits for it. `inserted` is what goes in front of the entries of the mapping at byte `at`: in a block mapping
 * lines, the first of which begins behind the indentation that stands there, and the last of which ends in `newline`; in a
 * flow mapping entries with commas between them. It can be empty. A block mapping that loses all it has becomes `{}`.
 */
void removal_block(const struct removal *removal, size_t at, struct str inserted, const char *newline,
		   struct edits *edits);
void removal_flow(const struct removal *removal, size_t at, struct str inserted, struct edits *edits);

#endif
