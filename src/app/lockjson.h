/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lockjson: what `rollstamp lock` tells, as JSON: doc/lock.schema.json.
 */
#ifndef APP_LOCKJSON_H
#define APP_LOCKJSON_H

#include "app/locktable.h"

void lockjson_print(const struct lockresult *result, struct buf *to);

#endif
