/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/value.h"

#include "compare/defaults.h"
#include "compare/quantity.h"
#include "yaml/scalar.h"

#include <stdlib.h>
#include <string.h>

size_t value_budget(size_t text_length)
{
	return 200000 + text_length;
}

/* A child that is being sorted in: of two with one key the later one counts. */
struct entry {
	struct value *value;
	size_t order;
};

static int compare_entries(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	struct str one = left->value->key, other = right->value->key;
	int order;

	/* Most differ in their first letter. */
	if (one.len > 0 && other.len > 0 && one.ptr[0] != other.ptr[0])
		return (unsigned char)one.ptr[0] < (unsigned char)other.ptr[0] ? -1 : 1;
	order = str_compare(one, other);
	return order != 0 ? order : left->order < right->order ? -1 : 1;
}

/* So many entries are sorted by moving them. */
#define FEW 16

struct entries {
	struct entry few[FEW]; /* room for most mappings */
	struct entry *items;
	size_t count, room;
};

/* In the caller's memory, which must stay where it is. */
static void entries_init(struct entries *entries)
{
	entries->items = entries->few;
	entries->count = 0;
	entries->room = FEW;
}

static void add_entry(struct value_maker *maker, struct entries *entries, struct value *value)
{
	if (entries->count == entries->room) {
		struct entry *items = arena_array(maker->scratch, entries->room * 2, sizeof(*items));

		memcpy(items, entries->items, entries->count * sizeof(*items));
		entries->items = items;
		entries->room *= 2;
	}
	entries->items[entries->count] = (struct entry){ .value = value, .order = entries->count };
	entries->count++;
}

struct str value_keep(const struct value_maker *maker, struct str text, struct arena *arena)
{
	const char *from = maker->text.ptr;

	if (text.len == 0 || (text.ptr >= from && text.ptr + text.len <= from + maker->text.len))
		return text;
	return arena_dup(arena, text);
}

/* Text that outlives the tree. */
static struct str keep(const struct value_maker *maker, struct str text)
{
	return value_keep(maker, text, maker->arena);
}

static struct value *add_value(struct value_maker *maker, struct str key, enum value_type type)
{
	struct value *value = ARENA_NEW(maker->arena, struct value);

	value->key = key;
	value->type = type;
	value->form = FIELD_ANYTHING;
	return value;
}

static bool make(struct value_maker *maker, struct node *node, const struct field *field, enum field_many many,
		 struct value **value, struct err *err);

/* Most mappings have few entries, and many have them in order already. */
static void sort_entries(struct entries *entries)
{
	if (entries->count > FEW) {
		qsort(entries->items, entries->count, sizeof(*entries->items), compare_entries);
		return;
	}
	for (size_t i = 1; i < entries->count; i++) {
		struct entry entry = entries->items[i];
		size_t at = i;

		for (; at > 0 && compare_entries(&entries->items[at - 1], &entry) > 0; at--)
			entries->items[at] = entries->items[at - 1];
		entries->items[at] = entry;
	}
}

/* A mapping's children, of which those that are there are in `entries`, become its own. */
static void link_entries(struct value *mapping, struct entries *entries)
{
	struct value **last = &mapping->child;

	sort_entries(entries);
	for (size_t i = 0; i < entries->count; i++) {
		if (i + 1 < entries->count && str_equal(entries->items[i].value->key, entries->items[i + 1].value->key))
			continue;
		/* What is absent stood here to undo an earlier one of its name. */
		if (entries->items[i].value->type == VALUE_NULL && !entries->items[i].value->is_entry &&
		    !entries->items[i].value->is_unknown)
			continue;
		*last = entries->items[i].value;
		last = &entries->items[i].value->next;
	}
	*last = NULL;
}

static bool add_child(struct value_maker *maker, struct node *key, const struct field *field, bool is_entry,
		      struct entries *entries, struct err *err)
{
	struct node *child = key->next;
	struct value *value;
	struct err ignored;
	struct str name;

	key = node_resolve(key);
	if (!key || key->type != NODE_SCALAR || !scalar_key(key, maker->arena, &name, &ignored))
		return true; /* No key that Kubernetes could read: it refuses the whole, and says so. */
	if (field && field->form == FIELD_MAPPING && !is_entry) {
		field = fields_find(field->of, name);
		if (!make(maker, child, field, field ? field->many : FIELD_ONE, &value, err))
			return false;
	} else if (!make(maker, child, field, FIELD_ONE, &value, err)) {
		return false;
	}
	if (!value)
		value = add_value(maker, (struct str){ 0 }, VALUE_NULL);
	value->key = keep(maker, name);
	value->is_entry = is_entry;
	value->is_unknown = !field && !is_entry;
	add_entry(maker, entries, value);
	return true;
}

