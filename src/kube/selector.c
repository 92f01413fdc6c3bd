/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/selector.h"

#include "base/sort.h"

#include <errno.h>
#include <stdlib.h>

/* Of a selector, in a message. */
#define SHOWN 60

enum token { TOKEN_WORD, TOKEN_SYMBOL, TOKEN_END };

/* A selector that is being read, and the token that comes next. */
struct selector_reader {
	struct str all, rest;
	enum token type;
	struct str token;
	struct arena *arena;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_special(char c)
{
	return c != '\0' && strchr("=!(),<>", c) != NULL;
}

/* Goes on to the next token. */
static void next(struct selector_reader *reader)
{
	struct str rest = reader->rest;
	size_t n = 0;

	while (rest.len > 0 && is_blank(rest.ptr[0]))
		rest = str_skip(rest, 1);
	while (n < rest.len && !is_special(rest.ptr[n]) && !is_blank(rest.ptr[n]))
		n++;
	reader->type = rest.len == 0 ? TOKEN_END : n > 0 ? TOKEN_WORD : TOKEN_SYMBOL;
	if (reader->type == TOKEN_SYMBOL)
		n = str_starts_with(rest, "==") || str_starts_with(rest, "!=") ? 2 : 1;
	reader->token = str_slice(rest, (struct span){ 0, n });
	reader->rest = str_skip(rest, n);
}

static bool is_symbol(const struct selector_reader *reader, const char *symbol)
{
	return reader->type == TOKEN_SYMBOL && str_is(reader->token, symbol);
}

static struct str cut(struct str text)
{
	return text.len > SHOWN ? str_slice(text, (struct span){ 0, SHOWN }) : text;
}

static bool refuse(const struct selector_reader *reader, const char *expected, struct err *err)
{
	struct str all = cut(reader->all), token = cut(reader->token);

	if (reader->type == TOKEN_END)
		return err_set(err, "'%.*s' is no label selector: %s is missing at its end", STR_ARG(all), expected);
	return err_set(err, "'%.*s' is no label selector: '%.*s' stands where %s is expected", STR_ARG(all),
		       STR_ARG(token), expected);
}

/* At most 63 of [A-Za-z0-9._-], alphanumeric at both ends: the name of a label, and a value that is not empty. */
static bool is_segment(struct str text)
{
	if (text.len == 0 || text.len > 63)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!str_is_alphanumeric(text.ptr[i]) && !strchr("._-", text.ptr[i]))
			return false;
	return str_is_alphanumeric(text.ptr[0]) && str_is_alphanumeric(text.ptr[text.len - 1]);
}

/* A part of a DNS name: lower-case letters, digits and `-`, none of these at the ends. */
static bool is_dns_label(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '-' && !str_is_digit(text.ptr[i]) && (text.ptr[i] < 'a' || text.ptr[i] > 'z'))
			return false;
	return text.len > 0 && text.ptr[0] != '-' && text.ptr[text.len - 1] != '-';
}

static bool is_subdomain(struct str text)
{
	if (text.len > 253)
		return false;
	while (text.ptr)
		if (!is_dns_label(str_cut(&text, '.')))
			return false;
	return true;
}

static bool is_key(struct str text)
{
	struct str name = text, prefix = { 0 };

	if (str_find(text, '/') < text.len) {
		prefix = str_cut(&name, '/');
		if (!is_subdomain(prefix))
			return false;
	}
	return is_segment(name);
}

static bool read_key(struct selector_reader *reader, struct str *key, struct err *err)
{
	if (reader->type != TOKEN_WORD)
		return refuse(reader, "the name of a label", err);
	if (!is_key(reader->token))
		return err_set(err, "'%.*s' is no label selector: '%.*s' can't be the name of a label",
			       STR_ARG(cut(reader->all)), STR_ARG(cut(reader->token)));
	*key = reader->token;
	next(reader);
	return true;
}

/* A value, which is empty where a comma, the end, or in a list the parenthesis comes instead. */
static bool read_value(struct selector_reader *reader, bool in_list, struct str *value, struct err *err)
{
	*value = (struct str)STR("");
	if (is_symbol(reader, ",") || (in_list ? is_symbol(reader, ")") : reader->type == TOKEN_END))
		return true;
	if (reader->type != TOKEN_WORD)
		return refuse(reader, "a value", err);
	if (!is_segment(reader->token))
		return err_set(err, "'%.*s' is no label selector: '%.*s' can't be the value of a label",
			       STR_ARG(cut(reader->all)), STR_ARG(cut(reader->token)));
	*value = reader->token;
	next(reader);
	return true;
}

