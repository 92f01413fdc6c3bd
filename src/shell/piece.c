/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/piece.h"

bool piece_begins_name(char c)
{
	return c == '_' || (str_is_alphanumeric(c) && !str_is_digit(c));
}

bool piece_is_name(char c)
{
	return c == '_' || str_is_alphanumeric(c);
}

bool piece_is_variable_name(struct str text)
{
	return piece_is_whole_name(text) && !str_is_digit(text.ptr[0]);
}

bool piece_is_whole_name(struct str text)
{
	bool is_number = text.len > 0 && str_is_digit(text.ptr[0]);

	if (text.len == 0 || !(piece_begins_name(text.ptr[0]) || is_number))
		return false;
	for (size_t i = 1; i < text.len; i++)
		if (is_number ? !str_is_digit(text.ptr[i]) : !piece_is_name(text.ptr[i]))
			return false;
	return true;
}

/* What stands behind the operator in `${NAME:-...}`. False if it is neither plain text nor a variable alone. */
static bool read_fallback(struct str text, bool is_quoted, struct piece *piece)
{
	/* Inside of double quotes a single one is nothing special. */
	bool has_quotes = text.len >= 2 && (text.ptr[0] == '"' || (text.ptr[0] == '\'' && !is_quoted)) &&
			  text.ptr[text.len - 1] == text.ptr[0];
	bool is_literal = has_quotes && text.ptr[0] == '\'';

	if (has_quotes)
		text = str_slice(text, (struct span){ 1, text.len - 1 });
	piece->fallback = text;
	if (text.len > 1 && text.ptr[0] == '$' && !is_literal) {
		struct str name = str_skip(text, 1);

		if (name.ptr[0] == '{' && name.ptr[name.len - 1] == '}')
			name = str_slice(name, (struct span){ 1, name.len - 1 });
		piece->fallback = name;
		piece->is_fallback_name = true;
		return piece_is_whole_name(name);
	}
	for (size_t i = 0; i < text.len; i++)
		if (!piece_is_name(text.ptr[i]) && (text.ptr[i] == '\0' || !strchr("./:@%+,-", text.ptr[i])))
			return false;
	return true;
}

void piece_read_parameter(struct str inner, bool is_quoted, struct piece *piece)
{
	struct piece read = *piece;
	struct str rest;
	size_t length = 0;

	while (length < inner.len && piece_is_name(inner.ptr[length]))
		length++;
	read.kind = PIECE_VARIABLE;
	read.name = str_slice(inner, (struct span){ 0, length });
	rest = str_skip(inner, length);
	if (rest.len > 0 && rest.ptr[0] == ':') {
		read.is_colon = true;
		rest = str_skip(rest, 1);
	}
	if (!piece_is_whole_name(read.name) || (read.is_colon && rest.len == 0))
		return;
	/* What `variables` makes of a value that is not known, for another shell to read. */
	if (rest.len > 1 && rest.ptr[0] == '@' && str_is_digit(rest.ptr[1]))
		rest.len = 0;
	if (rest.len > 0) {
		read.operation = rest.ptr[0];
		rest = str_skip(rest, 1);
		if (read.operation == '\0' || !strchr("-=?", read.operation))
			return;
		if (read.operation != '?' && !read_fallback(rest, is_quoted, &read))
			return;
	}
	*piece = read;
}

bool piece_is_plain_name(char c)
{
	return piece_is_name(c) || c == '.' || c == '-';
}

/* Whoever starts the shell may take all but this in the name of a variable. */
static bool is_any_name(char c)
{
	return c >= ' ' && c <= '~' && !strchr("=$()", c);
}

size_t piece_reference_length(struct str text, bool (*is_name)(char c))
{
	size_t n = 2;

	if (text.len < 4 || text.ptr[0] != '$' || text.ptr[1] != '(')
		return 0;
	while (n < text.len && is_name(text.ptr[n]))
		n++;
	return n > 2 && n < text.len && text.ptr[n] == ')' ? n + 1 : 0;
}

size_t piece_references(struct str text, const char *reason, struct arena *arena, const struct piece **pieces)
{
	struct piece *found = NULL;
	size_t count = 0, room = 0;

	for (size_t i = 0; i < text.len; i++) {
		size_t length = piece_reference_length(str_skip(text, i), is_any_name);

		if (length == 0)
			continue;
		found = arena_grow(arena, found, count, &room, sizeof(*found));
		found[count++] = (struct piece){
			.kind = PIECE_REFERENCE,
			.at = { i, i + length },
			.reason = reason,
			.name = str_slice(text, (struct span){ i + 2, i + length - 1 }),
			.is_quoted = true,
		};
		i += length - 1;
	}
	*pieces = found;
	return count;
}
