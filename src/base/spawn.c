/* SPDX-License-Identifier: Apache-2.0 */
#include "base/spawn.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/os.h"
#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What has no descriptor that tells of it, the child's end or a signal, is looked for this often. */
#define TICK_MS 20
/* How much is still read from a pipe whose writers should be gone: more than a pipe holds. */
#define DRAIN_LIMIT ((size_t)2 * 1024 * 1024)

struct spawned {
	const struct spawn *spawn;
	pid_t pid;
	int input; /* our ends of the pipes, and what else is polled; -1: closed, or not there */
	int output;
	int errors;
	int child;
	int signals;
	struct str unwritten;
	struct buf output_bytes;
	struct buf error_bytes;
	sigset_t ending; /* the signals that are held, if so */
	bool holds_signals;
	int poll_error; /* an errno: the pipes could not be watched any more */
	bool too_much;
	bool interrupted;
	bool timed_out;
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A pipe, of which the end `ours` never blocks. The other end is the child's, which must not find that out. */
static bool open_pipe(int ends[2], int ours)
{
	if (!os_pipe(ends))
		return false;
	return fcntl(ends[ours], F_SETFL, O_NONBLOCK) == 0;
}

static short spawn_flags(const struct spawn *spawn)
{
	short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;

	return spawn->joins_group ? flags : (short)(flags | POSIX_SPAWN_SETSID);
}

/* `path` and `environment` are what of the program's description has been worked out. 0, or an errno. */
static int start(const struct spawn *spawn, const char *path, const char *const *environment, const int ends[3],
		 pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t all, none;
	int error = 0;

	sigemptyset(&none);
	sigfillset(&all);
	sigdelset(&all, SIGKILL);
	sigdelset(&all, SIGSTOP);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, spawn_flags(spawn));
	posix_spawn_file_actions_init(&actions);
	for (int i = 0; i < 3 && error == 0; i++)
		if (ends[i] >= 0)
			error = posix_spawn_file_actions_adddup2(&actions, ends[i], i);
	if (error == 0) {
		/* posix_spawn takes pointers to what it only reads. */
		error = posix_spawn(pid, path, &actions, &attributes, (char *const *)(uintptr_t)spawn->argv,
				    (char *const *)(uintptr_t)environment);
	}
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return error;
}

bool spawn_start(const struct spawn *spawn, const int ends[3], struct arena *arena, pid_t *pid, struct err *err)
{
	const char *path;
	int error;

	if (!program_find(spawn->argv[0], arena, &path, err))
		return err_prefix(err, "%s can't be started", spawn->argv[0]);
	error = start(spawn, path, program_environment(spawn->environment, arena), ends, pid);
	return error == 0 || err_set(err, "%s can't be started: %s", spawn->argv[0], strerror(error));
}

/* The child's end for standard error, and ours in run->errors. */
static bool open_errors(struct spawned *run, int *end)
{
	int ends[2] = { -1, -1 };
	bool ok = true;

	switch (run->spawn->errors) {
	case SPAWN_ERRORS_SHARED:
		break;
	case SPAWN_ERRORS_KEPT:
		ok = open_pipe(ends, 0);
		break;
	case SPAWN_ERRORS_DROPPED:
		ends[1] = open("/dev/null", O_WRONLY | O_CLOEXEC);
		ok = ends[1] >= 0;
		break;
	}
	run->errors = ends[0];
	*end = ends[1];
	return ok;
}

static bool open_and_start(struct spawned *run, struct arena *arena, struct err *err)
{
	int input[2] = { -1, -1 }, output[2] = { -1, -1 }, ends[3] = { -1, -1, -1 };
	bool ok = open_pipe(input, 1) && open_pipe(output, 0) && open_errors(run, &ends[2]);

	if (!ok)
		err_set(err, "%s can't be started: %s", run->spawn->argv[0], strerror(errno));
	run->input = input[1];
	run->output = output[0];
	ends[0] = input[0];
	ends[1] = output[1];
	if (ok)
		ok = spawn_start(run->spawn, ends, arena, &run->pid, err);
	for (int i = 0; i < 3; i++)
		close_fd(&ends[i]);
	if (!ok)
		return false;
	run->child = os_watch_child(run->pid);
	return true;
}

static void write_input(struct spawned *run)
{
	while (run->unwritten.len > 0) {
		ssize_t wrote = write(run->input, run->unwritten.ptr, run->unwritten.len);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0 && errno == EAGAIN)
			return;
		if (wrote < 0) {
			/* A child that does not want to read its input may do so. */
			close_fd(&run->input);
			return;
		}
		run->unwritten = str_skip(run->unwritten, (size_t)wrote);
	}
	if (!run->spawn->holds_input)
		close_fd(&run->input);
}

/* Reads what there is, at most `most` bytes; appends to `into` as long as that has less than `limit`. */
static void read_some(int *fd, struct buf *into, size_t limit, size_t most)
{
	char chunk[16 * 1024];

	while (*fd >= 0 && most > 0) {
		ssize_t got = read(*fd, chunk, sizeof(chunk) < most ? sizeof(chunk) : most);
		size_t room = limit - into->len;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) {
			close_fd(fd);
			return;
		}
		most -= (size_t)got;
		buf_add(into, (struct str){ chunk, (size_t)got < room ? (size_t)got : room });
	}
}

static void read_output(struct spawned *run, size_t most)
{
	/* One byte more than it may have shows that it has too many. */
	read_some(&run->output, &run->output_bytes, run->spawn->output_limit + 1, most);
	run->too_much = run->output_bytes.len > run->spawn->output_limit;
}

