/* SPDX-License-Identifier: Apache-2.0 */
#include "base/spawn.h"

#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Much more than a pipe holds. */
#define LARGE ((size_t)4 * 1024 * 1024)
/* What a loaded machine may take for anything. */
#define PATIENCE_MS 20000

/* Is there no descriptor for processes, as with old kernels? */
static bool is_kernel_old;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	va_list arguments;
	long first, second;

	va_start(arguments, number);
	first = va_arg(arguments, long);
	second = va_arg(arguments, long);
	va_end(arguments);
	assert_int_equal(number, SYS_pidfd_open);
	errno = ENOSYS;
	return is_kernel_old ? -1 : __real_syscall(number, first, second);
}

/* What poll fails with, and how often: first by a signal, then by `poll_error` for good; 0: it does not fail. */
static int poll_error;
static unsigned polls_interrupted;

int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	if (polls_interrupted > 0) {
		polls_interrupted--;
		errno = EINTR;
		return -1;
	}
	errno = poll_error;
	return poll_error != 0 ? -1 : __real_poll(fds, count, timeout);
}

static struct spawn_result result;

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A shell that runs `script`, with what most tests want. */
static struct spawn shell(const char *script)
{
	const char **argv = arena_array(&unit_arena, 4, sizeof(*argv));

	argv[0] = "/bin/sh";
	argv[1] = "-c";
	argv[2] = script;
	return (struct spawn){ .argv = argv, .timeout_ms = PATIENCE_MS, .output_limit = 10 * LARGE };
}

static void run(const struct spawn *spawn)
{
	assert_succeeds(spawn_run(spawn, &unit_arena, &result, &unit_err));
}

/* Is the process gone within a moment? A zombie, which somebody else has to wait for, is. */
static bool is_gone(pid_t pid)
{
	for (int64_t until = now_ms() + PATIENCE_MS; now_ms() < until;) {
		const struct timespec moment = { .tv_nsec = 5000000 };
		struct str path = arena_printf(&unit_arena, "/proc/%d/stat", pid);
		FILE *file = fopen(path.ptr, "r");
		char state = 'Z';

		if (!file)
			return true;
		if (fscanf(file, "%*d %*s %c", &state) != 1)
			state = 'Z';
		fclose(file);
		if (state == 'Z' || state == 'X')
			return true;
		nanosleep(&moment, NULL);
	}
	return false;
}

static pid_t pid_in(struct str text)
{
	pid_t pid = (pid_t)strtol(text.ptr, NULL, 10);

	assert_true(pid > 1);
	return pid;
}

static void output_and_exit_status_are_the_result(void **state)
{
	struct spawn spawn = shell("echo out; echo err >&2; exit 3");

	(void)state;
	spawn.errors = SPAWN_ERRORS_KEPT;
	run(&spawn);
	assert_int_equal(result.end, SPAWN_EXITED);
	assert_int_equal(result.status, 3);
	assert_str(result.output, "out\n");
	assert_str(result.errors, "err\n");
}

static void old_kernels_without_pidfd_do_as_well(void **state)
{
	is_kernel_old = true;
	output_and_exit_status_are_the_result(state);
	is_kernel_old = false;
}

static void errors_that_are_dropped_are_not_kept(void **state)
{
	struct spawn spawn = shell("echo err >&2");

	(void)state;
	spawn.errors = SPAWN_ERRORS_DROPPED;
	run(&spawn);
	assert_int_equal(result.end, SPAWN_EXITED);
	assert_str(result.errors, "");
}

static void only_the_beginning_of_errors_is_kept(void **state)
{
	struct spawn spawn = shell("head -c 1000000 /dev/zero >&2; echo end");

	(void)state;
	spawn.errors = SPAWN_ERRORS_KEPT;
	run(&spawn);
	assert_str(result.output, "end\n");
	assert_int_equal(result.errors.len, SPAWN_ERRORS_LIMIT);
}

