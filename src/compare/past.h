/* SPDX-License-Identifier: Apache-2.0 */
/*
 * past: the report of an earlier run, read as a side of a comparison: the report knows stamps, and nothing else of a
 * workload.
 */
#ifndef COMPARE_PAST_H
#define COMPARE_PAST_H

#include "compare/side.h"

/* Does `text` look like a report? Nothing else that can be compared does. */
bool past_is_report(struct str text);
/*
 * Adds the workloads of the report `text`, which messages call `name`, to `side`, with copies of all texts. Fails with
 * a sentence, which quotes nothing of the text, when the text is no report.
 */
CHECKED bool past_read(struct side *side, struct str name, struct str text, struct err *err);

#endif
