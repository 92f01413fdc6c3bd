/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/clones.h"

#include "unit.h"

/* Variables of the container. */
static const struct {
	const char *name, *value; /* NULL: not known */
	bool is_secret, is_unknown;
} variables[] = {
	{ "REPO", "u:a", false },         { "BRANCH", "main", false },
	{ "EMPTY", "", false },           { "BLANKS", "main dev", false },
	{ "LINE", "main\n", false },      { "FIELD", NULL, false },
	{ "TOKEN", "s3cr3t/x", true },    { "PLAIN", "s3cr3t", true },
	{ "PWD", "/known", false },       { "BOTH", "x:$(FIELD)@h", false, true },
	{ "BASE", "https://h/g", false },
};

static char origins[COUNT(variables)]; /* whose addresses tell variables apart */

static struct text look_up(void *context, struct str name)
{
	(void)context;
	for (size_t i = 0; i < COUNT(variables); i++) {
		if (!str_is(name, variables[i].name))
			continue;
		return (struct text){
			.state = variables[i].value && !variables[i].is_unknown ? TEXT_KNOWN : TEXT_UNKNOWN,
			.value = str_from(variables[i].value),
			.is_secret = variables[i].is_secret,
			.reason = "it is a field",
			.origin = &origins[i],
		};
	}
	return (struct text){ .state = TEXT_ABSENT };
}

static struct text read_file(void *context, struct str path)
{
	static const struct {
		const char *path, *text; /* NULL: not known */
	} files[] = {
		{ "/s/clone.sh", "#!/bin/sh\ngit clone -b \"$1\" $REPO /w\n" },
		{ "/s/python", "#!/usr/bin/env python3\ngit clone -b main u:a\n" },
		{ "/s/run", "#!/usr/bin/env bash\ngit clone -b main u:a" },
		{ "/s/env", "B=dev\nf() { git clone -b $1 u:f; }\n" },
		{ "/s/own", ". /s/own; git clone u:own" },
		{ "/s/gone", NULL },
	};

	(void)context;
	for (size_t i = 0; i < COUNT(files); i++)
		if (str_is(path, files[i].path))
			return (struct text){ .state = files[i].text ? TEXT_KNOWN : TEXT_UNKNOWN,
					      .value = str_from(files[i].text),
					      .reason = "it is gone" };
	return (struct text){ .state = TEXT_ABSENT };
}

static void add_text(struct buf *to, const struct text *text)
{
	if (text->state == TEXT_UNKNOWN)
		buf_printf(to, "?(%s)", text->reason);
	else if (text->state == TEXT_ABSENT)
		buf_add_char(to, '-');
	else
		buf_add(to, text->value);
	for (size_t i = 0; i < COUNT(variables); i++)
		if (text->origin == &origins[i])
			buf_printf(to, "{%s}", variables[i].name);
}

/* Each checkout as URL REF, then a bar; behind a secret one its variable in braces; then what else is said. */
static struct str find(const char *script, const char *first, const char *second)
{
	struct text words[] = { text_known(S("sh")),   text_known(S("-c")),         text_known(str_from(script)),
				text_known(S("name")), text_known(str_from(first)), text_known(str_from(second)) };
	struct clones_input input = { .words = words,
				      .count = first ? 6 : 3,
				      .has_command = true,
				      .variable = look_up,
				      .reference = look_up,
				      .read_file = read_file };
	struct clones found;
	struct buf text;

	if (strstr(script, "$(FIELD)") || strstr(script, "$(PLAIN)"))
		words[2].state = TEXT_UNKNOWN;
	found = clones_find(&input, &unit_arena);
	buf_init(&text);
	for (size_t i = 0; i < found.count; i++) {
		buf_add_cstring(&text, i > 0 ? " | " : "");
		add_text(&text, &found.checkouts[i].url.text);
		buf_add_char(&text, ' ');
		add_text(&text, &found.checkouts[i].ref.text);
	}
	if (found.trouble)
		buf_printf(&text, "[%s]", found.trouble);
	return buf_keep(&text, &unit_arena);
}

struct row {
	const char *script, *expected;
};

