/* SPDX-License-Identifier: Apache-2.0 */
/*
 * difference: where two pod templates differ, and whether pods restart for it.
 *
 * Which differences count was measured against real API servers and controllers (see tests/real/why.py): lists have an
 * order, mappings have none.
 */
#ifndef COMPARE_DIFFERENCE_H
#define COMPARE_DIFFERENCE_H

#include "compare/value.h"

/* What a difference does, from least to most. */
enum difference_effect {
	DIFFERENCE_NONE,
	DIFFERENCE_MAY_ROLL, /* depends on how the manifest is applied */
	DIFFERENCE_ROLLS,
	DIFFERENCE_REFUSED, /* the API server refuses the template */
};

/* Why an effect is not simply that the workload rolls. */
enum difference_cause {
	CAUSE_CHANGED,
	CAUSE_ORDER,     /* only the order of a list's items changed */
	CAUSE_NULL,      /* a null entry: kept by Helm 4 and server-side apply, not by Helm 3 and client-side apply */
	CAUSE_UNKNOWN,   /* a field that Kubernetes does not know: dropped or refused */
	CAUSE_TYPE,      /* a value of a type that the API server refuses */
	CAUSE_DUPLICATE, /* a name twice in one list: server-side apply and Helm 4 refuse it */
	CAUSE_DEFAULT,   /* the API server fills this in; another controller compares the written text */
};

struct difference {
	struct str path; /* "spec.containers[app].image" */
	enum difference_effect effect;
	enum difference_cause cause;
	const struct value *before, *after; /* NULL: absent on that side */
	struct str container;               /* the container that the difference is in, or empty */
};

struct differences {
	struct arena *arena; /* the items and their texts live in it */
	struct difference *items;
	size_t count, room;
};

/* How a workload's controller and server look at its template. */
struct difference_rules {
	bool by_value;     /* amounts are equal when their values are: a Deployment. Else when their texts are. */
	bool fills_in;     /* the API server fills in defaults: not in what a CRD defines */
	bool knows_fields; /* and knows every field, and its type */
};

/*
 * Adds the differences between two templates (NULL: absent) to `differences`. The values are borrowed, all else is in
 * the arena of `differences`. Never fails.
 */
void difference_find(const struct value *before, const struct value *after, const struct difference_rules *rules,
		     struct differences *differences);
/* Are two values equal, whatever made them? */
bool difference_is_none(const struct value *a, const struct value *b);

#endif