static void much_goes_both_ways_at_once(void **state)
{
	struct spawn spawn = shell("tee /dev/stderr");
	char *text = arena_alloc(&unit_arena, LARGE);

	(void)state;
	for (size_t i = 0; i < LARGE; i++)
		text[i] = (char)(i * 31 >> 3);
	spawn.input = (struct str){ text, LARGE };
	spawn.errors = SPAWN_ERRORS_KEPT;
	run(&spawn);
	assert_true(str_equal(result.output, spawn.input));
	assert_int_equal(result.errors.len, SPAWN_ERRORS_LIMIT);
}

static void input_need_not_be_read(void **state)
{
	struct spawn spawn = shell("exec <&-; echo done");

	(void)state;
	spawn.input = (struct str){ arena_alloc(&unit_arena, LARGE), LARGE };
	run(&spawn);
	assert_int_equal(result.end, SPAWN_EXITED);
	assert_str(result.output, "done\n");
}

static void the_deadline_ends_the_child_and_keeps_what_it_wrote(void **state)
{
	struct spawn spawn = shell("echo first; exec sleep 1000");
	int64_t begin = now_ms();

	(void)state;
	spawn.timeout_ms = 300;
	run(&spawn);
	assert_int_equal(result.end, SPAWN_TIMED_OUT);
	assert_str(result.output, "first\n");
	assert_in_range(now_ms() - begin, 300, PATIENCE_MS);
}

static void a_child_that_closed_its_output_has_a_deadline_too(void **state)
{
	struct spawn spawn = shell("exec >&- 2>&-; exec sleep 1000");

	(void)state;
	spawn.timeout_ms = 300;
	run(&spawn);
	assert_int_equal(result.end, SPAWN_TIMED_OUT);
}

static void what_the_child_started_ends_at_the_deadline(void **state)
{
	struct spawn spawn = shell("trap '' TERM INT HUP; sleep 1000 & echo $!; wait");

	(void)state;
	spawn.timeout_ms = 500;
	run(&spawn);
	assert_int_equal(result.end, SPAWN_TIMED_OUT);
	assert_true(is_gone(pid_in(result.output)));
}

static void what_the_child_leaves_behind_ends_with_it(void **state)
{
	struct spawn spawn = shell("sleep 1000 & echo $!; exit 4");
	int64_t begin = now_ms();

	(void)state;
	run(&spawn);
	assert_int_equal(result.end, SPAWN_EXITED);
	assert_int_equal(result.status, 4);
	assert_true(now_ms() - begin < PATIENCE_MS);
	assert_true(is_gone(pid_in(result.output)));
}

static void too_much_output_ends_the_child(void **state)
{
	struct spawn spawn = shell("yes");

	(void)state;
	spawn.output_limit = 100000;
	run(&spawn);
	assert_int_equal(result.end, SPAWN_TOO_MUCH);
	assert_int_equal(result.output.len, 100000);
}

static void output_up_to_the_limit_is_not_too_much(void **state)
{
	struct spawn spawn = shell("printf 12345");

	(void)state;
	spawn.output_limit = 5;
	run(&spawn);
	assert_int_equal(result.end, SPAWN_EXITED);
	assert_str(result.output, "12345");
}

static void a_signal_that_ends_the_child_is_told(void **state)
{
	struct spawn spawn = shell("kill -TERM $$; sleep 1000");

	(void)state;
	run(&spawn);
	assert_int_equal(result.end, SPAWN_SIGNALLED);
	assert_int_equal(result.status, SIGTERM);
}

static void signals_that_are_ignored_or_blocked_are_reset_for_the_child(void **state)
{
	struct spawn spawn = shell("kill -PIPE $$; echo alive");
	sigset_t term, before;

	(void)state;
	run(&spawn); /* main ignores SIGPIPE */
	assert_int_equal(result.end, SPAWN_SIGNALLED);
	assert_int_equal(result.status, SIGPIPE);

	sigemptyset(&term);
	sigaddset(&term, SIGUSR1);
	sigprocmask(SIG_BLOCK, &term, &before);
	spawn = shell("kill -USR1 $$; echo alive");
	run(&spawn);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_int_equal(result.end, SPAWN_SIGNALLED);
	assert_int_equal(result.status, SIGUSR1);
}

/* Fields 1, 5 and 6 of /proc/PID/stat: process, group and session. */
#define TELL_IDS "set -- $(cat /proc/$$/stat); echo $1 $5 $6"

