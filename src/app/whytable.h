/* SPDX-License-Identifier: Apache-2.0 */
/*
 * whytable: a comparison as a table, for people. What comes from manifests is made safe for a terminal.
 */
#ifndef APP_WHYTABLE_H
#define APP_WHYTABLE_H

#include "compare/why.h"

/*
 * Appends the workloads that do not stay as they are, with their first reasons; with `wide` all workloads and all reasons,
 * each whole, and objects that nobody reads, if `why` has them. Colours for a terminal if `colour`.
 */
void whytable_print(const struct why *why, bool colour, bool wide, struct buf *to);

#endif
