/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value: a pod template as the API server keeps it, whatever its text looks like.
 *
 * Made from a document's tree with the table of fields: mappings are sorted, what is absent in another word (null, an
 * empty list, a false that Go can't tell from nothing) is gone, defaults are filled in, amounts are canonical, a key that
 * stands twice counts once. What the API server would refuse or drop is marked.
 */
#ifndef COMPARE_VALUE_H
#define COMPARE_VALUE_H

#include "base/err.h"
#include "compare/fields.h"
#include "yaml/node.h"

enum value_type { VALUE_NULL, VALUE_TEXT, VALUE_BOOL, VALUE_NUMBER, VALUE_MAPPING, VALUE_LIST };

struct value {
	struct str key;  /* of an entry of a mapping; else empty */
	struct str text; /* of what is neither a mapping nor a list */
	enum value_type type;
	enum field_class form;
	bool is_entry : 1;   /* of a map that people name the keys of: labels, limits */
	bool is_filled : 1;  /* by the API server */
	bool is_unknown : 1; /* a field that this Kubernetes does not have */
	bool is_wrong : 1;   /* of a type that the API server refuses */
	struct value *child; /* of mappings, sorted by key, each once; and of lists */
	struct value *next;
};

/* What values are made with. */
struct value_maker {
	const struct fields *fields;
	struct str text;     /* of the tree's stream: values borrow from it what they can */
	struct arena *arena; /* of the values */
	struct arena *scratch;
	size_t budget; /* nodes that may still be looked at: aliases make much of little text */
};

/* How many nodes may be looked at in a document of this length (bytes). */
size_t value_budget(size_t text_length);
/*
 * The value of `node` as a struct `owner`, behind aliases. NULL if it is absent. Fails, with err->at at the node, when the
 * budget is used up.
 */
CHECKED bool value_make(struct value_maker *maker, struct node *node, const struct field_owner *owner,
			struct value **value, struct err *err);
/* The entry `key` of a mapping, or NULL; NULL for what is no mapping. */
struct value *value_find(const struct value *mapping, struct str key);
struct value *value_get(const struct value *mapping, const char *key);
/* The text of the entry, or empty. */
struct str value_text(const struct value *mapping, const char *key);
/* Takes the entry `key` out of a mapping. */
void value_remove(struct value *mapping, const char *key);

#endif
