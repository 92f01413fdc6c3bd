/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selector: Kubernetes' label selectors, as kubectl and sidecars take them: "app=web,tier in (a, b),!canary".
 *
 * The grammar is that of k8s.io/apimachinery/pkg/labels (Parse): requirements between commas, all of which must be met.
 * `key` and `!key`; `=`, `==` and `!=` with a value, which may be empty; `in` and `notin` with values in parentheses; `<`
 * and `>` with an integer. What is unequal, or in no list, need not be there at all.
 */
#ifndef KUBE_SELECTOR_H
#define KUBE_SELECTOR_H

#include "base/arena.h"
#include "base/err.h"
#include "kube/labels.h"

enum selector_test { SELECTOR_EXISTS, SELECTOR_ABSENT, SELECTOR_IN, SELECTOR_NOT_IN, SELECTOR_LESS, SELECTOR_GREATER };

/* One requirement on the labels of an object. */
struct selector_requirement {
	struct str key;
	enum selector_test test;
	struct str *values; /* SELECTOR_IN, SELECTOR_NOT_IN: sorted */
	size_t value_count;
	long long number; /* SELECTOR_LESS, SELECTOR_GREATER */
};

struct selector {
	struct selector_requirement *items;
	size_t count, room;
};

/*
 * Reads a selector; what is made is in `arena`, and borrows `text`. Fails with a sentence on what Kubernetes would not
 * take, and on an empty text, which would select everything.
 */
CHECKED bool selector_parse(struct str text, struct arena *arena, struct selector *selector, struct err *err);
/* Do the labels meet all requirements? */
bool selector_matches(const struct selector *selector, const struct labels *labels);

#endif
