/* SPDX-License-Identifier: Apache-2.0 */
/*
 * whyjson: a comparison as JSON, for programs. doc/why.schema.json describes it.
 *
 * Names and paths, never values of ConfigMaps, Secrets or variables.
 */
#ifndef APP_WHYJSON_H
#define APP_WHYJSON_H

#include "compare/why.h"

/* Appends it. Of an image both texts are told, of a git ref both commits. */
void whyjson_print(const struct why *why, struct buf *to);

#endif
