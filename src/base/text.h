/*
 * text: what is known of a text of a manifest, or why it is not known.
 *
 * Only types. Nothing here knows of YAML or Kubernetes objects.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/str.h"

/*
 * A byte that is in no url and no name of a ref. It stands for what is secret in a text that has been a part of another one,
 * the script of an inner shell, and can't be told from the rest of it any more.
 */
#define TEXT_HIDDEN '\x01'

/*
 * A text that a caller gives, and gets back. `origin` is the caller's (where the text came from): it is passed through
 * with every piece of the text, and never looked at.
 *
 * `text` of a value that is not known is what is known of it, with `$(NAME)` standing for each variable that is not, or
 * empty.
 */
struct text_value {
	bool is_known;
	struct str text;
	void *origin;
	struct str reason; /* of one that is not known, if a caller says why: for people; ends with a NUL */
	bool is_secret;    /* it may be shown nowhere */
};

/* Is there a value, and is it known? */
enum text_state { TEXT_ABSENT, TEXT_KNOWN, TEXT_UNKNOWN };

/* A url or a ref that was found. */
struct text_part {
	enum text_state state;
	struct text_value value; /* of a known one, the value; of an unknown one, as it is written, and its origin */
	const char *reason;      /* why it is unknown, to stand behind "because ": static; else NULL */
	struct str variable;     /* an unknown one that is nothing but a shell variable: its name; else empty */
};

#endif
