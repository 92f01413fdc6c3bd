/* SPDX-License-Identifier: Apache-2.0 */
#include "measure.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static bool use_cpu = true;

static double milliseconds(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static bool now(double *result)
{
	struct timespec t;
	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) {
		perror("clock_gettime");
		return false;
	}
	*result = (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
	return true;
}

/* The first error of several; posix_spawn's functions return errors instead of setting errno. */
static int first_error(int earlier, int now_failed)
{
	return earlier != 0 ? earlier : now_failed;
}

static bool spawn(const struct program *program, int input, int output, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;

	int error = posix_spawn_file_actions_init(&actions);
	if (error != 0) {
		fprintf(stderr, "%s: %s\n", program->name, strerror(error));
		return false;
	}
	error = posix_spawnattr_init(&attributes);
	if (error == 0) {
		error = first_error(error, posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO));
		if (output >= 0)
			error = first_error(error, posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO));
		else
			error = first_error(error, posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO,
										    "/dev/null", O_WRONLY, 0));
		/* We ignore SIGPIPE; a child would inherit that. */
		if (sigemptyset(&defaults) != 0 || sigaddset(&defaults, SIGPIPE) != 0)
			error = first_error(error, errno);
		error = first_error(error, posix_spawnattr_setsigdefault(&attributes, &defaults));
		error = first_error(error, posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF));
		if (error == 0)
			error = posix_spawn(pid, program->argv[0], &actions, &attributes,
					    (char *const *)(uintptr_t)program->argv, environ);
		error = first_error(error, posix_spawnattr_destroy(&attributes));
	}
	error = first_error(error, posix_spawn_file_actions_destroy(&actions));
	if (error != 0)
		fprintf(stderr, "%s: cannot run %s: %s\n", program->name, program->argv[0], strerror(error));
	return error == 0;
}

static bool set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
		return true;
	perror("fcntl");
	return false;
}

static bool close_checked(int fd)
{
	if (close(fd) == 0)
		return true;
	perror("close");
	return false;
}

/* What is on its way to a child. */
struct feeding {
	int from;
	off_t at;
	char buffer[65536];
	size_t length, done; /* of the buffer */
	bool ended;
};

/* Writes as much to the child as it takes. A reader that goes away is no error here: its exit status tells. */
static bool feed_some(struct feeding *f, int to)
{
	if (f->done == f->length) {
		ssize_t got = pread(f->from, f->buffer, sizeof f->buffer, f->at);
		if (got < 0) {
			perror("cannot read input");
			return false;
		}
		f->at += got;
		f->length = (size_t)got;
		f->done = 0;
		f->ended = got == 0;
		if (f->ended)
			return true;
	}
	ssize_t put = write(to, f->buffer + f->done, f->length - f->done);
	if (put < 0 && errno == EPIPE)
		f->ended = true;
	else if (put < 0 && errno != EINTR && errno != EAGAIN) {
		perror("cannot write to pipe");
		return false;
	}
	f->done += put > 0 ? (size_t)put : 0;
	return true;
}

/* Reads what the child has written; `*ended` says whether that was all. */
static bool drain_some(int from, size_t *bytes, bool *ended)
{
	static char buffer[65536];

	ssize_t got = read(from, buffer, sizeof buffer);
	if (got < 0 && errno != EINTR && errno != EAGAIN) {
		perror("cannot read from pipe");
		return false;
	}
	*bytes += got > 0 ? (size_t)got : 0;
	*ended = got == 0;
	return true;
}

/* Everything in `from` into `to`, and all that comes from `back` (or -1) away. Closes `to`. */
static bool exchange(int from, int to, int back, size_t *bytes)
{
	static struct feeding feeding;
	bool good = set_nonblocking(to) && (back < 0 || set_nonblocking(back)), ended = back < 0;

	feeding = (struct feeding){ .from = from };
	while (good && !(feeding.ended && ended)) {
		struct pollfd ready[] = {
			{ .fd = to, .events = POLLOUT },
			{ .fd = ended ? -1 : back, .events = POLLIN },
		};
		if (poll(ready, 2, -1) < 0 && errno != EINTR) {
			perror("poll");
			good = false;
		}
		if (good && to >= 0 && ready[0].revents != 0)
			good = feed_some(&feeding, to);
		if (good && !ended && ready[1].revents != 0)
			good = drain_some(back, bytes, &ended);
		if (feeding.ended && to >= 0) {
			good = close_checked(to) && good;
			to = -1;
		}
	}
	if (to >= 0)
		good = close_checked(to) && good;
	return good;
}

