/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value: a pod template as the API server keeps it, whatever its text looks like.
 *
 * A value is made from a document's tree with the table of fields: mappings are sorted, spellings of an absent field
 * (null, an empty list, a false that Go can't tell from nothing) are gone, defaults are filled in, amounts are
 * canonical, and of a key that stands twice one entry is left. What the API server would refuse or drop is marked.
 */
#ifndef COMPARE_VALUE_H
#define COMPARE_VALUE_H

#include "base/err.h"
#include "compare/fields.h"
#include "yaml/node.h"

enum value_type { VALUE_NULL, VALUE_TEXT, VALUE_BOOL, VALUE_NUMBER, VALUE_MAPPING, VALUE_LIST };

struct value {
	struct str key;  /* of an entry of a mapping; else empty */
	struct str text; /* of a value that is neither a mapping nor a list */
	enum value_type type;
	enum field_class form;
	bool is_entry : 1;   /* of a map whose keys people choose: labels, limits */
	bool is_filled : 1;  /* the API server fills it in */
	bool is_unknown : 1; /* no field of this version of Kubernetes */
	bool is_wrong : 1;   /* of a type that the API server refuses */
	struct value *child; /* of mappings, sorted by key, each once; and of lists */
	struct value *next;
};

/* What value_make needs to make values. */
struct value_maker {
	const struct fields *fields;
	struct str text;     /* of the tree's stream; values borrow from it */
	struct arena *arena; /* of the values */
	struct arena *scratch;
	size_t budget; /* nodes that may still be looked at: aliases make much of little text */
};

/* How many nodes may be looked at in a document of `text_length` bytes. */
size_t value_budget(size_t text_length);
/*
 * Makes the value of `node`, or of the node that an alias leads to, as a struct `owner`; in the maker's arena. `*value`
 * is NULL if the API server takes the node for absent. Fails with a sentence, and err->at at the node, when the budget
 * is used up.
 */
CHECKED bool value_make(struct value_maker *maker, struct node *node, const struct field_owner *owner,
			struct value **value, struct err *err);
/*
 * Has every value in `node`, taken for a struct `owner`, surely a type that the API server takes? Makes nothing, which is a
 * fraction of the work; may say no where value_make would mark none as wrong.
 */
bool value_is_right(const struct value_maker *maker, const struct node *node, const struct field_owner *owner);
/* `text`, or a copy in `arena` if it is no part of the stream's text. */
struct str value_keep(const struct value_maker *maker, struct str text, struct arena *arena);
/* The entry `key` of a mapping, borrowed. NULL if there is none, or if `mapping` is NULL or no mapping. */
struct value *value_find(const struct value *mapping, struct str key);
struct value *value_get(const struct value *mapping, const char *key);
/* The text of the entry `key`, borrowed, or empty if there is none. */
struct str value_text(const struct value *mapping, const char *key);
/* Takes the entry `key` out of a mapping, if it has one. */
void value_remove(struct value *mapping, const char *key);

#endif