static void the_child_has_a_session_of_its_own(void **state)
{
	struct spawn spawn = shell(TELL_IDS);
	int pid, group, session;

	(void)state;
	run(&spawn);
	assert_int_equal(sscanf(result.output.ptr, "%d %d %d", &pid, &group, &session), 3);
	assert_int_equal(group, pid);
	assert_int_equal(session, pid);
}

static void a_child_that_joins_our_group_stays_in_it(void **state)
{
	struct spawn spawn = shell(TELL_IDS);
	int pid, group, session;

	(void)state;
	spawn.joins_group = true;
	run(&spawn);
	assert_int_equal(sscanf(result.output.ptr, "%d %d %d", &pid, &group, &session), 3);
	assert_int_equal(group, getpgrp());
	assert_int_equal(session, getsid(0));
}

static void a_child_in_our_group_has_a_deadline_too(void **state)
{
	struct spawn spawn = shell("echo $$; exec sleep 1000");

	(void)state;
	spawn.joins_group = true;
	spawn.timeout_ms = 300;
	run(&spawn);
	assert_int_equal(result.end, SPAWN_TIMED_OUT);
	assert_true(is_gone(pid_in(result.output)));
}

static void input_that_is_held_does_not_end_before_the_child(void **state)
{
	struct spawn spawn = shell("read line; echo \"$line\"; read more; echo ended");

	(void)state;
	spawn.input = S("a line\n");
	run(&spawn);
	assert_str(result.output, "a line\nended\n");

	spawn.holds_input = true;
	spawn.timeout_ms = 500;
	run(&spawn);
	assert_int_equal(result.end, SPAWN_TIMED_OUT);
	assert_str(result.output, "a line\n");
}

static void the_environment_is_ours_or_the_given_one(void **state)
{
	static const char *const environment[] = { "GIVEN=one", NULL };
	struct spawn spawn = shell("echo \"$GIVEN$HOME_OF_TEST\"");

	(void)state;
	setenv("HOME_OF_TEST", "ours", 1);
	run(&spawn);
	assert_str(result.output, "ours\n");
	spawn.environment = environment;
	run(&spawn);
	assert_str(result.output, "one\n");
	unsetenv("HOME_OF_TEST");
}

static void names_without_a_slash_are_found_on_path(void **state)
{
	static const char *const argv[] = { "printf", "%s", "a b;$(c)", NULL };
	struct spawn spawn = { .argv = argv, .timeout_ms = PATIENCE_MS, .output_limit = 100 };

	(void)state;
	run(&spawn);
	assert_str(result.output, "a b;$(c)");
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
	static const char *const argv[] = { "/nowhere/program", NULL };
	struct spawn spawn = { .argv = argv };

	(void)state;
	assert_fails(spawn_run(&spawn, &unit_arena, &result, &unit_err),
		     "/nowhere/program can't be started: No such file or directory");
}

static size_t count_descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

static void no_descriptor_is_left_or_given_away(void **state)
{
	static const char *const nothing[] = { "/nowhere/program", NULL };
	struct spawn spawn = shell("ls -l /proc/self/fd | grep -c -e ' [3-9][0-9]* -> pipe' -e ' [3-9][0-9]* -> anon'");
	struct spawn wrong = { .argv = nothing, .errors = SPAWN_ERRORS_KEPT };
	size_t before = count_descriptors();
	int ends[2];

	(void)state;
	spawn.errors = SPAWN_ERRORS_KEPT;
	run(&spawn);
	assert_str(result.output, "0\n");
	assert_false(spawn_run(&wrong, &unit_arena, &result, &unit_err));
	spawn = shell("exec sleep 1000");
	spawn.timeout_ms = 1;
	run(&spawn);
	assert_int_equal(count_descriptors(), before);

	/* What others open for the child is theirs to give. */
	assert_int_equal(pipe(ends), 0);
	spawn = shell(arena_printf(&unit_arena, "[ -p /proc/self/fd/%d ] && echo there", ends[0]).ptr);
	run(&spawn);
	assert_str(result.output, "there\n");
	close(ends[0]);
	close(ends[1]);
}

