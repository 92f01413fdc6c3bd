/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blockflow: collections in brackets on one line, for `block`.
 *
 * `[]`, `{}`, `["a", b]`, `{a: b, c: [d]}`: items are words, text in quotes, and such collections. A mapping's keys have a
 * colon and a space behind them, and a value. No comma stands before a closing bracket.
 */
#ifndef YAML_BLOCKFLOW_H
#define YAML_BLOCKFLOW_H

#include "yaml/blocktext.h"

/* Reads the collection whose bracket stands at b->at, and leaves b->at behind it. */
bool blockflow_read(struct block_text *b, struct node **collection);

#endif
