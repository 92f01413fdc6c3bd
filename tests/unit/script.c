/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/script.h"

#include "unit.h"

#include <string.h>

/*
 * A script as a line: words between < and >, those that aren't known between { and } with a bar behind what is known,
 * assignments before a +, commands ended by a semicolon. In front of a command, where it stands: L in a loop's body, W in
 * its condition, C in a branch, F in a function, S in a subshell, $ in a substitution, ! negated.
 */
static void render_word(struct buf *to, const struct word *word)
{
	if (!word->reason) {
		buf_printf(to, "<%.*s>", STR_ARG(word->text));
		return;
	}
	buf_printf(to, "{%.*s|", (int)word->known_len, word->text.ptr);
	buf_add(to, str_skip(word->text, word->known_len));
	buf_add_char(to, '}');
}

static void render_command(struct buf *to, const struct simple_command *command)
{
	static const char letters[] = "LWCFS$";

	for (size_t i = 0; letters[i]; i++)
		if (command->within & 1U << i)
			buf_add_char(to, letters[i]);
	if (command->is_negated)
		buf_add_char(to, '!');
	for (size_t i = 0; i < command->assignment_count; i++) {
		render_word(to, &command->assignments[i]);
		buf_add_char(to, '+');
	}
	for (size_t i = 0; i < command->word_count; i++)
		render_word(to, &command->words[i]);
	buf_add_char(to, ';');
}

static struct str render(struct str script, bool has_references)
{
	struct script parsed;
	struct buf text;
	struct str rendered;

	if (!script_parse(script, has_references ? "it is a reference" : NULL, &unit_arena, &parsed, &unit_err))
		return str_from(unit_err.text);
	buf_init(&text);
	for (size_t i = 0; i < parsed.count; i++)
		render_command(&text, &parsed.commands[i]);
	rendered = arena_dup(&unit_arena, buf_str(&text));
	buf_release(&text);
	return rendered;
}

struct row {
	const char *script, *expected;
};

static void check(const struct row *rows, size_t count, bool has_references)
{
	for (size_t i = 0; i < count; i++)
		assert_row(render(str_from(rows[i].script), has_references), rows[i].expected, rows[i].script);
}

static void quotes_make_words(void **state)
{
	static const struct row rows[] = {
		{ "", "" },
		{ " \t\n", "" },
		{ "a b", "<a><b>;" },
		{ "a 'b c' \"d e\"", "<a><b c><d e>;" },
		{ "a'b'\"c\"d", "<abcd>;" },
		{ "a '' \"\"", "<a><><>;" },
		{ "a\\ b \\'", "<a b><'>;" },
		{ "a '\"' \"'\" '\\' \"\\\"\"", "<a><\"><'><\\><\">;" },
		{ "a \"\\a\\$\\`\\\\\"", "<a><\\a$`\\>;" },
		{ "a\\\nb \\\n c \"d\\\ne\"", "<ab><c><de>;" },
		{ "a 'b\nc'", "<a><b\nc>;" },
		{ "a $ \"$\" $% b$", "<a><$><$><$%><b$>;" },
		{ "git clone -b \"v1\"", "<git><clone><-b><v1>;" },
		{ "a\\", "<a\\>;" },
	};

	(void)state;
	check(rows, COUNT(rows), false);
}

static void comments_begin_where_a_word_would(void **state)
{
	static const struct row rows[] = {
		{ "a # b ' \" ` $(", "<a>;" },  { "a#b \\#c '#'", "<a#b><#c><#>;" }, { "# it's\na;#'\nb", "<a>;<b>;" },
		{ "a \\\n# b\nc", "<a>;<c>;" }, { "a # b \\\nc", "<a>;<c>;" },
	};

	(void)state;
	check(rows, COUNT(rows), false);
}

