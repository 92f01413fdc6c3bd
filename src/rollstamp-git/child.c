/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/child.h"

#include "base/os.h"
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often to look whether a child has ended that keeps its standard error open, or gave it to another process. */
#define TICK_MS 5
/* How long to wait for a piece of what a child says at the end, and for how many pieces. */
#define FAREWELL_MS 20
#define FAREWELL_PIECES 16

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool open_pipes(int pipes[3][2])
{
	for (int i = 0; i < 3; i++)
		if (!os_pipe(pipes[i]))
			return false;
	return true;
}

bool child_start(const char *const *argv, const char *const *environment, struct arena *arena, struct child *child,
		 struct err *err)
{
	struct spawn spawn = { .argv = argv, .environment = environment, .joins_group = true };
	int pipes[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
	bool ok = open_pipes(pipes);

	*child = (struct child){ .input = -1, .output = -1, .errors = -1 };
	if (!ok)
		err_set(err, "%s can't be started: %s", argv[0], strerror(errno));
	if (ok)
		ok = spawn_start(&spawn, (int[]){ pipes[0][0], pipes[1][1], pipes[2][1] }, arena, &child->pid, err);
	if (ok) {
		child->input = pipes[0][1];
		child->output = pipes[1][0];
		child->errors = pipes[2][0];
		pipes[0][1] = pipes[1][0] = pipes[2][0] = -1;
	}
	for (int i = 0; i < 3; i++) {
		close_fd(&pipes[i][0]);
		close_fd(&pipes[i][1]);
	}
	return ok;
}

/* Keeps the end of the child's standard error, which tells most of why it failed. */
static void keep_complaint(struct child *child, const char *text, size_t length)
{
	size_t half = CHILD_COMPLAINT_LIMIT / 2;

	if (child->complaint_length + length > CHILD_COMPLAINT_LIMIT) {
		memmove(child->complaint, child->complaint + child->complaint_length - half, half);
		child->complaint_length = half;
	}
	memcpy(child->complaint + child->complaint_length, text, length);
	child->complaint_length += length;
}

static void read_complaint(struct child *child)
{
	char chunk[CHILD_COMPLAINT_LIMIT / 2];
	ssize_t got = read(child->errors, chunk, sizeof(chunk));

	if (got > 0)
		keep_complaint(child, chunk, (size_t)got);
	else if (got == 0 || errno != EINTR)
		close_fd(&child->errors);
}

/* Waits until there is output, or its end. Meanwhile standard error is read, so that the child never waits for us. */
static void wait_for_output(struct child *child)
{
	for (;;) {
		struct pollfd fds[] = {
			{ .fd = child->output, .events = POLLIN },
			{ .fd = child->errors, .events = POLLIN },
		};

		if (poll(fds, 2, -1) < 0)
			continue; /* EINTR */
		if (fds[1].revents)
			read_complaint(child);
		if (fds[0].revents)
			return;
	}
}

static bool has_ended(struct child *child)
{
	pid_t found = child->pid > 0 ? waitpid(child->pid, &child->status, WNOHANG) : -1;

	if (found == 0 || (found < 0 && child->pid > 0 && errno == EINTR))
		return false;
	child->pid = 0;
	return true;
}

/* Reads only what is in the pipe already, since another process may still hold its other end. */
static void read_rest_of_complaint(struct child *child)
{
	struct pollfd at = { .fd = child->errors, .events = POLLIN };

	while (child->errors >= 0 && poll(&at, 1, 0) > 0)
		read_complaint(child);
}

static void wait_for_end(struct child *child)
{
	while (!has_ended(child)) {
		struct pollfd at = { .fd = child->errors, .events = POLLIN };

		if (poll(&at, 1, TICK_MS) > 0)
			read_complaint(child);
	}
	read_rest_of_complaint(child);
}

bool child_read(struct child *child, char *to, size_t room, size_t *got, struct err *err)
{
	ssize_t length;

	if (child->output < 0) {
		*got = 0;
		return true;
	}
	do {
		wait_for_output(child);
		length = read(child->output, to, room);
	} while (length < 0 && errno == EINTR);
	if (length < 0)
		return err_set(err, "what it wrote can't be read: %s", strerror(errno));
	if (length == 0) {
		close_fd(&child->output);
		close_fd(&child->input);
		wait_for_end(child);
	}
	*got = (size_t)length;
	return true;
}

bool child_write(struct child *child, struct str text, struct err *err)
{
	while (text.len > 0) {
		ssize_t wrote = write(child->input, text.ptr, text.len);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return err_set(err, "it does not read what it is asked: %s", strerror(errno));
		text = str_skip(text, (size_t)wrote);
	}
	return true;
}

struct str child_complaint(const struct child *child)
{
	return (struct str){ child->complaint, child->complaint_length };
}

void child_end(struct child *child)
{
	struct pollfd at = { .fd = child->output, .events = POLLIN };
	char ignored[4096];

	close_fd(&child->input);
	/* The child has nothing more to say, so what comes is the end of its output. */
	for (int i = 0; i < FAREWELL_PIECES && child->output >= 0 && poll(&at, 1, FAREWELL_MS) > 0; i++)
		if (read(child->output, ignored, sizeof(ignored)) <= 0)
			break;
	close_fd(&child->output);
	close_fd(&child->errors);
	if (!has_ended(child)) {
		kill(child->pid, SIGTERM);
		while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR) {}
		child->pid = 0;
	}
}
