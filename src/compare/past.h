/* SPDX-License-Identifier: Apache-2.0 */
/*
 * past: the report of an earlier run as a side: its stamps are known, and nothing else.
 */
#ifndef COMPARE_PAST_H
#define COMPARE_PAST_H

#include "compare/side.h"

/* Does the text look like a report, as nothing else that can be compared does? */
bool past_is_report(struct str text);
/* Reads the report, named `name` in messages, into `side`. Fails when it is none. Everything is copied. */
CHECKED bool past_read(struct side *side, struct str name, struct str text, struct err *err);

#endif