static void expansions_are_unknown(void **state)
{
	static const struct row rows[] = {
		{ "a $b", "<a>{|$b};" },
		{ "a \"x$b\"c", "<a>{x|$bc};" },
		{ "a '$b' \\$b", "<a><$b><$b>;" },
		{ "a $1 $@ \"$*\" $? $$", "<a>{|$1}{|$@}{|$*}{|$?}{|$$};" },
		{ "a ${b:-c d} \"${b:-\"c }\"}\"", "<a>{|${b:-c d}}{|${b:-\"c }\"}};" },
		{ "a ${b:-'}'} ${b#\\}} ${#b}", "<a>{|${b:-'}'}}{|${b#\\}}}{|${#b}};" },
		{ "a \"${b:-it's}\"", "<a>{|${b:-it's}};" },
		{ "a $((1 + (2) * 3)) x", "<a>{|$((1 + (2) * 3))}<x>;" },
		{ "a *.c x?y [ab] x[", "<a>{|*.c}{x|?y}{|[ab]}<x[>;" },
		{ "a '*' \\? \"[a]\"", "<a><*><?><[a]>;" },
		{ "a ~ ~/b b~ '~'", "<a>{|~}{|~/b}<b~><~>;" },
		{ "a x{b,c} {1..3} {} {a} '{b,c}'", "<a>{x|{b,c}}{|{1..3}}<{}><{a}><{b,c}>;" },
		{ "a $'b\\n' $\"c\"", "<a>{|$'b\\n'}{|$\"c\"};" },
		{ "A=b C=$d e", "<A=b>+{C=|$d}+<e>;" },
		{ "A=* B=~/x", "<A=*>+{B=|~/x}+;" },
		{ "[ -d x ] ; [ ! 1 ]", "<[><-d><x><]>;<[><!><1><]>;" },
		{ "a=(b 'c)' $d #)\n) e", "{a=|}+<e>;" },
		{ "export a=(b) c", "<export>{a=|}<c>;" },
	};

	(void)state;
	check(rows, COUNT(rows), false);
}

static void substitutions_are_read_but_not_run(void **state)
{
	static const struct row rows[] = {
		{ "a $(b c) d", "$<b><c>;<a>{|$(b c)}<d>;" },
		{ "a \"$(b \")\")\"", "$<b><)>;<a>{|$(b \")\")};" },
		{ "a $(b # )\n)", "$<b>;<a>{|$(b # )\n)};" },
		{ "a $(case x in y) b;; (z) c;; esac)", "C$<b>;C$<c>;<a>{|$(case x in y) b;; (z) c;; esac)};" },
		{ "a $( (b) )", "S$<b>;<a>{|$( (b) )};" },
		{ "a $(b $(c $(d)))", "$<d>;$<c>{|$(d)};$<b>{|$(c $(d))};<a>{|$(b $(c $(d)))};" },
		{ "a $((b); (c) )", "S$<b>;S$<c>;<a>{|$((b); (c) )};" },
		{ "((a) ; b) c", "S<a>;S<b>;<c>;" },
		{ "a `b c` d", "$<b><c>;<a>{|`b c`}<d>;" },
		{ "a `b \\`c\\``", "$<c>;$<b>{|`c`};<a>{|`b \\`c\\``};" },
		{ "a \"`b \\\"c\\\"`\"", "$<b><c>;<a>{|`b \\\"c\\\"`};" },
		{ "a <(b) >(c)", "$<b>;$<c>;<a>{|<(b)}{|>(c)};" },
		{ "a $(cat <<E\n)\nE\n) b", "$<cat>;<a>{|$(cat <<E\n)\nE\n)}<b>;" },
		{ "a ${b:-$(c)}", "$<c>;<a>{|${b:-$(c)}};" },
		{ "a $(( $(b) ))", "$<b>;<a>{|$(( $(b) ))};" },
	};

	(void)state;
	check(rows, COUNT(rows), false);
}

static void operators_end_commands(void **state)
{
	static const struct row rows[] = {
		{ "a;b&c|d\ne", "<a>;<b>;<c>;<d>;<e>;" },
		{ "a&&b||c", "<a>;<b>;C<c>;" },
		{ "a && b && c", "<a>;<b>;<c>;" },
		{ "[ x ] && b && c; d", "<[><x><]>;C<b>;C<c>;<d>;" },
		{ "[ x ] || b && c", "<[><x><]>;C<b>;<c>;" },
		{ "! a && b", "!<a>;C<b>;" },
		{ "a &&\n\n b ||\n c\nd", "<a>;<b>;C<c>;<d>;" },
		{ "test a && { b; c; } && d", "<test><a>;C<b>;C<c>;C<d>;" },
		{ "(test a) && b", "S<test><a>;C<b>;" },
		{ "$a && b", "{|$a};C<b>;" },
		{ "[[ a && b =~ ^(c|d)$ ]] && e", "<[[>;C<e>;" },
		{ "((a > (b))) && c", "<((>;C<c>;" },
		{ "(a; b) & c |& d", "S<a>;S<b>;<c>;<d>;" },
	};

	(void)state;
	check(rows, COUNT(rows), false);
}

