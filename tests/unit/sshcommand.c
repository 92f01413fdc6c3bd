/* SPDX-License-Identifier: Apache-2.0 */
#include "base/output.h"
#include "rollstamp-git/sshcommand.h"

#include "base/spawn.h"

#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/rollstamp-sshcommand-XXXXXX";

static const char *path_of(const char *name)
{
	return arena_printf(&unit_arena, "%s/%s", directory, name).ptr;
}

static void make_script(const char *name, const char *script)
{
	struct str text = arena_printf(&unit_arena, "#!/bin/sh\n%s\n", script);

	assert_succeeds(output_write_file(path_of(name), text, WAIT_MS, &unit_err));
	assert_int_equal(chmod(path_of(name), 0755), 0);
}

/* No setting; and no other git than one that has none. */
static void forget_settings(void)
{
	unsetenv("GIT_SSH_COMMAND");
	unsetenv("GIT_SSH_VARIANT");
	unsetenv("GIT_SSH");
	make_script("git", "exit 1");
}

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	make_script("options", "[ \"$1\" = -G ] && [ \"$2\" = -- ] && [ \"$3\" = host ]");
	make_script("none", "exit 1");
	make_script("git-upload-pack", "printf '%s|' $# \"$@\"");
	return setenv("PATH", arena_printf(&unit_arena, "%s:/usr/bin:/bin", directory).ptr, 1);
}