static void add_filled(struct value_maker *maker, struct entries *added, const char *key, enum value_type type,
		       struct str text)
{
	struct value *value = add_value(maker, str_from(key), type);

	value->text = text;
	add_entry(maker, added, value);
}

static void fill_pull_policy(struct value_maker *maker, const char *key, struct value *mapping, const char *image,
			     struct entries *added)
{
	if (!value_get(mapping, key))
		add_filled(maker, added, key, VALUE_TEXT, str_from(defaults_pull_policy(value_text(mapping, image))));
}

/* serviceAccount is the older name of serviceAccountName, which goes before it. */
static void fill_pod(struct value_maker *maker, struct value *mapping, struct entries *added)
{
	const struct value *older = value_get(mapping, "serviceAccount");
	struct str account = older ? older->text : (struct str){ 0 };

	if (!value_get(mapping, "securityContext"))
		add_filled(maker, added, "securityContext", VALUE_MAPPING, (struct str){ 0 });
	/* What is refused stays, to be found. */
	if (older && older->is_wrong)
		return;
	if (account.len > 0 && !value_get(mapping, "serviceAccountName"))
		add_filled(maker, added, "serviceAccountName", VALUE_TEXT, account);
	value_remove(mapping, "serviceAccount");
}

/* Fills in what depends on other fields. */
static void fill_by_rule(struct value_maker *maker, const struct field_owner *owner, struct value *mapping,
			 struct entries *added)
{
	switch (owner->rule) {
	case FIELD_RULE_NONE:
		break;
	case FIELD_RULE_CONTAINER:
		fill_pull_policy(maker, "imagePullPolicy", mapping, "image", added);
		break;
	case FIELD_RULE_IMAGE:
		fill_pull_policy(maker, "pullPolicy", mapping, "reference", added);
		break;
	case FIELD_RULE_VOLUME:
		/* A volume has a name, and one source. */
		if (!mapping->child || (!mapping->child->next && value_get(mapping, "name")))
			add_filled(maker, added, "emptyDir", VALUE_MAPPING, (struct str){ 0 });
		break;
	case FIELD_RULE_POD:
		fill_pod(maker, mapping, added);
		break;
	}
}

static enum value_type type_of_class(enum field_class form)
{
	switch (form) {
	case FIELD_BOOL:
		return VALUE_BOOL;
	case FIELD_INTEGER:
		return VALUE_NUMBER;
	case FIELD_TEXT:
	case FIELD_PORT:
	case FIELD_QUANTITY:
	case FIELD_MAPPING:
	case FIELD_ANYTHING:
		break;
	}
	return VALUE_TEXT;
}

static void fill(struct value_maker *maker, const struct field_owner *owner, struct value *mapping)
{
	struct entries added;
	size_t count;

	if (!owner->is_filled)
		return;
	entries_init(&added);
	for (size_t i = 0; i < owner->count; i++) {
		const struct field *field = &owner->items[i];
		struct value *value;

		if (!field->filled || value_find(mapping, field->name))
			continue;
		value = add_value(maker, field->name, type_of_class(field->form));
		value->text = str_from(field->filled);
		value->form = field->form;
		add_entry(maker, &added, value);
	}
	fill_by_rule(maker, owner, mapping, &added);
	count = added.count;
	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++)
		added.items[i].value->is_filled = true;
	for (struct value *child = mapping->child; child; child = child->next)
		add_entry(maker, &added, child);
	link_entries(mapping, &added);
}

static bool make_mapping(struct value_maker *maker, struct node *node, const struct field *field, bool is_map,
			 struct value *mapping, struct err *err)
{
	struct entries entries;

	entries_init(&entries);
	for (struct node *key = node_child(node); key; key = key->next->next)
		if (!add_child(maker, key, field, is_map, &entries, err))
			return false;
	link_entries(mapping, &entries);
	if (field && field->form == FIELD_MAPPING && !is_map)
		fill(maker, field->of, mapping);
	return true;
}

/* How Go's zero value of a class is written; NULL: not in one word. */
static const char *zero_of(enum field_class form)
{
	switch (form) {
	case FIELD_TEXT:
		return "";
	case FIELD_BOOL:
		return "false";
	case FIELD_INTEGER:
	case FIELD_PORT:
	case FIELD_QUANTITY:
		return "0";
	case FIELD_MAPPING:
	case FIELD_ANYTHING:
		break;
	}
	return NULL;
}

