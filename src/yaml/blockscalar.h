/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blockscalar: literal and folded text (| and >), for `block`.
 *
 * What libyaml's scanner makes of it (yaml_parser_scan_block_scalar), also where YAML's specification says something else:
 * where leading blank lines are longer than the first line of text.
 */
#ifndef YAML_BLOCKSCALAR_H
#define YAML_BLOCKSCALAR_H

#include "yaml/blocktext.h"

/* Reads the text whose indicator stands at b->at, in a collection at column `indent`, and goes to the next content. */
bool blockscalar_read(struct block_text *b, ptrdiff_t indent, struct node *scalar);

#endif
