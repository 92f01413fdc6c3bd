/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err: what went wrong, for a person who writes YAML.
 *
 * A function that can fail for a reason of the user's or the world's returns bool and, on false, has filled a struct
 * err; callers return at once, and the levels that know more add context in front. A struct err is only written on
 * failure. The text may hold bytes of manifests as they are: it is made safe to print by err_print_safe alone.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/str.h"

#include <stdint.h>

#define ERR_NOWHERE SIZE_MAX

/* For functions that fill a struct err: on false their caller must return, too. */
#define CHECKED __attribute__((warn_unused_result))

struct err {
	char text[4096]; /* NUL-terminated; longer messages are cut */
	size_t at;       /* byte offset into the text that was being read, until a level that knows turns it into a
			    line and sets it to ERR_NOWHERE */
};

/* Sets the message; always returns false, so that callers can say `return err_set(...)`. */
__attribute__((cold, format(printf, 2, 3))) bool err_set(struct err *err, const char *format, ...);
/* Sets the message and where it is about: byte `at` of the text that is being read. Always false, as err_set. */
__attribute__((cold, format(printf, 3, 4))) bool err_set_at(struct err *err, size_t at, const char *format, ...);
/* Puts text and ": " before the message; always returns false. */
__attribute__((cold, format(printf, 2, 3))) bool err_prefix(struct err *err, const char *format, ...);
/* Puts text behind the message, as far as there is room for it; always returns false. */
__attribute__((cold, format(printf, 2, 3))) bool err_add(struct err *err, const char *format, ...);

struct buf;
/*
 * Appends `text` with control characters (C0, DEL, C1, LS and PS, which some terminals and loggers
 * break lines at, and those that change the direction of text) and invalid UTF-8 written as escapes, so that it stays one
 * line and can't steer a terminal.
 */
void err_print_safe(struct buf *to, struct str text);

#endif
