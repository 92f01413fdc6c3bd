/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard: refuses a render that makes more workloads restart than the caller allows.
 */
#ifndef APP_GUARD_H
#define APP_GUARD_H

#include "app/options.h"
#include "compare/why.h"

/* Fails with a sentence that names workloads and reasons when more of them restart, or could, than `limit` allows. */
CHECKED bool guard_check(const struct why *why, const struct guard_limit *limit, struct err *err);

#endif
