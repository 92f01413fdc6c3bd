/* SPDX-License-Identifier: Apache-2.0 */
#include "git/lockfile.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Nobody holds the lock longer than it takes to read and write a small file. */
#define TRY_EVERY_MS 10

/* Appends to `to` the new contents of the lock file whose text is `text`. */
static bool merge_text(struct str text, const struct lock_change *change, struct arena *arena, struct buf *to,
		       struct err *err)
{
	struct lock_entry *entries;
	struct lock older;
	size_t count;

	/* Also when no entry is kept: a file that is no lock file must not be overwritten. */
	if (!lock_parse(text, arena, &older, err))
		return false;
	entries = lock_merge(&older, change, arena, &count);
	lock_print(entries, count, arena, to);
	return true;
}

/* Waits for the lock, but not for ever: the process that holds it may have been stopped. */
static bool lock_descriptor(int fd, int64_t deadline, struct err *err)
{
	const struct timespec pause = { .tv_nsec = TRY_EVERY_MS * 1000000L };

	for (;;) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_set(err, "can't be locked: %s", strerror(errno));
		if (clock_ms() >= deadline)
			return err_set(err, "is locked by another process, which did not end in time (see "
					    "--git-timeout)");
		nanosleep(&pause, NULL);
	}
}

/* A file that can only be read can be locked, too, and may have all entries already. */
static int open_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);

	if (fd < 0 && (errno == EACCES || errno == EROFS || errno == EPERM)) {
		int error = errno;

		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		errno = fd < 0 && errno == ENOENT ? error : errno;
	}
	return fd;
}

/* Is the file at `path` the one that `fd` has open? */
static bool is_at(const char *path, int fd)
{
	struct stat named, opened;

	return stat(path, &named) == 0 && fstat(fd, &opened) == 0 && named.st_dev == opened.st_dev &&
	       named.st_ino == opened.st_ino;
}

/*
 * Opens the file at `path`, or makes it, and locks it. The process that held the lock before may have put another file
 * in its place: then the locked file is of no use, and the new one is opened.
 */
static bool open_locked(const char *path, unsigned wait_ms, int *locked, struct err *err)
{
	int64_t deadline = clock_ms() + wait_ms;

	for (;;) {
		struct stat status;
		int fd = open_file(path);

		if (fd < 0 && errno == EINTR)
			continue;
		if (fd < 0)
			return err_set(err, "can't be opened: %s", strerror(errno));
		if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
			close(fd);
			return err_set(err, "is no regular file");
		}
		if (!lock_descriptor(fd, deadline, err)) {
			close(fd);
			return false;
		}
		if (is_at(path, fd)) {
			*locked = fd;
			return true;
		}
		close(fd);
	}
}

static bool merge_locked(const char *path, int fd, const struct lock_change *change, struct arena *arena,
			 struct err *err)
{
	struct buf older = { 0 }, newer = { 0 };
	/* The file that is renamed must stand where the file is, not where a symbolic link to it is. */
	char *real = realpath(path, NULL);
	bool ok;

	if (!real)
		return err_set(err, "%s: can't be found: %s", path, strerror(errno));
	ok = file_read_fd(fd, path, &older, err);
	if (ok && !merge_text(buf_str(&older), change, arena, &newer, err))
		ok = err_prefix(err, "%s", path);
	if (ok && !str_equal(buf_str(&older), buf_str(&newer)))
		ok = output_write_file(real, buf_str(&newer), 0, err);
	free(real);
	buf_release(&older);
	buf_release(&newer);
	return ok;
}

bool lockfile_merge(const char *path, const struct lock_change *change, unsigned wait_ms, struct arena *arena,
		    struct err *err)
{
	bool ok;
	int fd;

	if (!open_locked(path, wait_ms, &fd, err))
		return err_prefix(err, "%s", path);
	ok = merge_locked(path, fd, change, arena, err);
	/* Closing gives the lock back. The new file has been closed already. */
	close(fd);
	return ok;
}
