/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/cron.h"
#include "checkout/unfollowed.h"
#include "checkout/kept.h"
#include "shell/script.h"

#include "unit.h"

/* The words of a command, as a shell reads them. */
static struct args words_of(const char *text)
{
	struct script script;

	assert_succeeds(script_parse(str_from(text), NULL, &unit_arena, &script, &unit_err));
	assert_for(script.count == 1, text);
	return (struct args){ .words = script.commands[0].words, .count = script.commands[0].word_count };
}

static void commands_that_take_something_are_told(void **state)
{
	static const struct {
		const char *text, *what;
	} rows[] = {
		{ "git pull", "git pull" },
		{ "git -C /x fetch origin", "git fetch" },
		{ "git lfs pull", "git lfs" },
		{ "git lfs install", NULL },
		{ "git submodule update --init", "git submodule update" },
		{ "git submodule status", NULL },
		{ "git remote update", "git remote update" },
		{ "git remote add a b", NULL },
		{ "git archive --remote=x main", "git archive --remote" },
		{ "git archive main", NULL },
		{ "git push", NULL },
		{ "git status", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct gitargs command = gitargs_read(words_of(rows[i].text), &unit_arena);
		struct unfollowed found = { .what = NULL };

		assert_for(unfollowed_of_git(&command, &found) == (rows[i].what != NULL), rows[i].text);
		assert_for(!rows[i].what || strcmp(found.what, rows[i].what) == 0, rows[i].text);
	}
}

static void programs_that_check_out_are_told_and_those_that_talk_are_not(void **state)
{
	static const struct {
		const char *text, *what;
	} rows[] = {
		{ "gitpuller https://h/a main a", "gitpuller" },
		{ "/usr/bin/ansible-pull -U https://h/a", "ansible-pull" },
		{ "gh repo clone a/b", "gh repo clone" },
		{ "gh repo view a/b", NULL },
		{ "pip install git+https://h/a@main", "an installation from git" },
		{ "python3 -m pip install 'a @ git+https://h/a'", "an installation from git" },
		{ "pip install gitpython", NULL },
		{ "npx -y degit a/b", "degit" },
		{ "with-retries 3 git clone https://h/a", "git" },
		{ "with-retries git -C /x -c a=b pull", "git" },
		{ "with-retries sh -c 'cd /x && git pull'", "git" },
		{ "with-retries git push", NULL },
		{ "echo git pull", NULL },
		{ "apk add git", NULL },
		{ "printf '%s' 'git clone x'", NULL },
		{ "$X git pull", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct unfollowed found = { .what = NULL };

		assert_for(unfollowed_of_program(words_of(rows[i].text), &found) == (rows[i].what != NULL),
			   rows[i].text);
		assert_for(!rows[i].what || strcmp(found.what, rows[i].what) == 0, rows[i].text);
	}
}

static void text_that_can_not_be_read_is_looked_through_line_by_line(void **state)
{
	static const char *const is[] = { "if git clone x", "a\ngit -C x pull", "git \\\n fetch", "gh repo clone a" };
	static const char *const is_not[] = { "git\nclone", "digit clone", "git status", "a git-clone", "" };

	(void)state;
	for (size_t i = 0; i < COUNT(is); i++)
		assert_for(unfollowed_is_in(str_from(is[i])), is[i]);
	for (size_t i = 0; i < COUNT(is_not); i++)
		assert_for(!unfollowed_is_in(str_from(is_not[i])), is_not[i]);
}

static void commands_of_cron_tables_are_cut_off(void **state)
{
	static const struct {
		const char *table, *commands;
	} rows[] = {
		{ "* * * * * a b\n", "a b|" },
		{ "# c\nMAILTO=x\n\n*/5 0-3,7 * JAN mon-fri  a\n@hourly b\n", "a|b|" },
		{ "17 * * * * root a", "a|" },
		{ "@reboot a\n@daily root", "" },
		{ "* * * * * a\\n* * * * * b", "a|b|" },
		{ "a * * * * b\n* * * * b\n* * * * *", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str table = str_from(rows[i].table), command;
		struct buf out = { 0 };

		while (cron_next(&table, &command)) {
			buf_add(&out, command);
			buf_add_char(&out, '|');
		}
		assert_row(buf_str(&out), rows[i].commands, rows[i].table);
		buf_release(&out);
	}
}

static void clones_are_guarded_by_a_question_for_files(void **state)
{
	static const struct {
		const char *script, *directory;
		bool is_guarded;
	} rows[] = {
		{ "[ -d /w/repo/.git ] || HERE", "/w/repo", true },
		{ "if [ -z \"$(ls -A /w)\" ]; then HERE", "/w", true },
		{ "[[ ! -e \"$DIR/.git\" ]] && HERE", "/w/repo", true },
		{ "git -C repo rev-parse || HERE", "repo", true },
		{ "[ -d /other ] || HERE", "/w/repo", false },
		{ "[ \"$MODE\" = a ] && HERE", "/w/repo", false },
		{ "echo repo; ls /other; HERE", "/w/repo", false },
		{ "HERE [ -d /w/repo ]", "/w/repo", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t at = (size_t)(strstr(rows[i].script, "HERE") - rows[i].script);

		assert_for(kept_is_guarded(str_from(rows[i].script), at, str_from(rows[i].directory)) ==
				   rows[i].is_guarded,
			   rows[i].script);
	}
}

static void clones_may_be_left_out_by_an_exit_before_them(void **state)
{
	static const struct {
		const char *script;
		bool is_left;
	} rows[] = {
		{ "[ -d /w/repo/.git ] && exit 0; HERE", true },
		{ "if [ -d /w/repo ]; then\n  echo there\n  exit\nfi\nHERE", true },
		{ "[ -z \"$(ls -A /w/repo)\" ] || exit 0\nHERE", true },
		{ "if [ ! -d /w/repo ]; then echo; else exit 0; fi\nHERE", true },
		{ "[ -d /w/repo ] || exit 0\nHERE", false },
		{ "if [ ! -d /w/repo ]; then exit 0; fi\nHERE", false },
		{ "[ -d /w/repo ] && exit 1\nHERE", false },
		{ "if [ -d /w/repo ]; then ls; fi\n[ $A = b ] && exit 0\nHERE", false },
		{ "[ -f /other ] && exit 0\nHERE", false },
		{ "echo /w/repo exits; HERE; [ -d /w/repo ] && exit 0", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t at = (size_t)(strstr(rows[i].script, "HERE") - rows[i].script);

		assert_for(kept_is_left(str_from(rows[i].script), at, (struct str)STR("/w/repo")) == rows[i].is_left,
			   rows[i].script);
	}
}

static void clones_may_fail_where_something_harmless_stands_behind(void **state)
{
	static const struct {
		const char *script;
		bool may_fail;
	} rows[] = {
		{ "git clone a || true", true },
		{ "git clone a||:\nls", true },
		{ "git clone a || echo 'there already' >&2", true },
		{ "git clone a || exit 0", true },
		{ "git clone a || exit 1", false },
		{ "git clone a || git -C a pull", false },
		{ "git clone a || { rm -rf a; git clone a; }", false },
		{ "git clone a && true", false },
		{ "git clone a; true", false },
		{ "git clone a", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(kept_may_fail(str_from(rows[i].script), 0) == rows[i].may_fail, rows[i].script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(commands_that_take_something_are_told),
		TEST(programs_that_check_out_are_told_and_those_that_talk_are_not),
		TEST(text_that_can_not_be_read_is_looked_through_line_by_line),
		TEST(commands_of_cron_tables_are_cut_off),
		TEST(clones_are_guarded_by_a_question_for_files),
		TEST(clones_may_be_left_out_by_an_exit_before_them),
		TEST(clones_may_fail_where_something_harmless_stands_behind),
	};

	return unit_run(tests);
}
