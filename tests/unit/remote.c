/* SPDX-License-Identifier: Apache-2.0 */
#include "base/os.h"
#include "base/output.h"
#include "git/remote.h"

#include "base/file.h"
#include "git/wire.h"

#include "unit.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
/* What a loaded machine may take for anything. */
#define PATIENCE_MS 20000

static char directory[] = "/tmp/rollstamp-remote-XXXXXX";
static struct remote_query queries[2];
/* What the helper is to answer. */
static struct buf answers;

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static const char *path_of(const char *name)
{
	return arena_printf(&unit_arena, "%s/%s", directory, name).ptr;
}

static int remove_directory(void **state)
{
	(void)state;
	unlink(path_of("helper"));
	unlink(path_of("request"));
	unlink(path_of("answers"));
	unlink(path_of("started"));
	arena_release(&unit_arena);
	return rmdir(directory);
}

static void add_commits(size_t query, const char *first, const char *second)
{
	struct str commits[] = { str_from(first), str_from(second) };
	struct wire_answer answer = { .query = query, .commits = commits, .commit_count = second ? 2 : 1 };

	wire_put_answer(&answer, &answers);
}

static void add_failure(size_t query, const char *failure)
{
	struct wire_answer answer = { .query = query, .kind = WIRE_FAILURE, .sentence = str_from(failure) };

	wire_put_answer(&answer, &answers);
}

/* A helper that is a shell script, in which $answers and $request are paths, and that first prints the answers. */
static struct remote_settings make_helper(const char *script, unsigned timeout_ms)
{
	const char *path = path_of("helper");
	struct str text = arena_printf(&unit_arena, "#!/bin/sh\nanswers='%s/answers' request='%s/request'\n%s\n",
				       directory, directory, script);

	assert_succeeds(output_write_file(path, text, WAIT_MS, &unit_err));
	assert_succeeds(output_write_file(path_of("answers"), buf_str(&answers), WAIT_MS, &unit_err));
	buf_release(&answers);
	answers = (struct buf){ 0 };
	assert_int_equal(chmod(path, 0755), 0);
	return (struct remote_settings){ .timeout_ms = timeout_ms, .helper = path };
}

