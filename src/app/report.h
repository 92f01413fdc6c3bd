/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: the plan as JSON, for programs.
 *
 * Never shows a value of a ConfigMap or Secret. doc/report.schema.json describes it.
 */
#ifndef APP_REPORT_H
#define APP_REPORT_H

#include "plan/plan.h"

/* One place of the input that the output changes, in bytes of the input as it is printed. */
struct report_edit {
	struct span at;
	struct str text;
};

struct report_edits {
	struct report_edit *items;
	size_t count, room;
};

/* Appends the JSON report; without `edits` there are none. The plan was made with details. */
void report_json(const struct plan *plan, const struct report_edits *edits, struct buf *to);

#endif
