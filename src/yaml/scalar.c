/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/scalar.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <errno.h>
#include <math.h>
#include <nettle/base64.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAG(name) "tag:yaml.org,2002:" name

/* YAML takes no longer key on one line, and no number that means anything is longer. */
#define LONGEST_NUMBER 1024

enum resolution { IS_STRING, IS_NULL, IS_BOOL, IS_INT, IS_FLOAT, IS_TOO_LARGE };

struct resolved {
	enum resolution is;
	bool truth;
	int64_t integer;
	double real;
};

/* The first byte of most texts is that of no word. */
static bool is_one_of(struct str value, const char *const *words)
{
	char first = value.len > 0 ? value.ptr[0] : '\0';

	for (; *words; words++)
		if (**words == first && str_is(value, *words))
			return true;
	return false;
}

static const char *const true_words[] = {
	"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", NULL
};
static const char *const false_words[] = { "n",     "N",     "no",  "No",  "NO",  "false",
					   "False", "FALSE", "off", "Off", "OFF", NULL };
static const char *const null_words[] = { "", "~", "null", "Null", "NULL", NULL };
static const char *const nan_words[] = { ".nan", ".NaN", ".NAN", NULL };
static const char *const infinity_words[] = { ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", NULL };
static const char *const minus_infinity_words[] = { "-.inf", "-.Inf", "-.INF", NULL };

static size_t count_digits(const char *p)
{
	size_t n = 0;

	while (str_is_digit(p[n]))
		n++;
	return n;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool is_float_text(const char *p)
{
	size_t whole, fraction;

	p += *p == '-' || *p == '+';
	whole = count_digits(p);
	p += whole;
	if (*p == '.') {
		fraction = count_digits(p + 1);
		if (whole == 0 && fraction == 0)
			return false;
		p += 1 + fraction;
	} else if (whole == 0) {
		return false;
	}
	if (*p == 'e' || *p == 'E') {
		p++;
		p += *p == '-' || *p == '+';
		if (count_digits(p) == 0)
			return false;
		p += count_digits(p);
	}
	return *p == '\0';
}

static int digit_value(char c)
{
	return str_is_digit(c)        ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : 99;
}

/* An integer as Go's ParseInt(text, 0, 64) reads it: 0x, 0b, 0o and 0 are prefixes. */
struct integer {
	bool is_one;      /* of whatever size */
	bool is_small;    /* fits int64, which is `value` */
	bool is_unsigned; /* fits uint64, and has no sign */
	int64_t value;
};

static struct integer parse_integer(const char *p)
{
	bool negative = *p == '-', is_signed = negative || *p == '+', overflows = false;
	uint64_t magnitude = 0;
	int base = 10;

	p += is_signed;
	if (p[0] == '0' && p[1] != '\0') {
		char prefix = p[1];

		base = prefix == 'x' || prefix == 'X' ? 16 : prefix == 'b' || prefix == 'B' ? 2 : 8;
		p += base != 8 || prefix == 'o' || prefix == 'O' ? 2 : 1;
	}
	if (*p == '\0')
		return (struct integer){ 0 };
	for (; *p; p++) {
		int digit = digit_value(*p);

		if (digit >= base)
			return (struct integer){ 0 };
		overflows = overflows || magnitude > (UINT64_MAX - (uint64_t)digit) / (uint64_t)base;
		magnitude = magnitude * (uint64_t)base + (uint64_t)digit;
	}
	return (struct integer){
		.is_one = true,
		.is_small = !overflows && magnitude <= (uint64_t)INT64_MAX + negative,
		.is_unsigned = !overflows && !is_signed,
		.value = (int64_t)(negative ? 0 - magnitude : magnitude),
	};
}

static void parse_number(const char *text, struct resolved *result)
{
	struct integer integer = parse_integer(text);
	double real = INFINITY;

	if (integer.is_small) {
		result->is = IS_INT;
		result->integer = integer.value;
		return;
	}
	if (is_float_text(text))
		real = strtod(text, NULL);
	if (integer.is_unsigned) {
		result->is = IS_TOO_LARGE;
	} else if (!isinf(real)) {
		/* Digits beyond 64 bits, too. Beyond a double they stay text. */
		result->is = IS_FLOAT;
		result->real = real;
	} else if (integer.is_one && !is_float_text(text)) {
		result->is = IS_TOO_LARGE;
	}
}

/*
 * In numbers that begin with a dot, underscores stand between digits (Go's ParseFloat); in others anywhere, since goyaml
 * takes them out first.
 */
static bool has_proper_underscores(struct str value)
{
	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] == '_' && (i == 0 || !str_is_digit(value.ptr[i - 1]) || i + 1 == value.len ||
					    !str_is_digit(value.ptr[i + 1])))
			return false;
	return true;
}

