/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blockword: plain and quoted text, for `block`.
 *
 * What libyaml's scanner takes for text of these styles (yaml_parser_scan_plain_scalar, yaml_parser_scan_flow_scalar), as
 * far as it is ours: quotes end on their line, and a tab never stands beside plain text.
 */
#ifndef YAML_BLOCKWORD_H
#define YAML_BLOCKWORD_H

#include "yaml/blocktext.h"

/* How long a key may be, in bytes: libyaml gives up at 1024 characters. */
#define BLOCKWORD_KEY 1000

/* blockword_can_begin of a byte that is neither letter nor digit. */
bool blockword_can_begin_oddly(const struct block_text *b, const char *at);

/* Can the byte at `at` begin plain text outside of brackets? */
static inline bool blockword_can_begin(const struct block_text *b, const char *at)
{
	/* Nearly all do with a letter or digit. */
	return (at < b->end && str_is_alphanumeric(*at)) || blockword_can_begin_oddly(b, at);
}

/* What ends a line of plain text. */
enum blockword_end {
	BLOCKWORD_LINE,    /* the line itself */
	BLOCKWORD_KEY_END, /* a colon that makes it a key */
	BLOCKWORD_COMMENT,
	BLOCKWORD_ODD, /* not ours */
};

/*
 * Reads plain text from b->at to the end of its line, as the value of `scalar`; leaves b->at at the colon, at the space
 * before the comment, or at the end of the line.
 */
enum blockword_end blockword_plain(struct block_text *b, struct node *scalar);
/*
 * Goes on behind a line of plain text that `end` ended and that was no key: takes the lines that are indented by more
 * than `indent` for more of it, and goes to the next content.
 */
bool blockword_more(struct block_text *b, enum blockword_end end, ptrdiff_t indent, struct node *scalar);
/* Both: reads plain text that is the value of a key. */
bool blockword_value(struct block_text *b, ptrdiff_t indent, struct node *scalar);

/* Reads text in quotes from b->at, and leaves b->at behind it. */
bool blockword_quoted(struct block_text *b, struct node *scalar);

#endif
