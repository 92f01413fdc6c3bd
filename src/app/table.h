/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table: the plan as a table, for people.
 *
 * Never shows a value of a ConfigMap or Secret. What comes from manifests is made safe for a terminal.
 */
#ifndef APP_TABLE_H
#define APP_TABLE_H

#include "plan/plan.h"

/*
 * Appends the table, with colours for a terminal if `colour`. All keys and places are named if `wide`, else the first of
 * them. The plan was made with details.
 */
void table_print(const struct plan *plan, bool colour, bool wide, struct buf *to);

#endif