/* Runs `spawn` in a process of its own, which gets `signal` when the child has begun; returns how that process ended. */
static int end_with_signal(const struct spawn *spawn, int signal, pid_t *grandchild)
{
	int ends[2], status;
	char text[32] = { 0 };
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		/* Below nohup one of them would be ignored. */
		sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
		dup2(ends[1], STDERR_FILENO);
		(void)!spawn_run(spawn, &unit_arena, &result, &unit_err);
		_exit(99);
	}
	close(ends[1]);
	assert_true(read(ends[0], text, sizeof(text) - 1) > 0);
	close(ends[0]);
	*grandchild = pid_in(str_from(text));
	assert_int_equal(kill(pid, signal), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void a_signal_that_ends_us_ends_the_child_first(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

	(void)state;
	for (size_t i = 0; i < COUNT(signals); i++) {
		struct spawn spawn = shell("sleep 1000 & echo $! >&2; wait");
		pid_t grandchild;
		int status = end_with_signal(&spawn, signals[i], &grandchild);

		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), signals[i]);
		assert_true(is_gone(grandchild));
	}
}

static void a_child_that_waits_for_the_end_of_its_input_ends_when_we_are_killed(void **state)
{
	struct spawn spawn = shell("echo $$ >&2; exec cat");
	pid_t child;
	int status;

	(void)state;
	spawn.holds_input = true;
	status = end_with_signal(&spawn, SIGKILL, &child);
	assert_true(WIFSIGNALED(status));
	assert_true(is_gone(child));
}

static void a_poll_that_fails_ends_the_child_and_a_signal_does_not(void **state)
{
	struct spawn spawn = {
		.argv = (const char *const[]){ "sh", "-c", "echo done", NULL },
		.errors = SPAWN_ERRORS_DROPPED,
		.timeout_ms = PATIENCE_MS,
		.output_limit = 100,
	};
	int64_t start = now_ms();

	(void)state;
	polls_interrupted = 3;
	assert_succeeds(spawn_run(&spawn, &unit_arena, &result, &unit_err));
	assert_str(result.output, "done\n");
	assert_int_equal(polls_interrupted, 0);
	poll_error = ENOMEM;
	spawn.argv = (const char *const[]){ "sleep", "1000", NULL };
	assert_fails(spawn_run(&spawn, &unit_arena, &result, &unit_err),
		     arena_printf(&unit_arena, "can't be waited for: %s", strerror(ENOMEM)).ptr);
	poll_error = 0;
	assert_true(now_ms() - start < PATIENCE_MS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(output_and_exit_status_are_the_result),
		TEST(old_kernels_without_pidfd_do_as_well),
		TEST(errors_that_are_dropped_are_not_kept),
		TEST(only_the_beginning_of_errors_is_kept),
		TEST(much_goes_both_ways_at_once),
		TEST(input_need_not_be_read),
		TEST(the_deadline_ends_the_child_and_keeps_what_it_wrote),
		TEST(a_child_that_closed_its_output_has_a_deadline_too),
		TEST(what_the_child_started_ends_at_the_deadline),
		TEST(what_the_child_leaves_behind_ends_with_it),
		TEST(too_much_output_ends_the_child),
		TEST(output_up_to_the_limit_is_not_too_much),
		TEST(a_signal_that_ends_the_child_is_told),
		TEST(signals_that_are_ignored_or_blocked_are_reset_for_the_child),
		TEST(the_child_has_a_session_of_its_own),
		TEST(a_child_that_joins_our_group_stays_in_it),
		TEST(a_child_in_our_group_has_a_deadline_too),
		TEST(input_that_is_held_does_not_end_before_the_child),
		TEST(the_environment_is_ours_or_the_given_one),
		TEST(names_without_a_slash_are_found_on_path),
		TEST(a_program_that_is_not_there_is_an_error),
		TEST(no_descriptor_is_left_or_given_away),
		TEST(a_poll_that_fails_ends_the_child_and_a_signal_does_not),
		TEST(a_signal_that_ends_us_ends_the_child_first),
		TEST(a_child_that_waits_for_the_end_of_its_input_ends_when_we_are_killed),
	};

	signal(SIGPIPE, SIG_IGN);
	return unit_run(tests);
}
