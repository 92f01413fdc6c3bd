/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word: a word of a command, as far as it is known.
 */
#ifndef SHELL_WORD_H
#define SHELL_WORD_H

#include "shell/piece.h"

/*
 * `text` is the word without its quotes. Unknown pieces stand in it as they are written (`$X`, `$(date)`): two words
 * with one text are the same word to the shell, unless `text` runs a command.
 */
struct word {
	struct str text;
	size_t known_len;           /* so much of the beginning of `text` is known: all of it, of a known word */
	const char *reason;         /* why it is unknown, to stand behind "because "; NULL if it is known */
	struct str variable;        /* of a word that is nothing but $NAME or ${NAME}: the name; else empty */
	bool may_split;             /* unknown, and may become no word or several */
	bool is_quoted;             /* a part of it is quoted: it is no reserved word */
	bool is_assignment;         /* NAME=value in front of a command: the value is not split */
	struct span at;             /* in the script; inside backquotes: the whole backquoted text */
	const struct piece *pieces; /* its expansions, in their order */
	size_t piece_count;
	size_t cut; /* so much has been cut off the beginning of `text` since: `pieces` count from there */
	/* What else makes it unknown, patterns and the like: where in `text` that begins, and why; or NULL. */
	size_t fixed_len;
	const char *fixed_reason;
};

/* The beginning of the word that is known: all of it, of a known word. */
static inline struct str word_known(const struct word *word)
{
	return (struct str){ .ptr = word->text.ptr, .len = word->known_len };
}

/* What of `word` stands behind its first `from` bytes, which are known. */
struct word word_tail(const struct word *word, size_t from);

#endif
