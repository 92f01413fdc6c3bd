/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/scalar.h"

#include "unit.h"

#include <string.h>

/* The node of a document that is one scalar. */
static struct node *scalar(const char *text)
{
	struct node *node = unit_parse(str_from(text));

	if (!node)
		return ARENA_NEW(&unit_arena, struct node);
	assert_int_equal(node->type, NODE_SCALAR);
	return node;
}

static const struct {
	const char *text;
	bool is_null;
} nulls[] = {
	{ "---", true },        { "~", true },           { "null", true },      { "Null", true },
	{ "NULL", true },       { "nULL", false },       { "nil", false },      { "''", false },
	{ "\"null\"", false },  { "'~'", false },        { "|\n null", false }, { "!!null x", true },
	{ "!!null 'x'", true }, { "!!str null", false }, { "!!str", false },    { "! null", false },
};

static void null_is_exactly_what_kubernetes_takes_for_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(nulls); i++)
		assert_for(scalar_is_null(scalar(nulls[i].text)) == nulls[i].is_null, nulls[i].text);
	assert_false(scalar_is_null(NULL));
	assert_false(scalar_is_null(unit_parse(S("{}"))));
}

static const struct {
	const char *text;
	bool is_true;
} booleans[] = {
	{ "true", true },    { "True", true },     { "TRUE", true },        { "yes", true },         { "Yes", true },
	{ "YES", true },     { "on", true },       { "On", true },          { "ON", true },          { "y", true },
	{ "Y", true },       { "tRUE", false },    { "yEs", false },        { "t", false },          { "1", false },
	{ "false", false },  { "no", false },      { "off", false },        { "n", false },          { "~", false },
	{ "'true'", false }, { "\"yes\"", false }, { "!!bool 'on'", true }, { "!!str true", false },
};

static void booleans_follow_yaml_1_1(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(booleans); i++)
		assert_for(scalar_is_true(scalar(booleans[i].text)) == booleans[i].is_true, booleans[i].text);
	assert_false(scalar_is_true(NULL));
	assert_false(scalar_is_true(unit_parse(S("[true]"))));
}

/*
 * What a plain key becomes. From sigs.k8s.io/yaml: resolve and yamlStyleFloat in goyaml.v2/resolve.go, ParseInt with
 * base 0 of Go's strconv, and FormatFloat(x, 'g', -1, 32) in convertToJSONableObject.
 */
static const struct {
	const char *text, *key;
} keys[] = {
	{ "a", "a" },
	{ "a b", "a b" },
	{ "app.properties", "app.properties" },
	{ "1.2.3", "1.2.3" },
	{ "true", "true" },
	{ "True", "true" },
	{ "on", "true" },
	{ "y", "true" },
	{ "Y", "true" },
	{ "YES", "true" },
	{ "off", "false" },
	{ "n", "false" },
	{ "No", "false" },
	{ "nO", "nO" },
	{ "yess", "yess" },
	/* Integers. */
	{ "0", "0" },
	{ "1", "1" },
	{ "+1", "1" },
	{ "-1", "-1" },
	{ "-0", "0" },
	{ "00", "0" },
	{ "010", "8" },
	{ "-010", "-8" },
	{ "0o7", "7" },
	{ "0O17", "15" },
	{ "0x10", "16" },
	{ "0XfF", "255" },
	{ "-0x10", "-16" },
	{ "0b11", "3" },
	{ "-0b11", "-3" },
	{ "0b12", "0b12" },
	{ "0x", "0x" },
	{ "0b", "0b" },
	{ "0o", "0o" },
	{ "0o8", "0o8" },
	{ "0xg", "0xg" },
	{ "1_000", "1000" },
	{ "1__0", "10" },
	{ "1_", "1" },
	{ "0_7", "7" },
	{ "0x_1F", "31" },
	{ "_1", "_1" },
	{ "+_1", "1" },
	{ "9223372036854775807", "9223372036854775807" },
	{ "-9223372036854775808", "-9223372036854775808" },
	/* What octal can't hold is a float. */
	{ "08", "8" },
	{ "09.5", "9.5" },
	{ "0189", "189" },
	/* Floats, which go through 32 bits. */
	{ "1.10", "1.1" },
	{ "1.0", "1" },
	{ "1.", "1" },
	{ ".5", "0.5" },
	{ "-.5", "-0.5" },
	{ "+.5", "0.5" },
	{ "1e3", "1000" },
	{ "1E3", "1000" },
	{ "1e+3", "1000" },
	{ "12e03", "12000" },
	{ "1e5", "100000" },
	{ "1e6", "1e+06" },
	{ "1e-3", "0.001" },
	{ "1e-4", "0.0001" },
	{ "1e-5", "1e-05" },
	{ "-1.5e-7", "-1.5e-07" },
	{ "123456.7", "123456.7" },
	{ "1234567.0", "1.234567e+06" },
	{ "16777217.0", "1.6777216e+07" },
	{ "0.1", "0.1" },
	{ "3.14159265358979", "3.1415927" },
	{ "0.0", "0" },
	{ "-0.0", "-0" },
	{ "1e39", ".inf" },
	{ "-1e39", "-.inf" },
	{ ".inf", ".inf" },
	{ "+.INF", ".inf" },
	{ "-.Inf", "-.inf" },
	{ ".NaN", ".nan" },
	{ "1_0.5", "10.5" },
	{ "1e400", "1e400" },
	{ "1e", "1e" },
	{ "e5", "e5" },
	{ "1e5.5", "1e5.5" },
	{ ".", "." },
	{ "..", ".." },
	{ ".e5", ".e5" },
	{ "._5", "._5" },
	{ "+", "+" },
	{ "1-2", "1-2" },
	{ "+-1", "+-1" },
	{ "0x1p4", "0x1p4" },
	{ "0x1.8", "0x1.8" },
	{ "1:30", "1:30" },
	{ "2001-01-01", "2001-01-01" },
	{ "infinity", "infinity" },
	{ "nan", "nan" },
	{ "18446744073709551616", "1.8446744e+19" },
	{ "-9223372036854775809", "-9.223372e+18" },
	/* Underscores behind a dot stand between digits. */
	{ ".5_0", "0.5" },
	{ "-.5_0", "-0.5" },
	{ ".5__0", ".5__0" },
	{ ".5_", ".5_" },
	{ ".5_e1", ".5_e1" },
	{ ".5e1_0", "5e+09" },
	/* A tag says what a text is read as, also in quotes. */
	{ "!!int 010", "8" },
	{ "!!int '0x10'", "16" },
	{ "!!bool yes", "true" },
	{ "!!bool \"off\"", "false" },
	{ "!!float 010", "8" },
	{ "!!float '1e3'", "1000" },
	{ "! '010'", "010" },
	{ "! on", "on" },
	{ "!x on", "on" },
	{ "!!timestamp 2001-01-01", "2001-01-01" },
	/* In quotes or with another tag, a key is what it says. */
	{ "'010'", "010" },
	{ "\"on\"", "on" },
	{ "!!str 010", "010" },
	{ "''", "" },
	{ "'~'", "~" },
	{ "!!binary Zm9v", "foo" },
};

