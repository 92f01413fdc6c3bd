/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocks: plain block text as manifests have it, and what lies just beside it.
 *
 * Most of what comes out is block's (yaml/block.h), and much of the rest was before one byte of it was changed: so the
 * edges of its rules are within reach.
 */
#ifndef FUZZ_BLOCKS_H
#define FUZZ_BLOCKS_H

#include "check.h"

#include "base/buf.h"

void blocks_document(struct choices *choices, struct buf *to);

#endif