/*
 * What null is among the items of a list: Go reads it as the zero value of their type. Where there are no Go types, as for
 * what a CRD defines, nobody writes that in its place: so it counts as filled in.
 */
static struct value *make_zero(struct value_maker *maker, const struct field *field)
{
	struct value *value = add_value(maker, (struct str){ 0 }, VALUE_NULL);

	if (!field)
		return value;
	value->is_filled = field->form != FIELD_ANYTHING;
	if (field->form == FIELD_MAPPING) {
		value->type = VALUE_MAPPING;
		fill(maker, field->of, value);
	} else if (value->is_filled) {
		value->form = field->form;
		value->type = field->form == FIELD_PORT ? VALUE_NUMBER : type_of_class(field->form);
		value->text = str_from(zero_of(field->form));
	}
	return value;
}

static bool make_list(struct value_maker *maker, struct node *node, const struct field *field, struct value *list,
		      struct err *err)
{
	struct value **last = &list->child;

	for (struct node *item = node_child(node); item; item = item->next) {
		if (!make(maker, item, field, FIELD_ONE, last, err))
			return false;
		if (!*last)
			*last = make_zero(maker, field);
		last = &(*last)->next;
	}
	return true;
}

/* Is a scalar of this type refused where `class` is due? */
static bool is_refused(enum scalar_type type, enum field_class form)
{
	switch (form) {
	case FIELD_TEXT:
		return type != SCALAR_TEXT;
	case FIELD_BOOL:
		return type != SCALAR_BOOL;
	case FIELD_INTEGER:
		return type != SCALAR_INTEGER;
	case FIELD_PORT:
		return type != SCALAR_TEXT && type != SCALAR_INTEGER;
	case FIELD_QUANTITY:
		return type == SCALAR_BOOL;
	case FIELD_MAPPING:
		return true;
	case FIELD_ANYTHING:
		break;
	}
	return false;
}

static enum value_type type_of_scalar(enum scalar_type type)
{
	switch (type) {
	case SCALAR_NULL:
		return VALUE_NULL;
	case SCALAR_TEXT:
		return VALUE_TEXT;
	case SCALAR_BOOL:
		return VALUE_BOOL;
	case SCALAR_INTEGER:
	case SCALAR_REAL:
		break;
	}
	return VALUE_NUMBER;
}

/* What Go's zero value can't be told from absence: "", false, 0. */
static bool is_zero(const struct value *value)
{
	const char *zero = zero_of(value->form);
	bool is_number = value->form == FIELD_INTEGER || value->form == FIELD_PORT;

	return zero && str_is(value->text, zero) && (!is_number || value->type == VALUE_NUMBER);
}

/* A port's name has one, or else the API server refuses it: "80" is no port. */
static bool has_letter(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] >= 'a' && text.ptr[i] <= 'z')
			return true;
	return false;
}

/* Is a scalar refused that stands for one of `field`? Of an amount this is not all. */
static bool is_wrong_scalar(enum scalar_type type, struct str text, const struct field *field)
{
	if (!field || type == SCALAR_NULL)
		return false;
	return field->form == FIELD_PORT && type == SCALAR_TEXT ? !has_letter(text) : is_refused(type, field->form);
}

/* Is a collection refused where `many` of `field` are due? */
static bool is_wrong_collection(enum node_type type, const struct field *field, enum field_many many)
{
	if (!field)
		return false;
	if (type == NODE_SEQUENCE)
		return many != FIELD_LIST && field->form != FIELD_ANYTHING;
	return many == FIELD_LIST ||
	       (many == FIELD_ONE && field->form != FIELD_MAPPING && field->form != FIELD_ANYTHING);
}

static struct value *make_scalar(struct value_maker *maker, const struct node *node, const struct field *field)
{
	struct value *value = add_value(maker, (struct str){ 0 }, VALUE_NULL);
	enum scalar_type type = scalar_read(node, maker->arena, &value->text);

	value->text = keep(maker, value->text);
	value->type = type_of_scalar(type);
	value->form = field ? field->form : FIELD_ANYTHING;
	value->is_wrong = is_wrong_scalar(type, value->text, field);
	if (field && field->form == FIELD_QUANTITY && type != SCALAR_NULL && !value->is_wrong) {
		/* All maps of amounts are requests or limits. */
		value->is_wrong =
			!quantity_canonical(value->text, field->many == FIELD_MAP, maker->arena, &value->text);
		value->type = VALUE_TEXT;
	}
	return value;
}