static void a_key_becomes_the_string_that_kubectl_makes_of_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct str key = S("?");

		if (!scalar_key(scalar(keys[i].text), &unit_arena, &key, &unit_err))
			print_error("%s: %s\n", keys[i].text, unit_err.text);
		assert_row(key, keys[i].key, keys[i].text);
	}
}

static void a_key_that_can_be_none_is_refused(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "~", "a key that is null" },
		{ "!!null x", "a key that is null" },
		{ "!!binary '?'", "not base64" },
		{ "!!int x", "key x is not what its tag says" },
		{ "!!int 1.5", "is not what its tag says" },
		{ "!!bool 1", "is not what its tag says" },
		{ "!!float yes", "is not what its tag says" },
		{ "!!float 18446744073709551615", "is not what its tag says" },
		{ "!!int 18446744073709551615", "a number that kubectl can't read" },
		/* Unsigned integers beyond 63 bits. */
		{ "9223372036854775808", "a number that kubectl can't read" },
		{ "18446744073709551615", "a number that kubectl can't read" },
		{ "0xFFFFFFFFFFFFFFFF", "a number that kubectl can't read" },
	};
	struct str key = S("untouched");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unit_assert_fails(scalar_key(scalar(rows[i].text), &unit_arena, &key, &unit_err), rows[i].message,
				  rows[i].text, __FILE__, __LINE__);
		assert_str(key, "untouched");
	}
}

