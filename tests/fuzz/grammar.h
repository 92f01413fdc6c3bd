/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grammar: YAML made out of any bytes.
 *
 * Random bytes are hardly ever YAML, so the edges of a rule about YAML are out of their reach. Every byte chooses one
 * of a few continuations here, and what comes out is YAML often enough.
 */
#ifndef FUZZ_GRAMMAR_H
#define FUZZ_GRAMMAR_H

#include "check.h"

#include "base/buf.h"

/*
 * A stream of lines around the rule for what may be skipped (stream.h): keys at column 0 in every spelling, `kind` and
 * what looks like it, quotes, brackets and block scalars that swallow lines at column 0, separators, odd line breaks.
 */
void grammar_stream(struct choices *choices, struct buf *to);
/*
 * One document, nearly always valid: collections in every style, nested, with anchors, aliases, tags, comments, empty
 * values, complex keys, several spaces, and LF or CRLF.
 */
void grammar_document(struct choices *choices, struct buf *to);

#endif