static int remove_directory(void **state)
{
	static const char *const names[] = { "git", "options", "none", "git-upload-pack" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		unlink(path_of(names[i]));
	arena_release(&unit_arena);
	return rmdir(directory);
}

/* The arguments for a call, a `|` behind each. */
static const char *shown(const struct sshcommand *command, struct str user, struct str port)
{
	struct sshcommand_call call = {
		.host = S("host"),
		.user = user,
		.port = port,
		.path = S("/x y"),
		.timeout_ms = 2500,
	};
	const char *const *argv;
	struct str text = { 0 };

	assert_succeeds(sshcommand_arguments(command, &call, &unit_arena, &argv, &unit_err));
	for (; *argv; argv++)
		text = arena_printf(&unit_arena, "%.*s%s|", STR_ARG(text), *argv);
	return text.ptr;
}

#define OPTIONS                                                                                                           \
	"-o|BatchMode=yes|-T|-a|-x|-o|ClearAllForwardings=yes|-o|ControlMaster=no|-o|UpdateHostKeys=no|-o|LogLevel=INFO|" \
	"-o|ConnectTimeout=3|"

static void by_default_it_is_openssh_which_asks_nobody_and_forwards_nothing(void **state)
{
	struct sshcommand command;

	(void)state;
	forget_settings();
	command = sshcommand_find(S("host"), &unit_arena);
	assert_string_equal(shown(&command, S("git"), S("2222")),
			    "ssh|" OPTIONS "-p|2222|--|git@host|git-upload-pack '/x y'|");
	assert_string_equal(shown(&command, S(""), S("")), "ssh|" OPTIONS "--|host|git-upload-pack '/x y'|");
}

static void a_line_gets_its_arguments_apart_from_it(void **state)
{
	struct sshcommand command;

	(void)state;
	forget_settings();
	setenv("GIT_SSH_COMMAND", "ssh -i 'my key'", 1);
	setenv("GIT_SSH", "/nowhere/ssh", 1);
	command = sshcommand_find(S("host"), &unit_arena);
	assert_string_equal(shown(&command, S(""), S("")), "/bin/sh|-c|ssh -i 'my key' \"$@\"|ssh -i 'my key'|" OPTIONS
							   "--|host|git-upload-pack '/x y'|");
}

static void the_users_configuration_counts_behind_the_line_and_before_the_program(void **state)
{
	struct sshcommand command;

	(void)state;
	forget_settings();
	make_script("git", "printf 'core.sshcommand\\nssh -1\\0core.sshcommand\\nssh -2\\0ssh.variant\\nplink\\0'");
	setenv("GIT_SSH", "/nowhere/ssh", 1);
	command = sshcommand_find(S("host"), &unit_arena);
	assert_string_equal(command.words[2], "ssh -2 \"$@\"");
	assert_int_equal(command.variant, SSHCOMMAND_PLINK);
	setenv("GIT_SSH_COMMAND", "ssh -3", 1);
	command = sshcommand_find(S("host"), &unit_arena);
	assert_string_equal(command.words[2], "ssh -3 \"$@\"");
	setenv("GIT_SSH_VARIANT", "simple", 1);
	command = sshcommand_find(S("host"), &unit_arena);
	assert_int_equal(command.variant, SSHCOMMAND_SIMPLE);
}

static void a_program_is_started_without_a_shell(void **state)
{
	struct sshcommand command;

	(void)state;
	forget_settings();
	setenv("GIT_SSH", "/my programs/ssh", 1);
	command = sshcommand_find(S("host"), &unit_arena);
	assert_string_equal(shown(&command, S(""), S("")),
			    "/my programs/ssh|" OPTIONS "--|host|git-upload-pack '/x y'|");
}

static void what_it_takes_is_told_by_its_name_or_by_asking_it(void **state)
{
	static const struct {
		const char *variable, *value, *variant;
		enum sshcommand_variant want;
	} rows[] = {
		{ "GIT_SSH", "/opt/ssh", NULL, SSHCOMMAND_OPENSSH },
		{ "GIT_SSH", "/opt/SSH.exe", NULL, SSHCOMMAND_OPENSSH },
		{ "GIT_SSH", "/opt/plink", NULL, SSHCOMMAND_PLINK },
		{ "GIT_SSH", "/opt/TortoisePlink.exe", NULL, SSHCOMMAND_TORTOISEPLINK },
		{ "GIT_SSH_COMMAND", "/opt/plink -v", NULL, SSHCOMMAND_PLINK },
		{ "GIT_SSH_COMMAND", "  ssh", NULL, SSHCOMMAND_OPENSSH },
		{ "GIT_SSH", "options", NULL, SSHCOMMAND_OPENSSH },
		{ "GIT_SSH", "none", NULL, SSHCOMMAND_SIMPLE },
		{ "GIT_SSH", "/nowhere/at-all", NULL, SSHCOMMAND_SIMPLE },
		{ "GIT_SSH_COMMAND", "X=y options", NULL, SSHCOMMAND_OPENSSH },
		{ "GIT_SSH_COMMAND", "none -x", NULL, SSHCOMMAND_SIMPLE },
		{ "GIT_SSH", "none", "auto", SSHCOMMAND_SIMPLE },
		{ "GIT_SSH", "none", "ssh", SSHCOMMAND_OPENSSH },
		{ "GIT_SSH", "none", "putty", SSHCOMMAND_PLINK },
		{ "GIT_SSH", "none", "another", SSHCOMMAND_OPENSSH },
		{ "GIT_SSH", "/opt/ssh", "simple", SSHCOMMAND_SIMPLE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sshcommand command;

		forget_settings();
		setenv(rows[i].variable, rows[i].value, 1);
		if (rows[i].variant)
			setenv("GIT_SSH_VARIANT", rows[i].variant, 1);
		command = sshcommand_find(S("host"), &unit_arena);
		assert_for(command.variant == rows[i].want, rows[i].value);
	}
}

static void plink_gets_its_own_options(void **state)
{
	struct sshcommand command;

	(void)state;
	forget_settings();
	setenv("GIT_SSH", "/opt/plink", 1);
	command = sshcommand_find(S("host"), &unit_arena);
	assert_string_equal(shown(&command, S("git"), S("2222")),
			    "/opt/plink|-batch|-P|2222|git@host|git-upload-pack '/x y'|");
}

static void a_simple_program_gets_no_options_and_no_port(void **state)
{
	const char *const *argv;
	struct sshcommand_call call = { .host = S("host"), .port = S("22"), .path = S("c"), .timeout_ms = 1 };
	struct sshcommand command;

	(void)state;
	forget_settings();
	setenv("GIT_SSH", "none", 1);
	command = sshcommand_find(S("host"), &unit_arena);
	assert_string_equal(shown(&command, S("git"), S("")), "none|git@host|git-upload-pack '/x y'|");
	assert_fails(sshcommand_arguments(&command, &call, &unit_arena, &argv, &unit_err), "GIT_SSH_VARIANT=ssh");
}

/* What a shell makes of the command for a path: how many words, and these, a `|` behind each. */
static struct str words_of(struct str path)
{
	struct sshcommand_call call = { .host = S("host"), .path = path, .timeout_ms = 1 };
	struct sshcommand command = { .words = { "ssh" }, .variant = SSHCOMMAND_SIMPLE };
	struct spawn spawn = { .timeout_ms = WAIT_MS, .output_limit = 10000 };
	const char *shell[] = { "sh", "-c", NULL, NULL };
	const char *const *argv;
	struct spawn_result result;

	assert_succeeds(sshcommand_arguments(&command, &call, &unit_arena, &argv, &unit_err));
	shell[2] = argv[2];
	spawn.argv = shell;
	assert_succeeds(spawn_run(&spawn, &unit_arena, &result, &unit_err));
	return result.output;
}

static void a_path_is_one_word_for_the_shell_of_the_server(void **state)
{
	static const char *const paths[] = {
		"/plain.git",
		"~user/x",
		"-x",
		"--upload-pack=x",
		"/$(echo a)`echo b`$HOME${HOME}",
		"/a'b''c'",
		"/a\"b\"",
		"/a\\b\\",
		"/a b  c",
		"/a;b&c|d<e>f(g)h{i,j}",
		"/a!b!!",
		"/*?[a-z]#~",
		"'",
		"''",
		"\\'",
		"!",
		"'; touch x; '",
		"/\xc3\xa4\xff",
		"/a\nb",
		"",
	};

	(void)state;
	forget_settings();
	for (size_t i = 0; i < COUNT(paths); i++)
		assert_string_equal(words_of(str_from(paths[i])).ptr, arena_printf(&unit_arena, "1|%s|", paths[i]).ptr);
	for (char c = 1; c < 127; c++) {
		struct str path = arena_printf(&unit_arena, "/%c'%c%c", c, c, c);

		assert_string_equal(words_of(path).ptr, arena_printf(&unit_arena, "1|%s|", path.ptr).ptr);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(by_default_it_is_openssh_which_asks_nobody_and_forwards_nothing),
		TEST(a_line_gets_its_arguments_apart_from_it),
		TEST(the_users_configuration_counts_behind_the_line_and_before_the_program),
		TEST(a_program_is_started_without_a_shell),
		TEST(what_it_takes_is_told_by_its_name_or_by_asking_it),
		TEST(plink_gets_its_own_options),
		TEST(a_simple_program_gets_no_options_and_no_port),
		TEST(a_path_is_one_word_for_the_shell_of_the_server),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
