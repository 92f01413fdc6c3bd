/* SPDX-License-Identifier: Apache-2.0 */
#include "base/output.h"
#include "rollstamp-git/login.h"

#include "base/file.h"

#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/rollstamp-login-XXXXXX";

static const char *path_of(const char *name)
{
	return arena_printf(&unit_arena, "%s/%s", directory, name).ptr;
}

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	return setenv("PATH", arena_printf(&unit_arena, "%s:/usr/bin:/bin", directory).ptr, 1);
}

static int remove_directory(void **state)
{
	static const char *const names[] = { "git", "input", "arguments", "environment" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		unlink(path_of(names[i]));
	arena_release(&unit_arena);
	return rmdir(directory);
}

/* A git that records how it is called, and then does what `script` says. */
static void make_git(const char *script)
{
	struct str text = arena_printf(&unit_arena,
				       "#!/bin/sh\ncat >'%s/input'\nprintf '%%s\\n' \"$@\" >'%s/arguments'\n"
				       "env >'%s/environment'\n%s\n",
				       directory, directory, directory, script);

	assert_succeeds(output_write_file(path_of("git"), text, WAIT_MS, &unit_err));
	assert_int_equal(chmod(path_of("git"), 0755), 0);
}

static struct str recorded(const char *name)
{
	struct buf text = { 0 };
	struct str copy;

	assert_succeeds(file_read(path_of(name), WAIT_MS, &text, &unit_err));
	copy = arena_dup(&unit_arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

static bool has(struct str text, const char *part)
{
	return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

/* What the last call said of its failure. */
static bool is_ours;

static void git_is_asked_with_the_url_alone_on_its_input(void **state)
{
	struct login login;

	(void)state;
	make_git("echo username=me; echo password=a=b");
	assert_succeeds(login_ask(S("https://git.example.com/a.git"), S(""), &unit_arena, &login, &is_ours, &unit_err));
	assert_str(login.user, "me");
	assert_str(login.password, "a=b");
	assert_str(recorded("input"), "url=https://git.example.com/a.git\n\n");
	assert_str(recorded("arguments"), "credential\nfill\n");
	assert_false(has(recorded("environment"), "git.example.com"));
}

static void a_user_name_is_encoded(void **state)
{
	struct login login;

	(void)state;
	make_git("echo username=me; echo password=p");
	assert_succeeds(login_ask(S("https://h/"), S("a@b:c/d \xc3\xa4"), &unit_arena, &login, &is_ours, &unit_err));
	assert_str(recorded("input"), "url=https://a%40b%3Ac%2Fd%20%C3%A4@h/\n\n");
}

static void git_can_ask_nobody(void **state)
{
	struct login login;
	struct str environment;

	(void)state;
	make_git("echo username=me; echo password=p");
	setenv("GIT_ASKPASS", "/bin/echo", 1);
	setenv("SSH_ASKPASS", "/bin/echo", 1);
	setenv("GIT_TERMINAL_PROMPT", "1", 1);
	setenv("LOGIN_OTHER", "stays", 1);
	assert_succeeds(login_ask(S("https://h/"), S(""), &unit_arena, &login, &is_ours, &unit_err));
	environment = recorded("environment");
	assert_true(has(environment, "GIT_TERMINAL_PROMPT=0\n"));
	assert_true(has(environment, "GIT_ASKPASS=\n"));
	assert_true(has(environment, "SSH_ASKPASS=\n"));
	assert_true(has(environment, "LOGIN_OTHER=stays\n"));
	assert_false(has(environment, "/bin/echo"));
	assert_false(has(environment, "GIT_TERMINAL_PROMPT=1"));
}

static void a_git_without_a_login_is_an_error_that_tells_nothing_of_what_it_said(void **state)
{
	static const char *const scripts[] = {
		"echo username=SECRET; echo password=SECRET; exit 1",
		"echo username=SECRET",
		"echo password=SECRET",
		"echo SECRET; echo SECRET >&2",
		"kill -TERM $$",
	};
	struct login login;

	(void)state;
	for (size_t i = 0; i < COUNT(scripts); i++) {
		make_git(scripts[i]);
		assert_for(!login_ask(S("https://h/SECRET"), S("SECRET"), &unit_arena, &login, &is_ours, &unit_err),
			   scripts[i]);
		assert_false(is_ours);
		assert_for(has(str_from(unit_err.text), "`git credential fill` has none"), scripts[i]);
		assert_for(!has(str_from(unit_err.text), "SECRET"), scripts[i]);
	}
}

static void a_missing_git_is_an_error(void **state)
{
	struct login login;

	(void)state;
	setenv("PATH", "/nowhere", 1);
	assert_fails(login_ask(S("https://h/"), S(""), &unit_arena, &login, &is_ours, &unit_err),
		     "git, whose credential helpers");
	assert_true(is_ours);
	setenv("PATH", arena_printf(&unit_arena, "%s:/usr/bin:/bin", directory).ptr, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(git_is_asked_with_the_url_alone_on_its_input),
		TEST(a_user_name_is_encoded),
		TEST(git_can_ask_nobody),
		TEST(a_git_without_a_login_is_an_error_that_tells_nothing_of_what_it_said),
		TEST(a_missing_git_is_an_error),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