static void typed_is_what_quotes_would_change(void **state)
{
	static const struct {
		const char *text;
		bool is_typed;
	} rows[] = {
		{ "", true },
		{ "~", true },
		{ "yes", true },
		{ "1", true },
		{ "1e5", true },
		{ ".inf", true },
		{ "abc", false },
		{ "1.2.3", false },
		{ "0xg", false },
		/* A digest can look like a number. */
		{ "12345678901234567890123456789012", true },
		{ "1234567890123456789012345678901e", false },
		{ "123456789012345678901234567890e1", true },
		{ "0123456789abcdef0123456789abcdef", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(scalar_is_typed(str_from(rows[i].text)) == rows[i].is_typed, rows[i].text);
}

static void get_gives_text_and_nothing_else(void **state)
{
	struct node *root = unit_parse(S("a: 1\nb: ~\nc: [x]\nd: {y: z}\ne: &e text\nf: *e\ng: ''\nh: 'null'\na: 2\n"));

	(void)state;
	assert_str(scalar_get(root, "a"), "2");
	assert_str(scalar_get(root, "b"), "");
	assert_null(scalar_get(root, "b").ptr);
	assert_str(scalar_get(root, "c"), "");
	assert_str(scalar_get(root, "d"), "");
	assert_str(scalar_get(root, "f"), "text");
	assert_str(scalar_get(root, "g"), "");
	assert_str(scalar_get(root, "h"), "null");
	assert_str(scalar_get(root, "missing"), "");
	assert_str(scalar_get(NULL, "a"), "");
	assert_str(scalar_get(node_get(root, "a"), "x"), "");
}

static void values_are_text_or_decoded(void **state)
{
	static const struct {
		const char *text, *bytes;
	} rows[] = {
		{ "010", "010" },
		{ "~", "" },
		{ "'~'", "~" },
		{ "!!binary Zm9v", "foo" },
		{ "|\n a\n b\n", "a\nb\n" },
		{ "!!binary |\n Zm9v\n YmFy\n", "foobar" },
		{ "!!binary /8OkwyA=", "\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd " },
		{ "!!binary 7aCA", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "! ''", "" },
		{ "!!str ~", "~" },
		{ "!!null abc", "" },
	};
	struct str bytes;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_succeeds(scalar_bytes(scalar(rows[i].text), &unit_arena, &bytes, &unit_err));
		assert_row(bytes, rows[i].bytes, rows[i].text);
	}
	assert_fails(scalar_bytes(scalar("!!binary Zm9"), &unit_arena, &bytes, &unit_err), "not base64");
}

/* As encoding/base64's StdEncoding decodes, which is not strict. NULL: it doesn't. */
static const struct {
	const char *text, *bytes;
} base64[] = {
	{ "", "" },
	{ "Zg==", "f" },
	{ "Zm8=", "fo" },
	{ "Zm9v", "foo" },
	{ "Zm9vYg==", "foob" },
	{ "+/+/", "\xfb\xff\xbf" },
	/* Unused bits may be anything. */
	{ "Zh==", "f" },
	{ "Zv==", "f" },
	{ "Zm9=", "fo" },
	{ "Zm+=", "fo" },
	/* Line breaks may stand anywhere, and nothing else. */
	{ "Zm\n9v\r\n", "foo" },
	{ "\nZ\ng=\n=\r", "f" },
	{ "Zg==\n", "f" },
	{ "\r\n", "" },
	{ "Zm 9v", NULL },
	{ "Zm9v ", NULL },
	{ " Zm9v", NULL },
	{ "Zm\t9v", NULL },
	{ "Zm\f9v", NULL },
	{ "Zm\v9v", NULL },
	/* Padding. */
	{ "Z", NULL },
	{ "Zg", NULL },
	{ "Zm8", NULL },
	{ "Zg=", NULL },
	{ "=", NULL },
	{ "==", NULL },
	{ "===", NULL },
	{ "====", NULL },
	{ "A=", NULL },
	{ "A==", NULL },
	{ "A===", NULL },
	{ "AA===", NULL },
	{ "AAA==", NULL },
	{ "AAAA=", NULL },
	{ "AAAA==", NULL },
	{ "AAAAA===", NULL },
	{ "AAAAAA", NULL },
	{ "Zg==Zg==", NULL },
	{ "Zg==Zg", NULL },
	{ "Zg=g", NULL },
	{ "=Zg=", NULL },
	{ "Zm9vZg==x", NULL },
	/* Other alphabets. */
	{ "-_-_", NULL },
	{ "Zm9\xc3\xa4", NULL },
	{ "Zm9.", NULL },
	{ "\x80\x80\x80\x80", NULL },
	{ "\xff\xff\xff\xff", NULL },
};

static void base64_is_decoded_as_go_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(base64); i++) {
		struct str bytes = { 0 };
		bool ok = scalar_base64(str_from(base64[i].text), &unit_arena, &bytes);

		assert_for(ok == (base64[i].bytes != NULL), base64[i].text);
		if (ok)
			assert_row(bytes, base64[i].bytes, base64[i].text);
	}
}

static void base64_of_any_bytes_and_no_others(void **state)
{
	struct str bytes;

	(void)state;
	assert_true(scalar_base64(S("AAEC/w=="), &unit_arena, &bytes));
	assert_str(bytes, "\0\1\2\xff");
	assert_false(scalar_base64(S("Zm9v\0"), &unit_arena, &bytes));
	assert_false(scalar_base64(S("\0\0\0\0"), &unit_arena, &bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(null_is_exactly_what_kubernetes_takes_for_it),
		TEST(booleans_follow_yaml_1_1),
		TEST(a_key_becomes_the_string_that_kubectl_makes_of_it),
		TEST(a_key_that_can_be_none_is_refused),
		TEST(typed_is_what_quotes_would_change),
		TEST(get_gives_text_and_nothing_else),
		TEST(values_are_text_or_decoded),
		TEST(base64_is_decoded_as_go_does),
		TEST(base64_of_any_bytes_and_no_others),
	};

	return unit_run(tests);
}
