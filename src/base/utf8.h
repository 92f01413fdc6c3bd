/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utf8: the encoding of manifests (RFC 3629), and which characters of a text need a second look.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/err.h"

/* The byte order mark U+FEFF. */
#define UTF8_BOM "\xef\xbb\xbf"
/* `text` without a byte order mark at its begin. */
struct str utf8_skip_bom(struct str text);

/* Length of the UTF-8 sequence that `text`, which is not empty, begins with; 0 if it begins with none. */
size_t utf8_length(struct str text);

/* Has `text` a control character: C0, DEL or C1? */
bool utf8_has_control(struct str text);
/* Is all of `text` UTF-8? */
bool utf8_is_valid(struct str text);

/* Facts about the bytes of an input, found in one pass. */
struct utf8_facts {
	bool odd_breaks; /* has NEL, LS or PS, which libyaml takes for line breaks */
	bool carriage;   /* has a CR */
};

/*
 * Checks that `text` is UTF-8 without NUL bytes, which YAML and everything behind us refuse; fails with err->at at the
 * first byte that is not.
 */
CHECKED bool utf8_check(struct str text, struct utf8_facts *facts, struct err *err);

#endif