/* Waits for the child, always. */
static bool reap(const struct program *program, pid_t pid, struct rusage *usage)
{
	int status;
	pid_t ended;
	do
		ended = wait4(pid, &status, 0, usage);
	while (ended < 0 && errno == EINTR);
	if (ended < 0) {
		perror("wait4");
		return false;
	}
	if (WIFSIGNALED(status)) {
		fprintf(stderr, "%s: ended by signal %d\n", program->name, WTERMSIG(status));
		return false;
	}
	if (WEXITSTATUS(status) != 0 && !(program->may_refuse && WEXITSTATUS(status) == 1)) {
		fprintf(stderr, "%s: exit status %d\n", program->name, WEXITSTATUS(status));
		return false;
	}
	return true;
}

static bool make_pipe(bool wanted, int ends[2])
{
	if (!wanted || pipe2(ends, O_CLOEXEC) == 0)
		return true;
	perror("pipe");
	return false;
}

bool measure_run(const struct program *program, enum measure_feed feed, int output, struct sample *sample)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };
	if (!make_pipe(feed != MEASURE_FILE, in) || !make_pipe(feed == MEASURE_PIPES, out))
		return false;
	/* The child shares the file's position with us. */
	if (feed == MEASURE_FILE && lseek(program->input, 0, SEEK_SET) != 0) {
		perror("lseek");
		return false;
	}

	pid_t pid;
	size_t bytes = 0;
	double begin = 0, end = 0;
	struct rusage usage;
	bool good = now(&begin);
	bool running = good && spawn(program, feed == MEASURE_FILE ? program->input : in[0],
				     feed == MEASURE_PIPES ? out[1] : output, &pid);
	good = running;
	if (feed == MEASURE_PIPES)
		good = close_checked(out[1]) && good;
	if (feed != MEASURE_FILE) {
		good = close_checked(in[0]) && good;
		good = exchange(program->input, in[1], out[0], &bytes) && good;
	}
	if (feed == MEASURE_PIPES)
		good = close_checked(out[0]) && good;
	if (running)
		good = reap(program, pid, &usage) && good;
	good = good && now(&end);
	if (good && feed == MEASURE_PIPES && bytes < program->least) {
		fprintf(stderr, "%s: wrote %zu bytes, and %zu are the least\n", program->name, bytes, program->least);
		return false;
	}
	if (!good)
		return false;

	*sample = (struct sample){
		.cpu = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime),
		.wall = end - begin,
		.rss = (size_t)usage.ru_maxrss * 1024,
		.faults = usage.ru_minflt,
	};
	return true;
}

static bool one_set(const struct program *programs, size_t count, enum measure_feed feed, size_t rounds,
		    struct series *series)
{
	for (size_t i = 0; i < count; i++)
		series[i].count = 0;
	for (size_t round = 0; round <= rounds; round++) {
		for (size_t i = 0; i < count; i++) {
			struct sample sample;
			if (!measure_run(&programs[i], feed, -1, &sample))
				return false;
			if (round == 0) /* fills caches */
				continue;
			series[i].cpu[series[i].count] = sample.cpu;
			series[i].wall[series[i].count] = sample.wall;
			series[i].faults[series[i].count] = (double)sample.faults;
			series[i].count++;
		}
	}
	return true;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;
	return (left > right) - (left < right);
}

static struct summary summarise(const double *values, size_t count)
{
	double sorted[MEASURE_MOST];

