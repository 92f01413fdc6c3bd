/* SPDX-License-Identifier: Apache-2.0 */
/*
 * part: a word of a command of git as a url or a ref.
 */
#ifndef CHECKOUT_PART_H
#define CHECKOUT_PART_H

#include "base/text.h"
#include "shell/word.h"

#define PART_BECAUSE_REFERENCE "it has a variable of the container in it that isn't known"

/* A url or a ref. */
struct part {
	/* Of an unknown one, the value is the word as it is written. The origin is that of the container's word. */
	struct text text;
	struct str variable; /* the variable of the shell that it is, and nothing else; or empty */
};

/* `word` as a url or ref; `origin` is that of the container's word that it is, or stands in. */
struct part part_of(const struct word *word, const void *origin);
/* From here on it is not known what the part is, nor that it is a variable. */
void part_set_unknown(struct part *part, const char *reason);
/* `word` as the script of another shell, with a PODENV_HIDDEN in the place of each piece of a Secret. */
struct str part_script(const struct word *word, struct arena *arena);
/* `word` for people, who see `(Secret)` there. */
struct str part_shown(const struct word *word, struct arena *arena);
/*
 * `url` without its userinfo, if that has something in it that is not known, or secret; else as it is. Userinfo says who
 * asks, never what is there. A user of ssh is git then, as nearly everywhere.
 */
struct word part_without_userinfo(const struct word *url, struct arena *arena);

/* Can the word only be a url, and no directory? */
bool part_is_url(const struct word *word);
/* The directory that `git clone URL` makes, of a url whose end is known; else false. */
bool part_directory(const struct word *url, struct word *directory);

#endif
