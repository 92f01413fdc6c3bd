/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/word.h"

/* The NAME of a text that is nothing but $NAME or ${NAME}, else empty. */
static struct str variable_in(struct str text)
{
	struct str name = str_skip(text, 1);

	if (text.len < 2 || text.ptr[0] != '$')
		return (struct str){ 0 };
	if (name.ptr[0] == '{' && name.ptr[name.len - 1] == '}')
		name = (struct str){ .ptr = name.ptr + 1, .len = name.len - 2 };
	return piece_is_variable_name(name) ? name : (struct str){ 0 };
}

struct word word_tail(const struct word *word, size_t from)
{
	struct word tail = *word;

	assert(from <= word->known_len);
	tail.text = str_skip(word->text, from);
	tail.known_len -= from;
	tail.cut += from;
	if (tail.reason && tail.known_len == 0)
		tail.variable = variable_in(tail.text);
	return tail;
}