/* Is there nothing that Kubernetes could tell from an absent field? */
static bool is_absent(const struct value *value, const struct field *field, enum field_many many, bool is_member)
{
	if (!field || value->is_wrong)
		return false;
	if (value->type == VALUE_NULL)
		return true;
	if (!is_member || field->is_pointer)
		return false;
	if (many != FIELD_ONE || field->form == FIELD_MAPPING)
		return !value->child;
	return is_zero(value);
}

/*
 * The value of one node. `many` says whether all of `field` is meant, or one of what is in it. NULL in `*value` if it is
 * absent.
 */
static bool make(struct value_maker *maker, struct node *node, const struct field *field, enum field_many many,
		 struct value **value, struct err *err)
{
	bool is_member = !field || many == field->many; /* of a struct, and not in a list or map */
	struct value *made = NULL;

	node = node_resolve(node);
	*value = NULL;
	if (!node)
		return true;
	if (maker->budget == 0)
		return err_set_at(err, node->span.from, "its aliases make too much of the text to be compared");
	maker->budget--;
	switch (node->type) {
	case NODE_MAPPING:
		made = add_value(maker, (struct str){ 0 }, VALUE_MAPPING);
		made->is_wrong = is_wrong_collection(NODE_MAPPING, field, many);
		if (!make_mapping(maker, node, made->is_wrong ? NULL : field, many == FIELD_MAP, made, err))
			return false;
		break;
	case NODE_SEQUENCE:
		made = add_value(maker, (struct str){ 0 }, VALUE_LIST);
		made->is_wrong = is_wrong_collection(NODE_SEQUENCE, field, many);
		if (!make_list(maker, node, made->is_wrong ? NULL : field, made, err))
			return false;
		break;
	case NODE_SCALAR:
		made = make_scalar(maker, node, many == FIELD_ONE ? field : NULL);
		made->is_wrong = made->is_wrong || (field && many != FIELD_ONE && made->type != VALUE_NULL);
		break;
	case NODE_ALIAS:
		return true;
	}
	if (!is_absent(made, field, many, is_member))
		*value = made;
	return true;
}

bool value_make(struct value_maker *maker, struct node *node, const struct field_owner *owner, struct value **value,
		struct err *err)
{
	struct field whole = { .form = FIELD_MAPPING, .is_pointer = true, .of = owner };

	return make(maker, node, &whole, FIELD_ONE, value, err);
}

/* value_is_right of one node: see make. */
static bool is_right(const struct value_maker *maker, const struct node *node, const struct field *field,
		     enum field_many many)
{
	bool is_struct = field && field->form == FIELD_MAPPING && many != FIELD_MAP;
	enum scalar_type type;
	struct str text;

	/* Through aliases the way may be long. */
	if (node->type == NODE_ALIAS)
		return false;
	if (node->type == NODE_SCALAR) {
		type = scalar_read(node, maker->scratch, &text);
		if (!field || type == SCALAR_NULL)
			return true;
		if (many != FIELD_ONE || is_wrong_scalar(type, text, field))
			return false;
		return field->form != FIELD_QUANTITY || quantity_canonical(text, false, maker->scratch, &text);
	}
	if (is_wrong_collection(node->type, field, many))
		return false;
	for (const struct node *child = node->child; child; child = child->next) {
		const struct field *part = field;
		enum field_many parts = FIELD_ONE;

		if (node->type == NODE_MAPPING) {
			if (child->type != NODE_SCALAR)
				return false;
			if (is_struct) {
				part = fields_find(field->of, child->value);
				parts = part ? part->many : FIELD_ONE;
			}
			child = child->next;
		}
		if (!is_right(maker, child, part, parts))
			return false;
	}
	return true;
}

bool value_is_right(const struct value_maker *maker, const struct node *node, const struct field_owner *owner)
{
	const struct field whole = { .form = FIELD_MAPPING, .is_pointer = true, .of = owner };

	return is_right(maker, node, &whole, FIELD_ONE);
}

struct value *value_find(const struct value *mapping, struct str key)
{
	struct value *child = mapping && mapping->type == VALUE_MAPPING ? mapping->child : NULL;

	for (; child; child = child->next)
		if (str_equal(child->key, key))
			return child;
	return NULL;
}

struct value *value_get(const struct value *mapping, const char *key)
{
	return value_find(mapping, str_from(key));
}

struct str value_text(const struct value *mapping, const char *key)
{
	const struct value *value = value_get(mapping, key);

	return value ? value->text : (struct str){ 0 };
}

void value_remove(struct value *mapping, const char *key)
{
	struct value *at = value_get(mapping, key), **link = &mapping->child;

	if (!at)
		return;
	while (*link != at)
		link = &(*link)->next;
	*link = at->next;
}
