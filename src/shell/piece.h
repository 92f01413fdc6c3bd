/* SPDX-License-Identifier: Apache-2.0 */
/*
 * piece: a piece of a word of a shell script that only the shell can fill in: $X, ${X:-y}, $(date).
 */
#ifndef SHELL_PIECE_H
#define SHELL_PIECE_H

#include "base/arena.h"

enum piece_kind {
	PIECE_OPAQUE,    /* nothing is known but its place */
	PIECE_VARIABLE,  /* a variable of the shell, or a positional parameter */
	PIECE_REFERENCE, /* `$(NAME)`, which whoever starts the shell replaces before it reads the text */
	PIECE_SECRET,    /* filled in, with something that may be shown nowhere */
};

struct piece {
	enum piece_kind kind;
	struct span at;      /* in the text of the word */
	const char *reason;  /* why it is unknown, to stand behind "because "; NULL of a secret */
	struct str name;     /* of a variable or reference; digits or @ of a positional parameter */
	char operation;      /* of ${NAME:-text} and the like: one of - = ?, or 0 */
	bool is_colon;       /* ... which counts for an empty value, too */
	struct str fallback; /* ... the text, or with `is_fallback_name` the name of a variable */
	bool is_fallback_name;
	bool is_quoted;
	const void *origin; /* of a secret: that of the text it comes from */
};

/* Can a variable's name begin with `c`, or go on with it? */
bool piece_begins_name(char c);
bool piece_is_name(char c);
/* Is `text` the name of a variable? */
bool piece_is_variable_name(struct str text);
/* Is `text` the name of a variable, or the number of a positional parameter? */
bool piece_is_whole_name(struct str text);
/*
 * `inner` is what stands between `${` and `}`: makes a variable of `piece` if that is a name alone, or one with a
 * fallback that is plain text or a variable; else leaves it as it is. `is_quoted`: inside of double quotes.
 */
void piece_read_parameter(struct str inner, bool is_quoted, struct piece *piece);
/* Can a name that is also a key of an object have `c`: a letter, a digit, or one of `_.-`? */
bool piece_is_plain_name(char c);
/* Length of a reference `$(NAME)` that `text` begins with, or 0. `is_name` tells what the name may have in it. */
size_t piece_reference_length(struct str text, bool (*is_name)(char c));
/* The references `$(NAME)`, with any printable name, of `text`, unknown because of `reason`; `*pieces` in the arena. Returns how many. */
size_t piece_references(struct str text, const char *reason, struct arena *arena, const struct piece **pieces);

#endif
