/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/quantity.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Longer texts are no amounts that anybody means. */
#define LONGEST 64
/* Digits behind the point that count, and those in front of it that can: 2^63 has 19. */
#define SMALLEST 9
#define LARGEST 19
/* Room for every digit: of the text, and of what 2^60 or 10^18 makes of it. */
#define ROOM 256

enum family { FAMILY_DECIMAL, FAMILY_BINARY, FAMILY_EXPONENT };

/* Digits, `point` of them in front of the decimal point. */
struct digits {
	char items[ROOM];
	size_t count, point;
};

/* What a text means: `whole` and billionths. */
struct amount {
	bool is_negative;
	enum family family;
	uint64_t whole;
	uint32_t billionths;
};

static const char decimal_suffixes[] = "num kMGTPE"; /* from 10^-9 on, each 1,000 times the one before; a blank: none */
static const char binary_suffixes[] = "KMGTPE";

/* The exponent of ten, or of two, that a suffix stands for. */
static bool read_suffix(struct str suffix, enum family *family, int *exponent)
{
	const char *at;
	char *end;
	long number;
	char text[8];

	*family = FAMILY_DECIMAL;
	*exponent = 0;
	if (suffix.len == 0)
		return true;
	if (suffix.len == 2 && suffix.ptr[1] == 'i') {
		at = memchr(binary_suffixes, suffix.ptr[0], strlen(binary_suffixes));
		*family = FAMILY_BINARY;
		*exponent = at ? 10 * (int)(at - binary_suffixes + 1) : 0;
		return at != NULL;
	}
	if (suffix.len == 1) {
		at = suffix.ptr[0] != ' ' ? memchr(decimal_suffixes, suffix.ptr[0], strlen(decimal_suffixes)) : NULL;
		*exponent = at ? 3 * (int)(at - decimal_suffixes) - 9 : 0;
		return at != NULL;
	}
	if ((suffix.ptr[0] != 'e' && suffix.ptr[0] != 'E') || suffix.len > sizeof(text) - 1)
		return false;
	memcpy(text, suffix.ptr + 1, suffix.len - 1);
	text[suffix.len - 1] = '\0';
	if (!str_is_digit(text[0]) && text[0] != '-' && text[0] != '+')
		return false;
	number = strtol(text, &end, 10);
	if (*end != '\0' || end == text || number < -LONGEST || number > LONGEST)
		return false;
	*family = FAMILY_EXPONENT;
	*exponent = (int)number;
	return true;
}

/* Reads the digits in front of `*text`. False if there are none. */
static bool read_digits(struct str *text, struct digits *digits)
{
	bool has_point = false;

	digits->count = 0;
	while (text->len > 0 && (str_is_digit(text->ptr[0]) || (text->ptr[0] == '.' && !has_point))) {
		if (text->ptr[0] == '.') {
			has_point = true;
			digits->point = digits->count;
		} else {
			digits->items[digits->count++] = (char)(text->ptr[0] - '0');
		}
		*text = str_skip(*text, 1);
	}
	if (!has_point)
		digits->point = digits->count;
	return digits->count > 0;
}

static void double_digits(struct digits *digits)
{
	int carry = 0;

	for (size_t i = digits->count; i-- > 0;) {
		int sum = 2 * digits->items[i] + carry;

		digits->items[i] = (char)(sum % 10);
		carry = sum / 10;
	}
	if (carry == 0)
		return;
	memmove(digits->items + 1, digits->items, digits->count);
	digits->items[0] = (char)carry;
	digits->count++;
	digits->point++;
}

/* Moves the point by `exponent` digits, and puts zeros where there are none. */
static void shift(struct digits *digits, int exponent)
{
	while (exponent > 0 && digits->point + (size_t)exponent > digits->count)
		digits->items[digits->count++] = 0;
	if (exponent < 0 && (size_t)-exponent > digits->point) {
		size_t missing = (size_t)-exponent - digits->point;

		memmove(digits->items + missing, digits->items, digits->count);
		memset(digits->items, 0, missing);
		digits->count += missing;
		digits->point += missing;
	}
	digits->point = (size_t)((long)digits->point + exponent);
}

/* The digits as an amount: what is smaller than a billionth is rounded up, what is too large is the largest. */
static void split(const struct digits *digits, uint32_t step, struct amount *amount)
{
	uint32_t place = 100000000;
	bool is_more = false;
	size_t first = 0;

	while (first < digits->point && digits->items[first] == 0)
		first++;
	if (digits->point - first > LARGEST) {
		amount->whole = INT64_MAX;
		return;
	}
	for (size_t i = first; i < digits->point; i++)
		amount->whole = 10 * amount->whole + (uint64_t)digits->items[i];
	for (size_t i = digits->point; i < digits->count; i++, place /= 10) {
		amount->billionths += place * (unsigned char)digits->items[i];
		is_more = is_more || (place == 0 && digits->items[i] != 0);
	}
	is_more = is_more || amount->billionths % step != 0;
	amount->billionths = amount->billionths / step * step + (is_more ? step : 0);
	if (amount->billionths >= 1000000000) {
		amount->billionths -= 1000000000;
		amount->whole++;
	}
	if (amount->whole >= INT64_MAX) {
		amount->whole = INT64_MAX;
		amount->billionths = 0;
	}
}