/* Could it be something else than a string? Most texts show at their length and their first bytes that they are not. */
static bool may_be_typed(struct str value)
{
	char second = str_lower(value.len > 1 ? value.ptr[1] : '\0');

	if (value.len == 0 || str_is_digit(value.ptr[0]))
		return true;
	switch (value.ptr[0]) {
	case '+':
	case '-':
	case '.':
	case '~':
		return true;
	case 'y':
	case 'Y':
		return value.len == 1 || value.len == strlen("yes");
	case 'n':
	case 'N':
		return value.len <= strlen("no") || (value.len == strlen("null") && second == 'u');
	case 't':
	case 'T':
		return value.len == strlen("true") && second == 'r';
	case 'f':
	case 'F':
		return value.len == strlen("false") && second == 'a';
	case 'o':
	case 'O':
		return value.len == strlen("on") || value.len == strlen("off");
	}
	return false;
}

/* What a word is that is no string. */
static struct resolved resolve_word(struct str value)
{
	if (is_one_of(value, null_words))
		return (struct resolved){ .is = IS_NULL };
	if (is_one_of(value, true_words))
		return (struct resolved){ .is = IS_BOOL, .truth = true };
	if (is_one_of(value, false_words))
		return (struct resolved){ .is = IS_BOOL };
	if (is_one_of(value, nan_words))
		return (struct resolved){ .is = IS_FLOAT, .real = NAN };
	if (is_one_of(value, infinity_words))
		return (struct resolved){ .is = IS_FLOAT, .real = INFINITY };
	if (is_one_of(value, minus_infinity_words))
		return (struct resolved){ .is = IS_FLOAT, .real = -INFINITY };
	return (struct resolved){ .is = IS_STRING };
}

/* What a plain scalar without a tag is (resolve in goyaml.v2). */
static struct resolved resolve(struct str value)
{
	struct resolved result = { .is = IS_STRING };
	char text[LONGEST_NUMBER + 1];
	size_t n = 0;

	if (!may_be_typed(value))
		return result;
	if (value.len == 0 || !str_is_digit(value.ptr[0]))
		result = resolve_word(value);
	if (result.is != IS_STRING)
		return result;
	if (!str_is_digit(value.ptr[0]) && !strchr("+-.", value.ptr[0]))
		return result;
	if (value.ptr[0] == '.' && !has_proper_underscores(value))
		return result;
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '_')
			continue;
		if (value.ptr[i] == '\0' || n + 1 == sizeof(text))
			return result;
		text[n++] = value.ptr[i];
	}
	text[n] = '\0';
	parse_number(text, &result);
	return result;
}

static bool is_untagged_plain(const struct node *node)
{
	return node->style == STYLE_PLAIN && node_tag(node).len == 0;
}

bool scalar_is_null(const struct node *node)
{
	if (!node || node->type != NODE_SCALAR)
		return false;
	if (str_is(node_tag(node), TAG("null")))
		return true;
	return is_untagged_plain(node) && may_be_typed(node->value) && is_one_of(node->value, null_words);
}

bool scalar_is_typed(struct str value)
{
	return resolve(value).is != IS_STRING;
}

static bool is_boolean(const struct node *node, const char *const *words)
{
	if (!node || node->type != NODE_SCALAR)
		return false;
	if (!is_untagged_plain(node) && !str_is(node_tag(node), TAG("bool")))
		return false;
	return is_one_of(node->value, words);
}

bool scalar_is_true(const struct node *node)
{
	return is_boolean(node, true_words);
}

bool scalar_is_false(const struct node *node)
{
	return is_boolean(node, false_words);
}

/*
 * The shortest decimal that gives the same float32, with an exponent below 1e-4 and from 1e6 on: Go's
 * strconv.FormatFloat(x, 'g', -1, 32).
 */
static struct str format_float(double value, struct arena *arena)
{
	float single = (float)value;
	char text[32], digits[16];
	int precision = 0, exponent;
	size_t n;

