/* SPDX-License-Identifier: Apache-2.0 */
/*
 * member: JSON that is made of what the program knows, for its printers.
 *
 * Nothing in here fails: without memory the program ends (main sees to it that jansson leaves nothing out), and text that is no UTF-8 (which !!binary keys can hold) is
 * written as messages show it.
 */
#ifndef APP_MEMBER_H
#define APP_MEMBER_H

#include "base/buf.h"

#include <jansson.h>

/* `value`, which is not NULL then. */
json_t *member_required(json_t *value);
json_t *member_text(struct str text);
/* Sets a member of an object, or appends to an array. The value is the collection's from then on. */
void member_set(json_t *object, const char *key, json_t *value);
void member_set_text(json_t *object, const char *key, struct str text);
void member_set_count(json_t *object, const char *key, size_t count);
/* Leaves the member out if there is nothing to say: an empty text, or an empty array. */
void member_set_text_if(json_t *object, const char *key, struct str text);
void member_set_if_any(json_t *object, const char *key, json_t *array);
void member_append(json_t *array, json_t *value);
/* Appends the whole, a line at the end, to `to`, and frees it. */
void member_print(json_t *whole, struct buf *to);

#endif
