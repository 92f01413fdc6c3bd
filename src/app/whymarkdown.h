/* SPDX-License-Identifier: Apache-2.0 */
/*
 * whymarkdown: a comparison as Markdown, for the comment of a pull request.
 *
 * Whatever comes from manifests stands in a code span, in which neither Markdown nor a forge finds anything: no name can
 * leave its cell, or mention anybody.
 */
#ifndef APP_WHYMARKDOWN_H
#define APP_WHYMARKDOWN_H

#include "compare/why.h"

/* Forges refuse comments above 65,536 bytes; more than this is never printed. */
#define WHYMARKDOWN_LIMIT 60000
/* The last line, which is not shown. By it jobs find a comment again that they are to update: it stays as it is. */
#define WHYMARKDOWN_MARKER "<!-- rollstamp why -->"

/* Appends it: the number of workloads that roll as its first line, a table, all reasons folded, the marker. */
void whymarkdown_print(const struct why *why, struct buf *to);

#endif