static bool has(struct str text, const char *part)
{
	return text.len > 0 && memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

/* Asks for two names at one remote, and for one at another. */
static void ask(const struct remote_settings *settings)
{
	static const struct str names[] = { STR("HEAD"), STR("refs/heads/main") };

	queries[0] = (struct remote_query){ .url = S("https://user:secret@one/a"), .names = names, .name_count = 2 };
	queries[1] = (struct remote_query){ .url = S("https://two/b"), .names = names, .name_count = 1 };
	assert_succeeds(remote_ask(settings, queries, 2, &unit_arena, &unit_err));
	for (size_t i = 0; i < COUNT(queries); i++) {
		assert_int_equal(queries[i].commits == NULL, queries[i].failure.len > 0);
		assert_false(has(queries[i].failure, "secret"));
		assert_true(!queries[i].is_ours || queries[i].failure.len > 0);
	}
}

static void ask_helper(const char *script)
{
	struct remote_settings settings = make_helper(script, PATIENCE_MS);

	ask(&settings);
}

static void assert_first_is_answered(void)
{
	assert_str(queries[0].failure, "");
	assert_str(queries[0].commits[0], A40);
	assert_str(queries[0].commits[1], "");
}

/* What the helper itself says of a server is a failure of the server; all else is ours. */
static void assert_failure(size_t query, const char *part)
{
	assert_int_equal(queries[query].is_ours, !has(queries[query].failure, "fire"));
	if (!has(queries[query].failure, part))
		fail_msg("query %zu: no '%s' in '%.*s'", query, part, STR_ARG(queries[query].failure));
}

static void answers_are_taken_in_any_order(void **state)
{
	(void)state;
	add_commits(1, B64, NULL);
	add_commits(0, A40, "");
	ask_helper("cat $answers");
	assert_first_is_answered();
	assert_str(queries[1].commits[0], B64);
}

static void a_failure_is_that_of_its_query(void **state)
{
	(void)state;
	add_commits(0, A40, "");
	add_failure(1, "it is on fire");
	ask_helper("cat $answers");
	assert_first_is_answered();
	assert_str(queries[1].failure, "it is on fire");
}

static void the_request_is_whole_and_the_end_of_input_stays_away(void **state)
{
	static const struct str names[] = { STR("HEAD"), STR("refs/heads/main") };
	static const struct wire_query asked[] = {
		{ STR("https://user:secret@one/a"), names, 2 },
		{ STR("https://two/b"), names, 1 },
	};
	struct wire_request request = {
		.timeout_ms = 400, .left_ms = 400, .allow_local = true, .queries = asked, .count = 2
	};
	struct remote_settings settings;
	struct buf wanted = { 0 }, got = { 0 };

	(void)state;
	wire_put_request(&request, &wanted);
	add_commits(0, A40, "");
	settings = make_helper(
		arena_printf(&unit_arena, "head -c %zu >$request; cat $answers; cat; exit 1", wanted.len).ptr, 400);
	settings.allow_local = true;
	ask(&settings);
	assert_first_is_answered();
	/* It would have ended before, if its input had. */
	assert_failure(1, "had not answered within 0.4 s");
	assert_succeeds(file_read(path_of("request"), WAIT_MS, &got, &unit_err));
	assert_true(str_equal(buf_str(&got), buf_str(&wanted)));
	buf_release(&got);
	buf_release(&wanted);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void a_helper_that_hangs_is_ended_and_what_it_answered_counts(void **state)
{
	struct remote_settings settings;
	int64_t begin;

	(void)state;
	add_commits(0, A40, "");
	settings = make_helper("cat $answers; sleep 1000 & wait", 300);
	begin = now_ms();
	ask(&settings);
	assert_in_range(now_ms() - begin, 800, PATIENCE_MS);
	assert_first_is_answered();
	assert_failure(1, "had not answered within 0.3 s");
	assert_failure(1, "--git-timeout");
}

static void a_helper_that_ends_early_is_told(void **state)
{
	(void)state;
	add_commits(0, A40, "");
	ask_helper("cat $answers; exit 7");
	assert_first_is_answered();
	assert_failure(1, "exit status 7");

	add_commits(0, A40, "");
	ask_helper("[ -e $answers.first ] || cat $answers; >$answers.first; kill -SEGV $$");
	unlink(path_of("answers.first"));
	assert_first_is_answered();
	assert_failure(1, "Segmentation fault");
}

static void those_without_an_answer_are_asked_again_when_a_signal_ends_the_helper(void **state)
{
	(void)state;
	add_commits(0, A40, "");
	ask_helper("cat >>$request & if [ -e $answers.first ]; then printf '%s' '58:1:0,7:commits,40:" A40
		   ",,'; exit 0; fi; >$answers.first; cat $answers; kill -KILL $$");
	unlink(path_of("answers.first"));
	assert_first_is_answered();
	assert_str(queries[1].failure, "");
	assert_str(queries[1].commits[0], A40);
}

static void a_helper_that_a_signal_always_ends_is_not_started_for_ever(void **state)
{
	struct buf starts = { 0 };

	(void)state;
	ask_helper("echo >>${request%request}started; kill -KILL $$");
	assert_failure(0, "Killed");
	assert_failure(1, "Killed");
	assert_succeeds(file_read(path_of("started"), WAIT_MS, &starts, &unit_err));
	assert_int_equal(starts.len, 3);
	buf_release(&starts);
}

static void trouble_of_the_helper_is_no_failure_of_the_server(void **state)
{
	struct wire_answer answer = { .query = 1, .kind = WIRE_TROUBLE, .sentence = S("it was not asked") };

	(void)state;
	add_commits(0, A40, "");
	wire_put_answer(&answer, &answers);
	ask_helper("cat $answers");
	assert_first_is_answered();
	assert_failure(1, "it was not asked");
}

static void half_an_answer_is_none(void **state)
{
	(void)state;
	add_commits(0, A40, "");
	add_failure(1, "it is on fire");
	answers.len -= 5;
	ask_helper("cat $answers");
	assert_first_is_answered();
	assert_failure(1, "ended before it had answered");
}

static void a_helper_that_can_not_start_is_told_with_what_to_look_at(void **state)
{
	(void)state;
	ask_helper("exit 127");
	assert_failure(0, "a shared library that it needs is missing");
	assert_failure(1, "ldd ");
}

static void what_is_no_answer_is_told(void **state)
{
	(void)state;
	ask_helper("echo usage: something else");
	assert_failure(0, "can't be read");
	assert_failure(1, "can't be read");

	ask_helper("yes");
	assert_failure(0, "can't be read");
	assert_failure(1, "can't be read");
}

static void answers_that_fit_no_query_are_not_taken(void **state)
{
	(void)state;
	/* A query that was not asked. */
	add_commits(2, A40, NULL);
	ask_helper("cat $answers");
	assert_failure(0, "can't be read");
	/* Too few names. */
	add_commits(0, A40, NULL);
	ask_helper("cat $answers");
	assert_failure(0, "can't be read");
	/* A second time. */
	add_commits(0, A40, "");
	add_commits(0, "", A40);
	ask_helper("cat $answers");
	assert_first_is_answered();
	assert_failure(1, "can't be read");
	/* What is no commit. */
	add_commits(0, "main", "");
	ask_helper("cat $answers");
	assert_failure(0, "can't be read");
	/* What the helper's own processes say to each other. */
	for (size_t i = 0; i < 2; i++) {
		struct wire_answer answer = { .query = 0, .kind = i == 0 ? WIRE_STARTED : WIRE_AGAIN };

		wire_put_answer(&answer, &answers);
		ask_helper("cat $answers");
		assert_failure(0, "can't be read");
	}
}

static void no_query_needs_no_helper(void **state)
{
	struct remote_settings settings = { .timeout_ms = 1, .helper = "/nowhere/rollstamp-git" };

	(void)state;
	assert_succeeds(remote_ask(&settings, NULL, 0, &unit_arena, &unit_err));
}

static void a_helper_that_can_not_be_started_is_an_error(void **state)
{
	struct remote_settings settings = { .timeout_ms = 1, .helper = "/nowhere/rollstamp-git" };
	struct remote_query query = { .url = S("https://one/a") };

	(void)state;
	assert_fails(remote_ask(&settings, &query, 1, &unit_arena, &unit_err),
		     "/nowhere/rollstamp-git can't be started");
}

static void the_places_of_a_missing_helper_are_named(void **state)
{
	struct remote_settings settings = { .timeout_ms = 1 };
	struct remote_query query = { .url = S("https://one/a") };
	char path[PATH_MAX];

	(void)state;
	/* None is beside this test, nor installed by it. */
	if (access(ROLLSTAMP_LIBEXECDIR "/rollstamp-git", X_OK) == 0)
		return;
	assert_fails(remote_ask(&settings, &query, 1, &unit_arena, &unit_err), ROLLSTAMP_LIBEXECDIR "/rollstamp-git)");
	/* Where the system does not say where a program is, the installed helper is the only one. */
	if (os_own_path(path, sizeof(path)) < 0)
		return;
	assert_fails(remote_ask(&settings, &query, 1, &unit_arena, &unit_err), "tests/unit/rollstamp-git, ");
	assert_fails(remote_ask(&settings, &query, 1, &unit_arena, &unit_err), "tests/unit/../libexec/rollstamp-git, ");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(answers_are_taken_in_any_order),
		TEST(a_failure_is_that_of_its_query),
		TEST(the_request_is_whole_and_the_end_of_input_stays_away),
		TEST(a_helper_that_hangs_is_ended_and_what_it_answered_counts),
		TEST(a_helper_that_ends_early_is_told),
		TEST(those_without_an_answer_are_asked_again_when_a_signal_ends_the_helper),
		TEST(a_helper_that_a_signal_always_ends_is_not_started_for_ever),
		TEST(trouble_of_the_helper_is_no_failure_of_the_server),
		TEST(half_an_answer_is_none),
		TEST(a_helper_that_can_not_start_is_told_with_what_to_look_at),
		TEST(what_is_no_answer_is_told),
		TEST(answers_that_fit_no_query_are_not_taken),
		TEST(no_query_needs_no_helper),
		TEST(a_helper_that_can_not_be_started_is_an_error),
		TEST(the_places_of_a_missing_helper_are_named),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
