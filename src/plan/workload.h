/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workload: what to write into one workload.
 */
#ifndef PLAN_WORKLOAD_H
#define PLAN_WORKLOAD_H

#include "plan/result.h"
#include "plan/subject.h"

/*
 * Decides what is written into the workload, asks `subject->shape` for it, and adds what is to be told to `result`. When
 * something must be asked for first, that is noted in `basis->commits` or `basis->cluster`, and `result->waits` is set.
 * Fails with the whole context in the message.
 */
CHECKED bool workload_plan(const struct basis *basis, const struct subject *subject, struct result *result,
			   struct err *err);

#endif