static void redirections_are_left_out(void **state)
{
	static const struct row rows[] = {
		{ "a >b c 2>&1 d", "<a><c><d>;" },
		{ "a>b 2>> c <d <>e >|f &>g", "<a>;" },
		{ ">b a 12", "<a><12>;" },
		{ "a 2 >b 2\\2>c", "<a><2><22>;" },
		{ "{ a; } >b | c", "<a>;<c>;" },
		{ "a <<<b c", "<a><c>;" },
		{ "{fd}>x a", "<a>;" },
		{ "a > $(b)", "$<b>;<a>;" },
	};

	(void)state;
	check(rows, COUNT(rows), false);
}

static void here_documents_are_skipped(void **state)
{
	static const struct row rows[] = {
		{ "a <<E b\nc 'd\nE\ne", "<a><b>;<e>;" },
		{ "a <<'E F'\n\" E\nE F\nb", "<a>;<b>;" },
		{ "a <<-E\n\tb\n\tE\nc", "<a>;<c>;" },
		{ "a <<E\n\tE\nE\nc", "<a>;<c>;" },
		{ "a <<E <<\"F\"\nE\nb\nF\nc", "<a>;<c>;" },
		{ "a <<E\nb\\\nE\nE\nc", "<a>;<c>;" },
		{ "a <<\\E\nb\\\nE\nc", "<a>;<c>;" },
		{ "a <<E; b\nE\nc", "<a>;<b>;<c>;" },
		{ "a <<E\nno end", "<a>;" },
		{ "if a <<E; then\n)\nE\nb; fi", "<a>;C<b>;" },
		{ "a <<E && b\n'\nE\nc", "<a>;<b>;<c>;" },
	};

	(void)state;
	check(rows, COUNT(rows), false);
}

static void compound_commands_say_where_their_commands_stand(void **state)
{
	static const struct row rows[] = {
		{ "if a; then b; elif c; then d; else e; fi; f", "<a>;C<b>;C<c>;C<d>;C<e>;<f>;" },
		{ "while a; do b; done; c", "W<a>;LC<b>;<c>;" },
		{ "until a\ndo\nb\ndone", "W<a>;LC<b>;" },
		/* They run. */
		{ "while :; do b; done", "W<:>;L<b>;" },
		{ "until false; do b; done", "W<false>;L<b>;" },
		{ "for a in b c; do d; done", "L<d>;" },
		{ "for a\nin b\ndo d; done", "L<d>;" },
		{ "for a; do b; done", "L<b>;" },
		{ "for a do b; done", "L<b>;" },
		{ "for ((i=0; i<3; i++)); do b; done", "L<b>;" },
		{ "for a in $(b); do c; done", "$<b>;L<c>;" },
		{ "case $a in b|c) d;; (e) f;; *) g; esac; h", "C<d>;C<f>;C<g>;<h>;" },
		{ "case a in esac; b", "<b>;" },
		{ "case a\nin\n'b c')\nd\n;;\nesac", "C<d>;" },
		{ "{ a; { b; } }; c", "<a>;<b>;<c>;" },
		{ "f() { a; }; f", "F<a>;<f>;" },
		{ "f () ( a )\nf", "FS<a>;<f>;" },
		{ "function f { a; }\nf", "F<a>;<f>;" },
		{ "function f()\n{ a; }", "F<a>;" },
		{ "if a; then f() { b; }; fi", "<a>;F<b>;" },
		{ "while a; do if b; then c; fi done", "W<a>;LC<b>;LC<c>;" },
		{ "echo if then done }", "<echo><if><then><done><}>;" },
		{ "'if' a", "<if><a>;" },
		{ "A=b if", "<A=b>+<if>;" },
		{ "(a; (b)) 2>&1 | c", "S<a>;S<b>;<c>;" },
	};

	(void)state;
	check(rows, COUNT(rows), false);
}

