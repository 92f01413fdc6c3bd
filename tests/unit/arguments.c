/* SPDX-License-Identifier: Apache-2.0 */
#include "app/arguments.h"

#include "unit.h"

#include <string.h>

#define MAX_WORDS 16

/* The arguments of a line, words with single spaces between them, as text: "inject=env [file] strict". */
static bool read_line(const char *line, struct str *read)
{
	char *words[MAX_WORDS] = { 0 };
	struct str rest = arena_printf(&unit_arena, "rollstamp%s%s", *line ? " " : "", line);
	struct arguments arguments;
	struct buf text = { 0 };
	int count = 0;
	bool ok = true;

	while (rest.ptr)
		words[count++] = (char *)(uintptr_t)arena_dup(&unit_arena, str_cut(&rest, ' ')).ptr;
	arguments_init(&arguments, count, words);
	while (ok && !arguments_is_end(&arguments)) {
		struct argument argument;

		ok = arguments_next(&arguments, &argument, &unit_err);
		if (!ok)
			break;
		if (text.len > 0)
			buf_add_char(&text, ' ');
		if (!argument.option)
			buf_printf(&text, "[%.*s]", STR_ARG(argument.value));
		else
			buf_printf(&text, "%s%s%.*s", argument.option->name, argument.value.ptr ? "=" : "",
				   STR_ARG(argument.value));
	}
	*read = buf_keep(&text, &unit_arena);
	return ok;
}

static void options_and_words_are_told_apart(void **state)
{
	static const struct {
		const char *line, *read;
	} rows[] = {
		{ "", "" },
		{ "a b", "[a] [b]" },
		{ "--inject=env", "inject=env" },
		{ "--inject env", "inject=env" },
		{ "--inject=a=b", "inject=a=b" },
		{ "--strict a --live", "strict [a] live" },
		{ "a --strict", "[a] strict" },
		{ "- --strict -", "[-] strict [-]" },
		{ "--", "" },
		{ "--strict -- --strict -n", "strict [--strict] [-n]" },
		{ "-- --", "[--]" },
		{ "--inject -- a", "inject=-- [a]" },
		{ "--inject --strict", "inject=--strict" },
		{ "-n shop", "namespace=shop" },
		{ "-nshop", "namespace=shop" },
		{ "-n=shop", "namespace==shop" },
		{ "-n -o json", "namespace=-o [json]" },
		{ "-h", "help" },
		{ "-hh", "help help" },
		{ "-hnshop a", "help namespace=shop [a]" },
		{ "-hn shop a", "help namespace=shop [a]" },
		{ "-ojson -owide", "output=json output=wide" },
	};
	struct str read;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_for(read_line(rows[i].line, &read), rows[i].line);
		assert_row(read, rows[i].read, rows[i].line);
	}
}

static void what_is_no_option_is_told(void **state)
{
	static const struct {
		const char *line, *error;
	} rows[] = {
		{ "--nonsense", "unknown option '--nonsense' (see rollstamp --help)" },
		{ "--nonsense=x a", "unknown option '--nonsense=x' (see rollstamp --help)" },
		{ "--=x", "unknown option '--=x' (see rollstamp --help)" },
		{ "--injected", "unknown option '--injected' (see rollstamp --help)" },
		{ "---", "unknown option '---' (see rollstamp --help)" },
		/* Abbreviations, which could be of one option alone or of more. */
		{ "--inj=env", "unknown option '--inj': write --inject" },
		{ "--inj env", "unknown option '--inj': write --inject" },
		{ "--stric", "unknown option '--stric': write --strict" },
		{ "--git-a", "unknown option '--git-a' (see rollstamp --help)" },
		{ "--inj", "option '--inj' needs a value" },
		{ "--inject", "option '--inject' needs a value" },
		{ "--inject=", "option '--inject' needs a value" },
		{ "--strict=yes", "option '--strict=yes' takes no value" },
		{ "--strict=", "option '--strict=' takes no value" },
		{ "-n", "option '-n' needs a value" },
		{ "-hn", "option '-hn' needs a value" },
		{ "-x", "unknown option '-x' (see rollstamp --help)" },
		{ "-hx a", "unknown option '-x' (see rollstamp --help)" },
		{ "-\x7f", "unknown short option (see rollstamp --help)" },
		{ "-\xc3\xa9", "unknown short option (see rollstamp --help)" },
	};
	struct str read;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_for(!read_line(rows[i].line, &read), rows[i].line);
		assert_row(str_from(unit_err.text), rows[i].error, rows[i].line);
	}
}

static void a_value_that_is_empty_is_none(void **state)
{
	char program[] = "rollstamp", name[] = "--namespace", empty[] = "";
	char *words[] = { program, name, empty };
	struct arguments arguments;
	struct argument argument;

	(void)state;
	arguments_init(&arguments, 3, words);
	assert_false(arguments_is_end(&arguments));
	assert_fails(arguments_next(&arguments, &argument, &unit_err), "option '--namespace' needs a value");
	/* A word may be empty; what a file of that name is, is for others to say. */
	words[1] = empty;
	arguments_init(&arguments, 2, words);
	assert_succeeds(arguments_next(&arguments, &argument, &unit_err));
	assert_null(argument.option);
	assert_int_equal(argument.value.len, 0);
	/* A program may be started without even its name. */
	arguments_init(&arguments, 0, words);
	assert_true(arguments_is_end(&arguments));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(options_and_words_are_told_apart),
		TEST(what_is_no_option_is_told),
		TEST(a_value_that_is_empty_is_none),
	};

	return unit_run(tests);
}
