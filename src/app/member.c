/* SPDX-License-Identifier: Apache-2.0 */
#include "app/member.h"

#include "base/err.h"
#include "base/utf8.h"

#include <stdlib.h>

json_t *member_required(json_t *value)
{
	if (!value)
		arena_out_of_memory();
	return value;
}

json_t *member_text(struct str text)
{
	struct buf safe = { 0 };
	json_t *value;

	if (utf8_is_valid(text))
		return member_required(json_stringn(text.len > 0 ? text.ptr : "", text.len));
	err_print_safe(&safe, text);
	value = member_required(json_stringn(safe.ptr, safe.len));
	buf_release(&safe);
	return value;
}

void member_set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, member_required(value)) != 0)
		arena_out_of_memory();
}

void member_set_text(json_t *object, const char *key, struct str text)
{
	member_set(object, key, member_text(text));
}

void member_set_count(json_t *object, const char *key, size_t count)
{
	member_set(object, key, json_integer((json_int_t)count));
}

void member_set_text_if(json_t *object, const char *key, struct str text)
{
	if (text.len > 0)
		member_set_text(object, key, text);
}

void member_set_if_any(json_t *object, const char *key, json_t *array)
{
	if (json_array_size(array) > 0)
		member_set(object, key, array);
	else
		json_decref(array);
}

void member_append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, member_required(value)) != 0)
		arena_out_of_memory();
}

void member_print(json_t *whole, struct buf *to)
{
	char *text = json_dumps(whole, JSON_INDENT(2));

	json_decref(whole);
	if (!text)
		arena_out_of_memory();
	buf_add_cstring(to, text);
	buf_add_char(to, '\n');
	free(text);
}
