/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: a text that a manifest says, or why nobody can know what it says.
 *
 * Only the type and what is asked of it everywhere. Nothing here knows of YAML or of Kubernetes objects.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/str.h"

/* Is there a text, and is it known? */
enum text_state { TEXT_ABSENT, TEXT_KNOWN, TEXT_UNKNOWN };

struct text {
	enum text_state state;
	bool is_secret; /* something of it may be shown nowhere */
	/*
	 * The text. Of an unknown one, what is known of it: pieces that are not known stand in it as they are written
	 * (`$(NAME)`, `$X`), or all of it is empty. Of an absent one, what a reader of it takes instead, or empty.
	 */
	struct str value;
	const char *reason; /* why it is unknown, to stand behind "because "; else NULL */
	/* Where the text came from, for the one who gave it: passed on with every piece of the text, never looked at. */
	const void *origin;
};

/* A text that is known to be `value`. */
static inline struct text text_known(struct str value)
{
	return (struct text){ .state = TEXT_KNOWN, .value = value };
}

/* From here on it is not known what the text is, because of `reason`. What it was is still what is known of it. */
static inline void text_set_unknown(struct text *text, const char *reason)
{
	text->state = TEXT_UNKNOWN;
	text->reason = reason;
}

/* Is it known, and this? */
static inline bool text_is(const struct text *text, const char *cstring)
{
	return text->state == TEXT_KNOWN && str_is(text->value, cstring);
}

/* The beginning of the text that is known: all of it, or what stands before the first `$(`, if there is one. */
static inline struct str text_known_beginning(const struct text *text)
{
	const char *reference = NULL;

	if (text->state != TEXT_UNKNOWN)
		return text->value;
	if (text->value.len > 1)
		reference = (const char *)memmem(text->value.ptr, text->value.len, "$(", 2);
	return (struct str){ text->value.ptr, reference ? (size_t)(reference - text->value.ptr) : 0 };
}

/* Are both known, and the same? */
static inline bool text_equal(const struct text *a, const struct text *b)
{
	return a->state == TEXT_KNOWN && b->state == TEXT_KNOWN && str_equal(a->value, b->value);
}

#endif
