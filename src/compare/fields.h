/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields: every field of a pod template, as the API server knows it.
 *
 * The class of a field decides which of its values Kubernetes can tell from an absent field: an empty text, false or 0
 * is an absent field, unless Go keeps the field behind a pointer; an empty list or map is always an absent field. The
 * table follows the Go types of k8s.io/api/core/v1 of Kubernetes 1.37 (PodTemplateSpec and all types that it reaches).
 * tests/real/go/kube/fields-check prints these types, and what the API server's own defaulting puts into them, in the
 * lines of fields_print; the suite "what rolls, foretold and measured" compares both outputs.
 */
#ifndef COMPARE_FIELDS_H
#define COMPARE_FIELDS_H

#include "base/buf.h"

enum field_class {
	FIELD_TEXT,
	FIELD_BOOL,
	FIELD_INTEGER,
	FIELD_PORT,     /* a number or a name */
	FIELD_QUANTITY, /* an amount */
	FIELD_MAPPING,  /* a struct: `of` */
	FIELD_ANYTHING,
};

/* How many values of its class a field has. */
enum field_many { FIELD_ONE, FIELD_LIST, FIELD_MAP };

struct field {
	struct str name;
	enum field_class form;
	enum field_many many;
	bool is_pointer;              /* Go has a pointer: "", false, 0 and {} are not absent */
	const struct field_owner *of; /* FIELD_MAPPING */
	const char *filled;           /* what the API server puts here where the field is absent, or NULL */
};

/* Which rule fills in the fields of a struct whose defaults depend on other fields of it. */
enum field_rule { FIELD_RULE_NONE, FIELD_RULE_CONTAINER, FIELD_RULE_IMAGE, FIELD_RULE_VOLUME, FIELD_RULE_POD };

/* Room for the fields of the largest struct, and as much again. */
#define FIELD_SLOTS 128

/* A struct of Kubernetes' API. */
struct field_owner {
	struct str name;
	enum field_rule rule;
	bool is_filled;      /* the rule, or a default of a field, can add something */
	struct field *items; /* sorted by name */
	size_t count;
	unsigned char slots[FIELD_SLOTS]; /* a hash table: 1 + the index of an item, or 0 */
};

struct fields {
	struct field_owner *owners;
	size_t count;
	const struct field_owner *pod; /* PodTemplateSpec */
};

/* Reads the built-in table into `fields`, which lives as long as the arena. Never fails. */
void fields_init(struct fields *fields, struct arena *arena);
/* The struct `name`, borrowed from `fields`; the table must have it. */
const struct field_owner *fields_owner(const struct fields *fields, const char *name);
/* The field `name` of `owner`, borrowed, or NULL if `owner` has no such field. */
const struct field *fields_find(const struct field_owner *owner, struct str name);
/* Appends the table to `to`, a line for each field: STRUCT FIELD CLASS, and in quotes what is filled in. */
void fields_print(const struct fields *fields, struct buf *to);

#endif