static bool has_ended(const struct spawned *run)
{
	siginfo_t info = { 0 };

	/* The child stays a zombie, so that nobody else can get its number before its group is killed. */
	return waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == run->pid;
}

static int poll_timeout(const struct spawned *run, int64_t deadline)
{
	int64_t left = deadline - clock_ms();

	if (left < 0)
		left = 0;
	if ((run->child < 0 || (run->holds_signals && run->signals < 0)) && left > TICK_MS)
		left = TICK_MS;
	return left > INT_MAX ? INT_MAX : (int)left;
}

/* Until the child ends, or must be ended. */
static void attend(struct spawned *run)
{
	int64_t deadline = run->spawn->timeout_ms > 0 ? clock_ms() + run->spawn->timeout_ms : INT64_MAX / 2;

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = run->unwritten.len > 0 ? run->input : -1, .events = POLLOUT },
			{ .fd = run->output, .events = POLLIN },
			{ .fd = run->errors, .events = POLLIN },
			{ .fd = run->child, .events = POLLIN },
			{ .fd = run->signals, .events = POLLIN },
		};

		if (poll(fds, sizeof(fds) / sizeof(*fds), poll_timeout(run, deadline)) < 0) {
			if (errno == EINTR) /* a handler of ours ran */
				continue;
			run->poll_error = errno;
			return;
		}
		if (fds[0].revents)
			write_input(run);
		if (fds[1].revents)
			read_output(run, DRAIN_LIMIT);
		if (fds[2].revents)
			read_some(&run->errors, &run->error_bytes, SPAWN_ERRORS_LIMIT, DRAIN_LIMIT);
		run->interrupted =
			run->signals >= 0 ? fds[4].revents != 0 : run->holds_signals && os_is_pending(&run->ending);
		if (run->too_much || run->interrupted)
			return;
		if ((run->child < 0 || fds[3].revents) && has_ended(run))
			return;
		if (clock_ms() >= deadline) {
			run->timed_out = true;
			return;
		}
	}
}

static int kill_and_wait(const struct spawned *run)
{
	int status = 0;

	kill(run->spawn->joins_group ? run->pid : -run->pid, SIGKILL);
	while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR) {}
	return status;
}

static bool is_readable(int fd)
{
	struct pollfd at = { .fd = fd, .events = POLLIN };

	return fd >= 0 && poll(&at, 1, 0) > 0;
}

/* What is in the pipes outlives its writers; a pipe holds less than DRAIN_LIMIT. */
static void drain(struct spawned *run)
{
	size_t had_output = run->output_bytes.len, had_errors = run->error_bytes.len;

	while (is_readable(run->output) && !run->too_much && run->output_bytes.len - had_output < DRAIN_LIMIT)
		read_output(run, DRAIN_LIMIT);
	while (is_readable(run->errors) && run->error_bytes.len - had_errors < DRAIN_LIMIT &&
	       run->error_bytes.len < SPAWN_ERRORS_LIMIT)
		read_some(&run->errors, &run->error_bytes, SPAWN_ERRORS_LIMIT, DRAIN_LIMIT);
}

static struct spawn_result tell(const struct spawned *run, int status, struct arena *arena)
{
	struct spawn_result result = {
		.output = arena_dup(arena, buf_str(&run->output_bytes)),
		.errors = arena_dup(arena, buf_str(&run->error_bytes)),
	};

	if (run->too_much) {
		result.end = SPAWN_TOO_MUCH;
		result.output.len = run->spawn->output_limit;
	} else if (run->timed_out) {
		result.end = SPAWN_TIMED_OUT;
	} else if (WIFSIGNALED(status)) {
		result.end = SPAWN_SIGNALLED;
		result.status = WTERMSIG(status);
	} else {
		result.end = SPAWN_EXITED;
		result.status = WEXITSTATUS(status);
	}
	return result;
}

/*
 * Signals that end us must wait until the child is gone, since it is in another session, where no terminal's signals
 * reach it. They stay pending, and do what they do once they are let through.
 */
static void hold_signals(struct spawned *run, sigset_t *before)
{
	sigemptyset(&run->ending);
	sigaddset(&run->ending, SIGINT);
	sigaddset(&run->ending, SIGTERM);
	sigaddset(&run->ending, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &run->ending, before);
	run->holds_signals = true;
	run->signals = os_watch_signals(&run->ending);
}

bool spawn_run(const struct spawn *spawn, struct arena *arena, struct spawn_result *result, struct err *err)
{
	struct spawned run = {
		.spawn = spawn,
		.input = -1,
		.output = -1,
		.errors = -1,
		.child = -1,
		.signals = -1,
		.unwritten = spawn->input,
	};
	sigset_t before;
	bool ok;

	if (!spawn->joins_group)
		hold_signals(&run, &before);
	ok = open_and_start(&run, arena, err);
	if (ok) {
		int status;

		write_input(&run);
		attend(&run);
		status = kill_and_wait(&run);
		drain(&run);
		if (run.poll_error != 0)
			ok = err_set(err, "%s was ended, since its output can't be waited for: %s", spawn->argv[0],
				     strerror(run.poll_error));
		else if (run.interrupted)
			ok = err_set(err, "%s was ended, since a signal came", spawn->argv[0]);
		else
			*result = tell(&run, status, arena);
	}
	close_fd(&run.input);
	close_fd(&run.output);
	close_fd(&run.errors);
	close_fd(&run.child);
	close_fd(&run.signals);
	buf_release(&run.output_bytes);
	buf_release(&run.error_bytes);
	if (!spawn->joins_group)
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}