static bool read_list(struct selector_reader *reader, struct selector_requirement *requirement, struct err *err)
{
	size_t room = 0;

	if (!is_symbol(reader, "("))
		return refuse(reader, "a list in parentheses", err);
	do {
		struct str value;

		next(reader);
		if (!read_value(reader, true, &value, err))
			return false;
		requirement->values = arena_grow(reader->arena, requirement->values, requirement->value_count, &room,
						 sizeof(*requirement->values));
		requirement->values[requirement->value_count++] = value;
	} while (is_symbol(reader, ","));
	if (!is_symbol(reader, ")"))
		return refuse(reader, "a comma or the end of the list", err);
	next(reader);
	requirement->value_count = sort_unique(requirement->values, requirement->value_count,
					       sizeof(*requirement->values), str_compare_qsort);
	return true;
}

/* An integer as Go's strconv.ParseInt takes it. */
static bool read_number(struct str text, long long *number)
{
	char digits[32], *end;
	size_t i = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');

	if (text.len == i || text.len >= sizeof(digits))
		return false;
	for (; i < text.len; i++)
		if (!str_is_digit(text.ptr[i]))
			return false;
	memcpy(digits, text.ptr, text.len);
	digits[text.len] = '\0';
	errno = 0;
	*number = strtoll(digits, &end, 10);
	return errno == 0;
}

/* What stands behind an operator that takes one value. */
static bool read_exact(struct selector_reader *reader, struct selector_requirement *requirement, struct err *err)
{
	struct str value;

	next(reader);
	if (!read_value(reader, false, &value, err))
		return false;
	if (requirement->test == SELECTOR_IN || requirement->test == SELECTOR_NOT_IN) {
		requirement->values = arena_alloc(reader->arena, sizeof(value));
		requirement->values[0] = value;
		requirement->value_count = 1;
		return true;
	}
	return read_number(value, &requirement->number) ||
	       err_set(err, "'%.*s' is no label selector: '%.*s' is no integer", STR_ARG(cut(reader->all)),
		       STR_ARG(cut(value)));
}

static bool read_requirement(struct selector_reader *reader, struct selector_requirement *requirement, struct err *err)
{
	static const struct {
		const char *symbol;
		enum selector_test test;
	} exact[] = {
		{ "=", SELECTOR_IN },   { "==", SELECTOR_IN },     { "!=", SELECTOR_NOT_IN },
		{ "<", SELECTOR_LESS }, { ">", SELECTOR_GREATER },
	};

	if (is_symbol(reader, "!")) {
		next(reader);
		requirement->test = SELECTOR_ABSENT;
		return read_key(reader, &requirement->key, err);
	}
	if (!read_key(reader, &requirement->key, err))
		return false;
	requirement->test = SELECTOR_EXISTS;
	if (reader->type == TOKEN_END || is_symbol(reader, ","))
		return true;
	if (reader->type == TOKEN_WORD && (str_is(reader->token, "in") || str_is(reader->token, "notin"))) {
		requirement->test = str_is(reader->token, "in") ? SELECTOR_IN : SELECTOR_NOT_IN;
		next(reader);
		return read_list(reader, requirement, err);
	}
	for (size_t i = 0; i < sizeof(exact) / sizeof(*exact); i++)
		if (is_symbol(reader, exact[i].symbol)) {
			requirement->test = exact[i].test;
			return read_exact(reader, requirement, err);
		}
	return refuse(reader, "=, !=, in, notin, <, > or a comma", err);
}

bool selector_parse(struct str text, struct arena *arena, struct selector *selector, struct err *err)
{
	struct selector_reader reader = { .all = text, .rest = text, .arena = arena };

	*selector = (struct selector){ 0 };
	for (;;) {
		struct selector_requirement requirement = { 0 };

		next(&reader);
		if (!read_requirement(&reader, &requirement, err))
			return false;
		selector->items =
			arena_grow(arena, selector->items, selector->count, &selector->room, sizeof(*selector->items));
		selector->items[selector->count++] = requirement;
		if (reader.type == TOKEN_END)
			return true;
		if (!is_symbol(&reader, ","))
			return refuse(&reader, "a comma", err);
	}
}

static bool has_value(const struct selector_requirement *requirement, struct str value)
{
	return bsearch(&value, requirement->values, requirement->value_count, sizeof(value), str_compare_qsort) != NULL;
}

static bool meets(const struct selector_requirement *requirement, const struct labels *labels)
{
	const struct str *value = labels_get(labels, requirement->key);
	long long number;

	switch (requirement->test) {
	case SELECTOR_EXISTS:
		return value != NULL;
	case SELECTOR_ABSENT:
		return value == NULL;
	case SELECTOR_IN:
		return value && has_value(requirement, *value);
	case SELECTOR_NOT_IN:
		return !value || !has_value(requirement, *value);
	case SELECTOR_LESS:
		return value && read_number(*value, &number) && number < requirement->number;
	case SELECTOR_GREATER:
		return value && read_number(*value, &number) && number > requirement->number;
	}
	return false;
}

bool selector_matches(const struct selector *selector, const struct labels *labels)
{
	for (size_t i = 0; i < selector->count; i++)
		if (!meets(&selector->items[i], labels))
			return false;
	return true;
}