static void what_no_shell_reads_is_refused(void **state)
{
	static const struct row rows[] = {
		{ "a 'b", "a single quote in it is never closed" },
		{ "a \"b", "a double quote in it is never closed" },
		{ "a `b", "a backquote in it is never closed" },
		{ "a $(b", "a parenthesis in it is never closed" },
		{ "a ${b", "a ${ in it is never closed" },
		{ "a $((b)", "a (( in it is never closed" },
		{ "a)", "a parenthesis in it closes nothing" },
		{ "(a", "a compound command in it never ends" },
		{ "if a; then b", "a compound command in it never ends" },
		{ "a; fi", "a fi in it ends nothing" },
		{ "while a; fi", "a fi in it ends nothing" },
		{ "a (b)", "a parenthesis stands where shells differ in what it means" },
		{ "for ((a) )", "a for in it has no variable" },
		{ "a >", "a redirection in it has no target" },
		{ "a << ", "a here-document in it has no delimiter" },
		{ "[[ a", "a [[ in it is never closed" },
		{ "case a in b", "a case in it can't be read" },
		{ "a $'b\\'c'", "shells differ in where a $' in it ends" },
		{ "a=(b", "an array in it is never closed" },
	};

	(void)state;
	check(rows, COUNT(rows), false);
}

static void the_offset_of_a_mistake_is_that_of_its_beginning(void **state)
{
	struct script parsed;

	(void)state;
	assert_false(script_parse(S("abc 'd"), NULL, &unit_arena, &parsed, &unit_err));
	assert_int_equal(unit_err.at, 4);
	assert_false(script_parse(S("a `b 'c`"), NULL, &unit_arena, &parsed, &unit_err));
	assert_int_equal(unit_err.at, 2);
}

static void a_reference_of_the_container_is_unknown_also_between_quotes(void **state)
{
	static const struct row rows[] = {
		{ "a $(B) '$(B)' \"$(B)\" x$(B.C-d)y", "<a>{|$(B)}{|$(B)}{|$(B)}{x|$(B.C-d)y};" },
		{ "a \\$(B) \"\\$(B)\"", "<a>{\\|$(B)}{\\|$(B)};" },
		{ "a `b $(B)`", "$<b>{|$(B)};<a>{|`b $(B)`};" },
		{ "a $(b c)", "$<b><c>;<a>{|$(b c)};" },
	};
	static const struct row without[] = {
		{ "a '$(B)' $(B)", "$<B>;<a><$(B)>{|$(B)};" },
	};

	(void)state;
	check(rows, COUNT(rows), true);
	check(without, COUNT(without), false);
}

static void a_word_that_is_one_variable_has_its_name(void **state)
{
	struct script parsed;
	const struct word *words;

	(void)state;
	assert_true(
		script_parse(S("$A \"${B_1}\" $A$B ${A:-x} x$A $1 \"$A\"y"), NULL, &unit_arena, &parsed, &unit_err));
	words = parsed.commands[0].words;
	assert_str(words[0].variable, "A");
	assert_true(words[0].may_split);
	assert_str(words[1].variable, "B_1");
	assert_false(words[1].may_split);
	for (size_t i = 2; i < parsed.commands[0].word_count; i++)
		assert_int_equal(words[i].variable.len, 0);
}

static struct loop *loop_of(const char *script)
{
	struct script parsed;

	assert_true(script_parse(str_from(script), NULL, &unit_arena, &parsed, &unit_err));
	return parsed.commands[parsed.count - 1].loop;
}

static void a_loop_tells_how_it_ends(void **state)
{
	(void)state;
	assert_null(loop_of("a"));
	assert_true(loop_of("while true; do a; done")->is_endless);
	assert_true(loop_of("while :; do a; done")->is_endless);
	assert_true(loop_of("while [ 1 ]; do a; done")->is_endless);
	assert_true(loop_of("while sleep 5; do a; done")->is_endless);
	assert_true(loop_of("until false; do a; done")->is_endless);
	assert_true(loop_of("for ((;;)); do a; done")->is_endless);
	assert_false(loop_of("for ((;i<3;)); do a; done")->is_endless);
	assert_false(loop_of("while false; do a; done")->is_endless);
	assert_false(loop_of("while ! true; do a; done")->is_endless);
	assert_false(loop_of("until true; do a; done")->is_endless);
	assert_false(loop_of("while [ -d x ]; do a; done")->is_endless);
	assert_false(loop_of("while read x; do a; done")->is_endless);
	assert_false(loop_of("for x in 1; do a; done")->is_endless);
	assert_true(loop_of("for x in 1; do a; done")->is_for);
	assert_true(loop_of("until a; do b; done")->is_until);
	assert_true(loop_of("while a; do b && break; done")->has_break);
	assert_false(loop_of("while a; do b || exit 1; done")->has_break);
	assert_true(loop_of("while a; do sleep 1; b; done")->has_sleep);
	assert_true(loop_of("while a; do for x in 1; do exit; done; done")->outer->has_break);
	assert_false(loop_of("while a; do for x in 1; do break; done; done")->outer->has_break);
}

