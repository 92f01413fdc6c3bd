/* SPDX-License-Identifier: Apache-2.0 */
/*
 * marks: where libyaml's positions lie in our bytes.
 *
 * libyaml counts code points (yaml_mark_t.index, .column), we count bytes. The two must never meet by accident, so an
 * index is a type of its own, and this is the only place that turns one into the other.
 */
#ifndef YAML_MARKS_H
#define YAML_MARKS_H

#include "base/str.h"

/* A count of code points from the start of a text, as in yaml_mark_t.index. */
struct mark_index {
	size_t code_points;
};

/* A place in a text for which both counts are known. Indexes are asked for in nearly ascending order. */
struct marks {
	struct str text;
	bool ascii; /* the two counts are the same */
	size_t index;
	size_t byte;
};

/* For positions in `text`, valid UTF-8 without a BOM in front, borrowed. */
void marks_init(struct marks *marks, struct str text);
/* Byte offset of the code point `index`; the length of the text for anything behind its end. */
size_t marks_byte(struct marks *marks, struct mark_index index);

#endif
