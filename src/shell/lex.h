/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lex: one word of a shell script at a time. The lower half of script, which is what others call.
 *
 * Reads quotes, backslashes and expansions (XCU 2.2, 2.3, 2.6); what stands inside a substitution is given to
 * `commands`, the parser of the upper half. Memory is linear in the text, nesting limited by the shared `depth`.
 */
#ifndef SHELL_LEX_H
#define SHELL_LEX_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "shell/word.h"

#define LEX_DEPTH 100
#define LEX_RETRIES 16

struct lex {
	struct str text;
	size_t at;                 /* of the next byte */
	const char *references;    /* see script_parse */
	const struct span *inside; /* the backquoted text that `text` was made from, or NULL */
	size_t depth;
	size_t retries;     /* so far */
	struct buf scratch; /* words that are being read, one behind the other */
	struct arena *arena;
	struct err *err;
	/* Reads commands from `at` to the `)` that ends them, or to the end of the text, as a substitution's. */
	bool (*commands)(struct lex *lex, bool to_parenthesis);
};

/* Byte `ahead` of the next one, or 0 behind the end. */
char lex_peek(const struct lex *lex, size_t ahead);
/* Over blanks, continued lines and, at the end of those, a comment; never over a newline. */
void lex_skip_blanks(struct lex *lex);
/* The offset in the script to blame for what stands at `at`. */
size_t lex_offset(const struct lex *lex, size_t at);
/* One level deeper; fails beyond LEX_DEPTH. */
CHECKED bool lex_enter(struct lex *lex);
/* Is there a word at the next byte: neither an operator nor a newline nor the end? */
bool lex_at_word(const struct lex *lex);
/* Reads the word there. `may_assign`: NAME=( begins an array. */
CHECKED bool lex_word(struct lex *lex, bool may_assign, struct word *word);
/* Reads the delimiter of a here-document there; `*is_quoted` if a part of it was. */
CHECKED bool lex_delimiter(struct lex *lex, struct str *delimiter, bool *is_quoted);
/*
 * Behind `((`: over the arithmetic expression to the `))` that ends it. Where two parentheses that don't touch end it,
 * it was the beginning of a subshell: then goes back and says so, which a script can have LEX_RETRIES of.
 */
CHECKED bool lex_skip_arithmetic(struct lex *lex, bool *is_arithmetic);
/* Length of `NAME=`, `NAME+=` or `NAME[...]=` at the next byte, or 0. */
size_t lex_assignment(const struct lex *lex);

#endif
