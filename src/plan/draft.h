/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draft: a workload that is planned, as far as it has been read: what its annotations and the options choose for it, and
 * what its template names.
 */
#ifndef PLAN_DRAFT_H
#define PLAN_DRAFT_H

#include "plan/choice.h"

struct draft {
	const struct basis *basis;
	const struct subject *subject;
	struct choice choice;
	struct podspec podspec;
	bool has_extras; /* `podspec` has what annotations and options add */
};

/* Reads a workload. Fails, with err->at in the document, on a template that is too much and on a choice that is none. */
CHECKED bool draft_read(const struct basis *basis, const struct subject *subject, struct draft *draft, struct err *err);
/* Adds what annotations and options name, once. Fails, with err->at in the document, when that is too much. */
CHECKED bool draft_add_extras(struct draft *draft, struct err *err);
/* Puts the workload before a message that has a place of its own or none. Always false. */
bool draft_explain(const struct draft *draft, struct err *err);

#endif