static void commands_that_run_for_one_reason_share_a_branch(void **state)
{
	struct script parsed;
	const struct simple_command *c;

	(void)state;
	assert_true(script_parse(S("if a; then b && c; else d; fi; [ e ] && f && g; h || i"), NULL, &unit_arena,
				 &parsed, &unit_err));
	c = parsed.commands;
	assert_int_equal(c[0].branch, 0);
	assert_int_not_equal(c[1].branch, 0);
	assert_int_equal(c[1].branch, c[2].branch);
	assert_int_not_equal(c[3].branch, c[1].branch);
	assert_int_equal(c[4].branch, 0);
	assert_int_not_equal(c[5].branch, 0);
	assert_int_equal(c[5].branch, c[6].branch);
	assert_int_equal(c[7].branch, 0);
	assert_int_not_equal(c[8].branch, c[6].branch);
}

static struct str repeated(const char *text, size_t count, const char *end)
{
	struct buf all;
	struct str result;

	buf_init(&all);
	for (size_t i = 0; i < count; i++)
		buf_add_cstring(&all, text);
	buf_add_cstring(&all, end);
	result = arena_dup(&unit_arena, buf_str(&all));
	buf_release(&all);
	return result;
}

static void nesting_is_limited_and_length_is_not(void **state)
{
	static const char *const deep[] = { "$(",  "(",      "{ ",  "if a; then ", "\"$(",  "${a:-",
					    "$((", "while ", "`$(", "a=(",         "$(( $(" };
	static const char *const wide[] = { "a;",
					    "$a",
					    "'a'",
					    "\"$a\" ",
					    "$(a)",
					    "`a`",
					    "a <<E\nE\n",
					    "[ a ]&&b||c;",
					    "$((1))",
					    "(a);",
					    "((a) );",
					    "{a,",
					    "[",
					    "\\\n",
					    "\\`",
					    "a=(b) ",
					    "if a;then b;fi;",
					    "case a in b) c;;esac;",
					    "f(){ a; };",
					    "<<E ",
					    "${a} " };
	struct script parsed;

	(void)state;
	for (size_t i = 0; i < COUNT(deep); i++) {
		struct str script = repeated(deep[i], 20000, "");

		assert_for(!script_parse(script, NULL, &unit_arena, &parsed, &unit_err), deep[i]);
	}
	assert_false(script_parse(repeated("$(", LEX_DEPTH, ""), NULL, &unit_arena, &parsed, &unit_err));
	assert_string_equal(unit_err.text, "it is nested more than 100 levels deep");
	for (size_t i = 0; i < COUNT(wide); i++) {
		struct str script = repeated(wide[i], 20000, "");
		bool ok = script_parse(script, NULL, &unit_arena, &parsed, &unit_err);

		assert_for(ok == (strstr(wide[i], "((a") == NULL), wide[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(quotes_make_words),
		TEST(comments_begin_where_a_word_would),
		TEST(expansions_are_unknown),
		TEST(substitutions_are_read_but_not_run),
		TEST(operators_end_commands),
		TEST(redirections_are_left_out),
		TEST(here_documents_are_skipped),
		TEST(compound_commands_say_where_their_commands_stand),
		TEST(what_no_shell_reads_is_refused),
		TEST(the_offset_of_a_mistake_is_that_of_its_beginning),
		TEST(a_reference_of_the_container_is_unknown_also_between_quotes),
		TEST(a_word_that_is_one_variable_has_its_name),
		TEST(a_loop_tells_how_it_ends),
		TEST(commands_that_run_for_one_reason_share_a_branch),
		TEST(nesting_is_limited_and_length_is_not),
	};

	return unit_run(tests);
}