	if (isnan(single))
		return str_from(".nan");
	if (isinf(single))
		return str_from(single > 0 ? ".inf" : "-.inf");
	do
		snprintf(text, sizeof(text), "%.*e", precision, (double)single);
	while (precision++ < 9 && strtof(text, NULL) != single);
	exponent = atoi(strchr(text, 'e') + 1);
	if (exponent < -4 || exponent >= 6)
		return arena_dup(arena, str_from(text));
	n = 0;
	for (const char *p = text; *p != 'e'; p++)
		if (str_is_digit(*p))
			digits[n++] = *p;
	digits[n] = '\0';
	if (exponent < 0)
		return arena_printf(arena, "%s0.%.*s%s", signbit(single) ? "-" : "", -exponent - 1, "0000", digits);
	if (exponent + 1 >= (int)n)
		return arena_printf(arena, "%s%s%.*s", signbit(single) ? "-" : "", digits, exponent + 1 - (int)n,
				    "000000");
	return arena_printf(arena, "%s%.*s.%s", signbit(single) ? "-" : "", exponent + 1, digits,
			    digits + exponent + 1);
}

/* A tag that says what the text is read as, also in quotes; a float may be written like an integer. */
static bool resolve_tagged(struct str tag, struct str value, struct resolved *resolved)
{
	*resolved = resolve(value);
	if (str_is(tag, TAG("int")))
		return resolved->is == IS_INT || resolved->is == IS_TOO_LARGE;
	if (str_is(tag, TAG("bool")))
		return resolved->is == IS_BOOL;
	if (resolved->is == IS_INT)
		*resolved = (struct resolved){ .is = IS_FLOAT, .real = (double)resolved->integer };
	return resolved->is == IS_FLOAT;
}

static bool is_resolving_tag(struct str tag)
{
	return str_is(tag, TAG("int")) || str_is(tag, TAG("bool")) || str_is(tag, TAG("float"));
}

bool scalar_is_text(const struct node *node)
{
	if (is_untagged_plain(node))
		return !may_be_typed(node->value) || !scalar_is_typed(node->value);
	return !is_resolving_tag(node_tag(node)) && !scalar_is_null(node);
}

bool scalar_key(const struct node *node, struct arena *arena, struct str *key, struct err *err)
{
	struct resolved resolved;

	if (is_untagged_plain(node) && !may_be_typed(node->value)) {
		*key = node->value;
		return true;
	}
	if (scalar_is_null(node))
		return err_set_at(err, node->span.from, "a key that is null");
	if (is_resolving_tag(node_tag(node))) {
		if (!resolve_tagged(node_tag(node), node->value, &resolved))
			return err_set_at(err, node->span.from,
					  "key %.*s is not what its tag says, so kubectl refuses it: remove the tag",
					  STR_ARG(node->value));
	} else if (is_untagged_plain(node)) {
		resolved = resolve(node->value);
	} else {
		return scalar_bytes(node, arena, key, err);
	}
	switch (resolved.is) {
	case IS_STRING:
		*key = node->value;
		return true;
	case IS_BOOL:
		*key = str_from(resolved.truth ? "true" : "false");
		return true;
	case IS_INT:
		*key = arena_printf(arena, "%lld", (long long)resolved.integer);
		return true;
	case IS_FLOAT:
		*key = format_float(resolved.real, arena);
		return true;
	case IS_NULL:
	case IS_TOO_LARGE:
		break;
	}
	return err_set_at(err, node->span.from, "key %.*s is a number that kubectl can't read: put it in quotes",
			  STR_ARG(node->value));
}

/* What is not UTF-8 becomes U+FFFD, byte by byte, on the way to the API server, which is JSON. */
static struct str as_json_text(struct str bytes, struct arena *arena)
{
	struct str rest = bytes;
	struct buf text = { 0 };

	while (rest.len > 0 && utf8_length(rest) > 0)
		rest = str_skip(rest, utf8_length(rest));
	if (rest.len == 0)
		return bytes;
	buf_add(&text, str_slice(bytes, (struct span){ 0, bytes.len - rest.len }));
	while (rest.len > 0) {
		size_t length = utf8_length(rest);

		if (length > 0)
			buf_add(&text, str_slice(rest, (struct span){ 0, length }));
		else
			buf_add_cstring(&text, "\xef\xbf\xbd");
		rest = str_skip(rest, length > 0 ? length : 1);
	}
	return buf_keep(&text, arena);
}