	assert(count > 0 && count <= MEASURE_MOST);
	memcpy(sorted, values, count * sizeof values[0]);
	qsort(sorted, count, sizeof sorted[0], compare);
	return (struct summary){
		.low = sorted[count / 4],
		.median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2,
		.high = sorted[count - 1 - count / 4],
	};
}

double measure_time(const struct sample *sample)
{
	return use_cpu ? sample->cpu : sample->wall;
}

struct summary measure_summary(const struct series *series)
{
	return summarise(use_cpu ? series->cpu : series->wall, series->count);
}

struct summary measure_wall(const struct series *series)
{
	return summarise(series->wall, series->count);
}

struct summary measure_faults(const struct series *series)
{
	return summarise(series->faults, series->count);
}

/*
 * How much a set scatters: 1 is as much as a quiet one may. For each program the quartiles should be within 15 % of the
 * median; a quick one's may be further apart, by 3 % of the slowest program's median, since that changes no result.
 */
static double scatter(const struct series *series, size_t count)
{
	double slowest = 0, worst = 0;

	for (size_t i = 0; i < count; i++) {
		double median = measure_summary(&series[i]).median;
		slowest = median > slowest ? median : slowest;
	}
	for (size_t i = 0; i < count; i++) {
		struct summary s = measure_summary(&series[i]);
		double allowed = 0.15 * s.median > 0.03 * slowest ? 0.15 * s.median : 0.03 * slowest;
		double share = (s.high - s.low) / allowed;
		worst = share > worst ? share : worst;
	}
	return worst;
}

bool measure_in_turns(const struct program *programs, size_t count, enum measure_feed feed, size_t rounds,
		      struct series *series)
{
	enum { SETS = 5 };
	static struct series set[MEASURE_PROGRAMS];

	assert(count <= MEASURE_PROGRAMS && rounds > 0 && rounds <= MEASURE_MOST);
	double best = 0;
	for (size_t i = 0; i < SETS && (i == 0 || best > 1); i++) {
		if (!one_set(programs, count, feed, rounds, set))
			return false;
		double noise = scatter(set, count);
		if (i == 0 || noise < best) {
			best = noise;
			memcpy(series, set, count * sizeof set[0]);
		}
	}
	if (best > 1)
		printf("(this machine is busy: the runs scatter %.1f times as much as they should)\n", best);
	return true;
}

bool measure_may_be_slow(void)
{
	bool may = getenv("ROLLSTAMP_BENCH_SLOW") != NULL;

	if (!may)
		printf("skipped: takes minutes and a gigabyte in TMPDIR: set ROLLSTAMP_BENCH_SLOW=1\n");
	return may;
}

const char *measure_clock(void)
{
	return use_cpu ? "CPU time" : "wall clock";
}

/* Why this build can't be measured, or NULL. */
static const char *unfit(void)
{
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
	return "the build has a sanitizer";
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return "the build has a sanitizer";
#elif !defined(__OPTIMIZE__)
	return "the build is not optimised: meson configure -Dbuildtype=debugoptimized";
#else
	return NULL;
#endif
}

int measure_prepare(const char *empty)
{
	enum { TRIES = 16, TICK = 1000 /* microseconds: CONFIG_HZ is never above 1000 */ };

	const char *reason = unfit();
	if (reason != NULL) {
		printf("skipped: %s\n", reason);
		return 77;
	}
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || unsetenv("ROLLSTAMP_CONFIG") != 0) {
		perror("measure");
		return 1;
	}
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (nothing < 0) {
		perror("/dev/null");
		return 1;
	}

	/* Whole milliseconds only, sixteen times: ticks. */
	use_cpu = false;
	const char *const argv[] = { empty, NULL };
	const struct program program = { .name = "empty", .argv = argv, .input = nothing };
	bool good = true;
	for (size_t i = 0; good && i < TRIES; i++) {
		struct sample sample;
		good = measure_run(&program, MEASURE_FILE, -1, &sample);
		if (good && (long)(sample.cpu * 1e3 + 0.5) % TICK != 0)
			use_cpu = true;
	}
	good = close_checked(nothing) && good;
	return good ? 0 : 1;
}