static bool read_amount(struct str text, bool in_thousandths, struct amount *amount)
{
	struct digits digits = { .count = 0 };
	int exponent;

	*amount = (struct amount){ .is_negative = str_starts_with(text, "-") };
	if (amount->is_negative || str_starts_with(text, "+"))
		text = str_skip(text, 1);
	if (text.len > LONGEST || !read_digits(&text, &digits) || !read_suffix(text, &amount->family, &exponent))
		return false;
	if (amount->family == FAMILY_BINARY)
		for (int i = 0; i < exponent; i++)
			double_digits(&digits);
	else
		shift(&digits, exponent);
	split(&digits, in_thousandths ? 1000000 : 1, amount);
	return true;
}

static struct str print_binary(const struct amount *amount, struct arena *arena)
{
	uint64_t whole = amount->whole;
	size_t power = 0;

	while (whole % 1024 == 0 && power < strlen(binary_suffixes)) {
		whole /= 1024;
		power++;
	}
	if (power == 0)
		return arena_printf(arena, "%s%llu", amount->is_negative ? "-" : "", (unsigned long long)whole);
	return arena_printf(arena, "%s%llu%ci", amount->is_negative ? "-" : "", (unsigned long long)whole,
			    binary_suffixes[power - 1]);
}

static struct str print_decimal(const struct amount *amount, struct arena *arena)
{
	struct str digits = arena_printf(arena, "%llu%09u", (unsigned long long)amount->whole, amount->billionths);
	const char *sign = amount->is_negative ? "-" : "";
	int exponent = -SMALLEST;
	char suffix;

	while (exponent < 18 && digits.len > 3 && str_ends_with(digits, "000")) {
		digits.len -= 3;
		exponent += 3;
	}
	while (digits.len > 1 && digits.ptr[0] == '0')
		digits = str_skip(digits, 1);
	suffix = decimal_suffixes[(exponent + SMALLEST) / 3];
	if (exponent == 0)
		return arena_printf(arena, "%s%.*s", sign, STR_ARG(digits));
	if (amount->family == FAMILY_EXPONENT)
		return arena_printf(arena, "%s%.*se%d", sign, STR_ARG(digits), exponent);
	return arena_printf(arena, "%s%.*s%c", sign, STR_ARG(digits), suffix);
}

/* Is it an amount as most are written: a few digits, and a suffix that no larger one can stand for? */
static bool is_canonical(struct str text)
{
	static const struct {
		const char *suffix;
		unsigned long step; /* what makes the next suffix of this one */
	} suffixes[] = {
		{ "", 1000 },  { "m", 1000 },  { "k", 1000 },  { "M", 1000 },
		{ "G", 1000 }, { "Ki", 1024 }, { "Mi", 1024 }, { "Gi", 1024 },
	};
	unsigned long number = 0;
	size_t digits = 0;

	while (digits < text.len && digits < SMALLEST && str_is_digit(text.ptr[digits]))
		number = 10 * number + (unsigned long)(text.ptr[digits++] - '0');
	if (digits == 0 || text.ptr[0] == '0')
		return false;
	text = str_skip(text, digits);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (str_is(text, suffixes[i].suffix))
			return number % suffixes[i].step != 0;
	return false;
}

bool quantity_canonical(struct str text, bool in_thousandths, struct arena *arena, struct str *canonical)
{
	struct amount amount;

	if (is_canonical(text)) {
		*canonical = text;
		return true;
	}
	if (!read_amount(text, in_thousandths, &amount))
		return false;
	if (amount.whole == 0 && amount.billionths == 0)
		*canonical = str_from("0");
	/* Below 1Ki, and with a fraction, nothing binary is kept. */
	else if (amount.family == FAMILY_BINARY && amount.whole >= 1024 && amount.billionths == 0)
		*canonical = print_binary(&amount, arena);
	else
		*canonical = print_decimal(&amount, arena);
	return true;
}

bool quantity_equal(struct str a, struct str b)
{
	struct amount left, right;

	if (!read_amount(a, false, &left) || !read_amount(b, false, &right))
		return false;
	return left.whole == right.whole && left.billionths == right.billionths &&
	       (left.is_negative == right.is_negative || (left.whole == 0 && left.billionths == 0));
}