bool scalar_bytes(const struct node *node, struct arena *arena, struct str *bytes, struct err *err)
{
	struct str decoded;

	if (scalar_is_null(node)) {
		*bytes = (struct str){ 0 };
		return true;
	}
	if (!str_is(node_tag(node), TAG("binary"))) {
		*bytes = node->value;
		return true;
	}
	if (!scalar_base64(node->value, arena, &decoded))
		return err_set_at(err, node->span.from, "a !!binary value that is not base64");
	*bytes = as_json_text(decoded, arena);
	return true;
}

/*
 * As Go's encoding/json writes a float64: the shortest decimal that gives the same one, with an exponent below 1e-6 and
 * from 1e21 on.
 */
static struct str format_json(double value, struct arena *arena)
{
	char text[40];
	int precision = 0, exponent;

	do
		snprintf(text, sizeof(text), "%.*e", precision, value);
	while (precision++ < 17 && strtod(text, NULL) != value);
	exponent = atoi(strchr(text, 'e') + 1);
	if (value != 0 && (exponent < -6 || exponent >= 21))
		return arena_dup(arena, str_from(text));
	precision = precision - 1 - exponent;
	return arena_printf(arena, "%.*f", precision > 0 ? precision : 0, value);
}

/* Digits as they are written in JSON, too. */
static bool is_decimal(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!str_is_digit(text.ptr[i]))
			return false;
	return text.len == 1 || text.ptr[0] != '0';
}

enum scalar_type scalar_read(const struct node *node, struct arena *arena, struct str *text)
{
	struct resolved resolved = { .is = IS_STRING };
	struct err ignored;

	if (node_tag(node).len == 0 && (node->style != STYLE_PLAIN || !may_be_typed(node->value))) {
		*text = node->value;
		return SCALAR_TEXT;
	}
	if (scalar_is_null(node)) {
		*text = (struct str){ 0 };
		return SCALAR_NULL;
	}
	if (is_untagged_plain(node))
		resolved = resolve(node->value);
	else if (is_resolving_tag(node_tag(node)) && !resolve_tagged(node_tag(node), node->value, &resolved))
		resolved.is = IS_STRING;
	switch (resolved.is) {
	case IS_BOOL:
		*text = str_from(resolved.truth ? "true" : "false");
		return SCALAR_BOOL;
	case IS_INT:
		*text = is_decimal(node->value) ? node->value
						: arena_printf(arena, "%lld", (long long)resolved.integer);
		return SCALAR_INTEGER;
	case IS_FLOAT:
		if (isnan(resolved.real) || isinf(resolved.real))
			break;
		*text = format_json(resolved.real, arena);
		return str_find(*text, '.') < text->len || str_find(*text, 'e') < text->len ? SCALAR_REAL
											    : SCALAR_INTEGER;
	case IS_TOO_LARGE:
		*text = node->value;
		return SCALAR_INTEGER;
	case IS_NULL:
	case IS_STRING:
		break;
	}
	if (!scalar_bytes(node, arena, text, &ignored))
		*text = node->value;
	return SCALAR_TEXT;
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int sextet(char c)
{
	const char *at = c != '\0' ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/*
 * Go, and so Kubernetes, lets unused bits in the last character be anything, and allows line breaks and no other white
 * space; nettle wants the bits to be zero and skips all white space.
 */
bool scalar_base64(struct str text, struct arena *arena, struct str *bytes)
{
	struct base64_decode_ctx context;
	char *clean = arena_alloc(arena, text.len + 1);
	uint8_t *decoded;
	size_t n = 0, length, padding = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\r' || c == '\n')
			continue;
		if (c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == '\0')
			return false;
		clean[n++] = c;
	}
	while (padding < n && clean[n - 1 - padding] == '=')
		padding++;
	if (n % 4 != 0 || padding > 2)
		return false;
	if (padding > 0 && n > padding) {
		char *last = &clean[n - 1 - padding];
		int bits = sextet(*last);

		if (bits >= 0)
			*last = alphabet[bits & (padding == 1 ? ~3 : ~15)];
	}
	length = BASE64_DECODE_LENGTH(n);
	decoded = arena_alloc(arena, length + 1);
	base64_decode_init(&context);
	if (!base64_decode_update(&context, &length, decoded, n, clean) || !base64_decode_final(&context))
		return false;
	*bytes = (struct str){ .ptr = (const char *)decoded, .len = length };
	return true;
}
