/* SPDX-License-Identifier: Apache-2.0 */
#include "base/output.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* How often it is looked whether a FIFO has a reader now. */
#define TRY_EVERY_MS 10
/* So many pieces are written at a time. As many as the system takes would need pages of the stack that nothing else does. */
#define PIECES 256

static bool write_until(int fd, const char *name, const struct str *pieces, size_t count, int64_t deadline,
			struct err *err)
{
	size_t next = 0, done = 0; /* `done` bytes of pieces[next] are out */

	while (next < count) {
		struct iovec vector[PIECES];
		size_t n = 0;
		ssize_t wrote;

		for (size_t i = next; i < count && n < sizeof(vector) / sizeof(*vector); i++) {
			struct str left = str_skip(pieces[i], i == next ? done : 0);

			/* writev takes pointers to what it only reads. */
			vector[n++] = (struct iovec){ .iov_base = (void *)(uintptr_t)left.ptr, .iov_len = left.len };
		}
		wrote = writev(fd, vector, (int)n);
		if (wrote < 0 && fd_try_again(fd, POLLOUT, deadline))
			continue;
		if (wrote < 0 && errno == ETIMEDOUT)
			return err_set(err, "%s: nobody has read it in time (see --git-timeout)", name);
		if (wrote < 0)
			return err_set(err, "%s: can't be written: %s", name, strerror(errno));
		done += (size_t)wrote;
		while (next < count && done >= pieces[next].len) {
			done -= pieces[next].len;
			next++;
		}
	}
	return true;
}

bool output_write(int fd, const char *name, const struct str *pieces, size_t count, struct err *err)
{
	return write_until(fd, name, pieces, count, FD_FOREVER, err);
}

bool output_close(int fd, const char *name, struct err *err)
{
	return close(fd) == 0 || err_set(err, "%s: can't be written: %s", name, strerror(errno));
}

void output_note(struct str line)
{
	struct err ignored;

	if (!output_write(STDERR_FILENO, "standard error", &line, 1, &ignored)) {
		/* There is nobody left to tell. */
	}
}

void output_error(const struct err *err)
{
	struct buf line = { 0 };

	buf_add_cstring(&line, "rollstamp: ");
	err_print_safe(&line, str_from(err->text));
	buf_add_char(&line, '\n');
	output_note(buf_str(&line));
	buf_release(&line);
}

static bool is_fifo(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISFIFO(status.st_mode);
}

/* Opens what is not replaced. A FIFO waits for its reader. */
static int open_in_place(const char *path, int64_t deadline)
{
	const struct timespec pause = { .tv_nsec = TRY_EVERY_MS * 1000000L };

	for (;;) {
		int fd = fd_open(path, O_WRONLY | O_TRUNC | O_CREAT | O_NONBLOCK | O_NOCTTY, 0666);

		if (fd >= 0 || errno != ENXIO || !is_fifo(path))
			return fd;
		if (clock_ms() >= deadline) {
			errno = ETIMEDOUT;
			return -1;
		}
		nanosleep(&pause, NULL);
	}
}

static bool write_in_place(const char *path, unsigned wait_ms, struct str text, struct err *err)
{
	int64_t deadline = fd_deadline(wait_ms);
	int fd = open_in_place(path, deadline);
	struct stat status;

	if (fd < 0 && errno == ETIMEDOUT)
		return err_set(err, "%s: nobody has opened it for reading in time (see --git-timeout)", path);
	if (fd < 0)
		return err_set(err, "%s: can't be opened: %s", path, strerror(errno));
	if (isatty(fd) || (fstat(fd, &status) == 0 && fd_is_standard(&status)))
		deadline = FD_FOREVER;
	if (write_until(fd, path, &text, 1, deadline, err))
		return output_close(fd, path, err);
	close(fd);
	return false;
}

/* A regular file that can't be replaced. That a disk is full is told before anything of it is overwritten. */
static bool overwrite_file(const char *path, struct str text, struct err *err)
{
	int fd = fd_open(path, O_WRONLY | O_NOCTTY, 0);
	bool ok;

	if (fd < 0)
		return err_set(err, "%s: can't be opened: %s", path, strerror(errno));
	ok = fd_reserve(fd, text.len) || err_set(err, "%s: can't be written: %s", path, strerror(errno));
	ok = ok && output_write(fd, path, &text, 1, err);
	if (ok && ftruncate(fd, (off_t)text.len) != 0)
		ok = err_set(err, "%s: can't be written: %s", path, strerror(errno));
	if (ok)
		return output_close(fd, path, err);
	close(fd);
	return false;
}

/*
 * The new contents stand in a file beside it, so that the rename is one step. `*possible` is false where that can't be
 * done: in a directory that is not ours, say, or for a file that is a mount of its own.
 */
static bool replace_file(const char *path, mode_t mode, struct str text, bool *possible, struct err *err)
{
	char beside[PATH_MAX];
	bool ok;
	int fd;

	*possible = true;
	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= (int)sizeof(beside))
		return err_set(err, "%s: the path is too long", path);
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0) {
		*possible = errno != EACCES && errno != EPERM && errno != EROFS;
		return err_set(err, "%s: can't be written: %s", path, strerror(errno));
	}
	ok = output_write(fd, path, &text, 1, err);
	if (ok && fchmod(fd, mode) != 0)
		ok = err_set(err, "%s: can't be written: %s", path, strerror(errno));
	if (ok)
		ok = output_close(fd, path, err);
	else
		close(fd);
	if (ok && rename(beside, path) != 0) {
		*possible = errno != EBUSY;
		ok = err_set(err, "%s: can't be replaced: %s", path, strerror(errno));
	}
	if (!ok)
		unlink(beside);
	return ok;
}

bool output_write_file(const char *path, struct str text, unsigned wait_ms, struct err *err)
{
	struct stat status;
	bool possible, ok;

	if (lstat(path, &status) != 0) {
		mode_t mask = umask(0);

		umask(mask);
		return replace_file(path, 0666 & ~mask, text, &possible, err);
	}
	if (!S_ISREG(status.st_mode))
		return write_in_place(path, wait_ms, text, err);
	if (access(path, W_OK) != 0)
		return err_set(err, "%s: can't be written: %s", path, strerror(errno));
	ok = replace_file(path, status.st_mode & 07777, text, &possible, err);
	return ok || (!possible && overwrite_file(path, text, err));
}