static void check(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_row(find(rows[i].script, "one", "two"), rows[i].expected, rows[i].script);
}

#define NOBODY(name) "?(neither the pod template nor the script sets the shell variable " name ")"
#define SETS(name, how) "?(the script sets the shell variable " name " " how ")"
#define UNKNOWN(name) SETS(name, "to something that isn't known")

static void a_variable_of_the_container_is_what_it_is_there(void **state)
{
	static const struct row rows[] = {
		{ "git clone -b $BRANCH $REPO", "u:a main" },
		{ "git clone -b\"${BRANCH}\" --depth 1 \"$BASE/a.git\"", "https://h/g/a.git main" },
		{ "git clone -b ${BRANCH:-dev} ${REPO?no}", "u:a main" },
		{ "git clone -b ${EMPTY:-dev} u:a", "u:a dev" },
		{ "git clone -b \"${EMPTY:-$BRANCH}\" u:a", "u:a main" },
		{ "git clone -b ${EMPTY:-\"dev\"} u:a", "u:a dev" },
		{ "git clone $EMPTY -b dev u:a", "u:a dev" },
		{ "git clone -b $LINE u:a", "u:a main" },
		{ "git clone -b ${NONE:-dev} u:a", "u:a " NOBODY("NONE") },
		{ "git clone -b $FIELD u:a", "u:a ?(the variable FIELD is not known: it is a field)" },
		{ "git clone -b \"$BLANKS\" u:a", "u:a main dev" },
		{ "git clone -b $BLANKS u:a",
		  "u:a ?(the shell would split a value in it, or match it with the names of files)" },
		{ "git clone -b main u:$PWD", NOBODY("PWD") " main" },
		{ "IFS=/; git clone -b main $BASE",
		  "?(the shell would split a value in it, or match it with the names of files) main" },
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void what_a_script_assigns_for_sure_is_known(void **state)
{
	static const struct row rows[] = {
		{ "B=dev; git clone -b $B u:a", "u:a dev" },
		{ "export B=dev R=u:b; git clone -b $B $R", "u:b dev" },
		{ "BRANCH=dev; git clone -b $BRANCH u:a", "u:a dev" },
		{ "B=one; B=two; git clone -b $B u:a", "u:a two" },
		{ "B=$BRANCH-x; C=\"$B/y\"; git clone -b ${C} u:a", "u:a main-x/y" },
		{ "apk add git && B=dev && git clone -b $B u:a", "u:a dev" },
		{ "if x; then B=dev; git clone -b $B u:a; fi", "u:a dev" },
		{ "if x; then B=dev; else B=dev; fi; B=dev; git clone -b $B u:a", "u:a dev" },
		{ "(B=dev; git clone -b $B u:a)", "u:a dev" },
		{ "B=dev; (B=other); git clone -b $B u:a", "u:a dev" },
		{ "B=dev; X=$(B=other); git clone -b $B u:a", "u:a dev" },
		{ "B=dev; B=other git fetch; git clone -b $B u:a", "u:a dev" },
		{ ": ${EMPTY:=dev}; git clone -b $EMPTY u:a", "u:a dev" },
		{ "unset BRANCH; git clone -b ${BRANCH-dev} u:a", "u:a dev" },
		{ "f() { B=dev; }; f; git clone -b $B u:a", "u:a dev" },
		{ "f() { git clone -b $2 $1; }; f u:a dev; f u:b main", "u:a dev | u:b main" },
		{ "f() { r=$1; shift; git clone \"$r\" \"$@\"; }; f u:a -b dev", "u:a dev" },
		{ "f() { git clone -b ${2:-dev} $1; }; f u:a", "u:a dev" },
		{ "git clone -b $1 u:$2", "u:two one" },
		{ "B=dev sh -c 'git clone -b $B u:a'", "u:a dev" },
		{ "env B=dev sh -c 'git clone -b $B u:a'", "u:a dev" },
		{ "export B=dev; sh -c 'git clone -b $B u:a'", "u:a dev" },
		{ "BRANCH=dev; sh -c 'git clone -b $BRANCH u:a'", "u:a dev" },
		{ "set -a; B=dev; sh -c 'git clone -b $B u:a'", "u:a dev" },
		{ "B=dev; sh -c \"git clone -b $B u:a\"", "u:a dev" },
		{ "sh -c 'git clone -b $1 $0' u:a dev", "u:a dev" },
		{ "eval B=dev; git clone -b $B u:a", "u:a dev" },
		{ "eval \"$(ssh-agent -s)\"; git clone -b $BRANCH u:a", "u:a main" },
		{ "while :; do git clone -b $BRANCH u:a && break; sleep 1; done", "u:a main" },
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void what_a_script_may_assign_is_not_known(void **state)
{
	static const struct row rows[] = {
		{ "B=main; if x; then B=dev; fi; git clone -b $B u:a", "u:a " SETS("B", "in a condition") },
		{ "[ -z \"$BRANCH\" ] && BRANCH=dev; git clone -b $BRANCH u:a",
		  "u:a " SETS("BRANCH", "in a condition") },
		{ "x || BRANCH=dev; git clone -b $BRANCH u:a", "u:a " SETS("BRANCH", "in a condition") },
		{ "case $X in a) B=a ;; *) B=b ;; esac; git clone -b $B u:a", "u:a " SETS("B", "in a condition") },
		{ "curl -f u && BRANCH=dev; git clone -b $BRANCH u:a", "u:a " SETS("BRANCH", "where it may not run") },
		{ "for B in a b; do git clone -b $B u:a; done", "u:a " SETS("B", "in a loop") },
		{ "for i in 1 2; do git clone -b $B u:a; B=dev; done", "u:a " SETS("B", "in a loop") },
		{ "f() { B=dev; }; for i in 1; do git clone -b $B u:a; f; done", "u:a " SETS("B", "in a loop") },
		{ "B=dev | cat; git clone -b $B u:a", "u:a " SETS("B", "in a pipeline or in the background") },
		{ "{ BRANCH=dev; } | cat; git clone -b $BRANCH u:a",
		  "u:a " SETS("BRANCH", "in a pipeline or in the background") },
		{ "k() { BRANCH=dev; }; echo x | { k; }; git clone -b $BRANCH u:a",
		  "u:a " SETS("BRANCH", "in a pipeline or in the background") },
		{ "k() { BRANCH=dev; }; x && k; git clone -b $BRANCH u:a",
		  "u:a " SETS("BRANCH", "where it may not run") },
		{ "BRANCH=dev & git clone -b $BRANCH u:a",
		  "u:a " SETS("BRANCH", "in a pipeline or in the background") },
		{ "(B=dev); git clone -b $B u:a", "u:a " NOBODY("B") },
		{ "B=dev sh -c 'git clone u:a'; git clone -b $B u:b", "u:a - | u:b " NOBODY("B") },
		{ "f() { :; }; BRANCH=dev f; git clone -b $BRANCH u:a",
		  "u:a " SETS("BRANCH", "in front of a command that may keep it") },
		{ "BRANCH=dev :; git clone -b $BRANCH u:a",
		  "u:a " SETS("BRANCH", "in front of a command that may keep it") },
		{ "read BRANCH; git clone -b $BRANCH u:a", "u:a " UNKNOWN("BRANCH") },
		{ "BRANCH=$(cat f); git clone -b $BRANCH u:a", "u:a " UNKNOWN("BRANCH") },
		{ "BRANCH+=x; git clone -b $BRANCH u:a", "u:a " UNKNOWN("BRANCH") },
		{ "((BRANCH=1)); git clone -b $BRANCH u:a", "u:a " SETS("BRANCH", "in a loop") },
		{ "printf -v BRANCH %s dev; git clone -b $BRANCH u:a", "u:a " UNKNOWN("BRANCH") },
		{ ". ./env; git clone -b $BRANCH u:a",
		  "u:a ?(the shell variable BRANCH may be set otherwise: the script reads variables from a file)" },
		{ "eval \"$(cat f)\"; git clone -b $BRANCH u:a",
		  "u:a ?(the shell variable BRANCH may be set otherwise: eval runs text that isn't known)" },
		{ "export \"$X=dev\"; git clone -b $BRANCH u:a",
		  "u:a ?(the shell variable BRANCH may be set otherwise: the script sets a shell variable whose name "
		  "isn't known)" },
		{ "B=dev; sh -c 'git clone -b $B u:a'", "u:a " NOBODY("B") },
		{ "sudo sh -c 'git clone -b $BRANCH u:a'",
		  "u:a ?(a command in front of it may take the variables away)" },
		{ "sudo -E sh -c 'git clone -b $BRANCH u:a'", "u:a main" },
		{ "su - x -c 'git clone -b $BRANCH u:a'",
		  "u:a ?(a command in front of it may take the variables away)" },
		{ "su x -c 'git clone -b $BRANCH u:a'", "u:a main" },
		{ "BRANCH=$(cat f); sh -c \"git clone -b $BRANCH u:a\"", "u:a " UNKNOWN("BRANCH") },
		{ "shift $n; git clone -b $1 u:a", "u:a ?(it has a parameter of the script in it that isn't known)" },
		{ "set -- $x; git clone -b $1 u:a", "u:a ?(it has a parameter of the script in it that isn't known)" },
		{ "d=$(mktemp -d); git clone u:a $d; cd $d; git checkout v1; d=$(mktemp -d); git clone u:b $d; cd $d; "
		  "git checkout v2",
		  "u:a v1 | u:b v2" },
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void userinfo_that_is_not_known_is_dropped(void **state)
{
	static const struct row rows[] = {
		{ "git clone https://$NONE@h/a.git", "https://h/a.git -" },
		{ "git clone \"https://x:${TOKEN}@h/a.git\"", "https://h/a.git -" },
		{ "git clone https://$(cat a/b@c):$FIELD@h/a.git", "https://h/a.git -" },
		{ "git clone https://$(FIELD):$(PLAIN)@h/a.git", "https://h/a.git -" },
		{ "git clone 'https://$(FIELD)@h/a.git'", "https://h/a.git -" },
		{ "R=https://x:$FIELD@h/a.git; git clone $R", "https://h/a.git -" },
		{ "git clone https://$BOTH/a.git", "https://h/a.git -" },
		{ "git clone $NONE@h:a.git", "git@h:a.git -" },
		{ "git clone ssh://$NONE@h/a.git", "ssh://git@h/a.git -" },
		{ "git init; git remote add origin https://$NONE@h/a.git; git pull origin v1", "https://h/a.git v1" },
		{ "git clone https://x@h/$NONE@b/a.git", NOBODY("NONE") " -" },
		{ "git clone https://$FIELD@$NONE/a.git", NOBODY("NONE") " -" },
		{ "git clone $NONE@h/a.git", NOBODY("NONE") " -" },
		{ "git clone $NONE://x@h/a.git", NOBODY("NONE") " -" },
		{ "git clone https://$NONE/a.git", NOBODY("NONE") " -" },
		{ "git clone https://h/$PLAIN.git", "https://h/s3cr3t.git{PLAIN} -" },
		{ "git clone -b$PLAIN u:a", "u:a s3cr3t{PLAIN}" },
		{ "git clone --branch=$PLAIN u:a", "u:a s3cr3t{PLAIN}" },
		{ "B=x-$PLAIN; git clone -b $B u:a", "u:a x-s3cr3t{PLAIN}" },
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void what_never_runs_is_no_clone(void **state)
{
	static const struct row rows[] = {
		{ "exit 0; git clone u:a", "" },
		{ "exec nginx; git clone u:a", "" },
		{ "exec >log; git clone u:a", "u:a -" },
		{ "if false; then git clone u:a; else git clone u:b; fi", "u:b -" },
		{ "if true; then git clone u:a; elif x; then git clone u:b; else git clone u:c; fi", "u:a -" },
		{ "if x && false; then git clone u:a; fi", "" },
		{ "if x || false; then git clone u:a; fi", "u:a -" },
		{ "if x && true; then git clone u:a; else git clone u:b; fi", "u:a - | u:b -" },
		{ "false && git clone u:a", "" },
		{ "false && git clone u:a || git clone u:b", "u:b -" },
		{ "true || git clone u:a; git clone u:b", "u:b -" },
		{ "! true && git clone u:a", "" },
		{ "while false; do git clone u:a; done", "" },
		{ "until true; do git clone u:a; done", "" },
		{ "until false; do git clone u:a; break; done", "u:a -" },
		{ "if x; then exit 0; git clone u:a; fi; git clone u:b", "u:b -" },
		{ "[ -d x ] && exit 0; git clone u:a", "u:a -" },
		{ "x && exit 0; git clone u:a", "u:a -" },
		{ "x || { echo no; exit 1; }; git clone u:a", "u:a -" },
		{ "(exit 0); git clone u:a", "u:a -" },
		{ "(exit 0; git clone u:a); git clone u:b", "u:b -" },
		{ "for i in $x; do exit; done; git clone u:a", "u:a -" },
		{ "exit | cat; git clone u:a", "u:a -" },
		{ "sh -c 'exit 0; git clone u:a'; git clone u:b", "u:b -" },
		{ "f() { return; git clone u:a; }; f; git clone u:b", "u:b -" },
		{ "f() { exit; }; f; git clone u:b", "" },
		{ "f() { if x; then return; fi; git clone u:a; }; f", "u:a -" },
		{ "false | true && git clone u:a", "u:a -" },
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void scripts_in_files_are_read(void **state)
{
	static const struct row rows[] = {
		{ "sh /s/clone.sh dev", "u:a dev" },
		{ "/s/clone.sh dev", "u:a dev" },
		{ "cd /s && ./clone.sh dev", "u:a dev" },
		{ "bash -eux /s/clone.sh dev", "u:a dev" },
		{ ". /s/env; git clone -b $B u:a; f main", "u:a dev | u:f main" },
		{ "sh /s/env; git clone -b $B u:a", "u:a " NOBODY("B") },
		{ "/s/python", "" },
		{ "/s/run", "u:a main" },
		{ "/s/other", "" },
		{ "sh /s/gone", "[the script /s/gone is not known: it is gone]" },
		{ "sh /s/own", "u:own -" },
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void text_that_only_a_shell_has_is_said(void **state)
{
	static const struct row rows[] = {
		{ "sh <<EOF\ngit clone u:a\nEOF\n", "[a shell reads its commands from a here-document]" },
		{ "bash -s <<< 'git clone u:a'", "[a shell reads its commands from a here-document]" },
		{ "cat <<EOF\ngit clone u:a\nEOF\nsh -c :", "" },
		{ "echo git clone u:a | sh", "[a shell reads its commands from a pipe]" },
		{ "echo x | base64 -d | sh", "[a shell reads its commands from a pipe]" },
		{ "echo x | sh", "" },
		{ "eval \"git clone $NONE\"", "[eval runs text that isn't known]" },
		{ "eval \"$NONE\"", "" },
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void work_is_limited(void **state)
{
	struct buf script;

	(void)state;
	/* Each value twice as long as the one before. */
	buf_init(&script);
	buf_add_cstring(&script, "X=u:aaaaaaaa;");
	for (size_t i = 0; i < 40; i++)
		buf_add_cstring(&script, "X=$X$X;");
	buf_add_cstring(&script, "git clone $X");
	buf_add_char(&script, '\0');
	assert_str(find(buf_str(&script).ptr, NULL, NULL), "?(a value in it is too long) -");
	buf_release(&script);
	/* Assignments, losses and ends that could each be the last. */
	buf_init(&script);
	for (size_t i = 0; i < 3000; i++)
		buf_printf(&script, "if x; then X=%zu; . ./f; exit; fi\ngit clone $X\n", i);
	buf_add_char(&script, '\0');
	find(buf_str(&script).ptr, NULL, NULL);
	buf_release(&script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_variable_of_the_container_is_what_it_is_there),
		TEST(what_a_script_assigns_for_sure_is_known),
		TEST(what_a_script_may_assign_is_not_known),
		TEST(userinfo_that_is_not_known_is_dropped),
		TEST(what_never_runs_is_no_clone),
		TEST(scripts_in_files_are_read),
		TEST(text_that_only_a_shell_has_is_said),
		TEST(work_is_limited),
	};

	return unit_run(tests);
}
