/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/os.h"
#include "base/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK ((size_t)64 * 1024)
/* Below this a call for the pages of a file costs as much as their faults, of which there are few or none. */
#define SOME_PAGES ((size_t)16 * 1024)
/* From here on one huge page, which is cleared as a whole, costs less than the faults of small ones, and wastes little. */
#define LARGE ((size_t)192 * 1024)

/* Room for `size` bytes: what a last huge page would have too much stands in small pages in front of the others. */
static void make_room(struct buf *buf, size_t size)
{
	size_t rest = (size % PAGES_HUGE + CHUNK - 1) & ~(CHUNK - 1);

	if (size < LARGE)
		return;
	if (size > PAGES_HUGE && rest < LARGE)
		buf_init_growing(buf, rest, size - size % PAGES_HUGE);
	else
		buf_init_large(buf, size);
}

/*
 * A pipe gives more than a pipe holds, mostly hundreds of kilobytes more: from now on it can grow without being moved, behind
 * its first chunk in large pages.
 */
static void make_large(struct buf *buf)
{
	struct buf large;

	buf_init_growing(&large, CHUNK, FILE_LIMIT + CHUNK);
	if (large.room < buf->len)
		return;
	os_populate(large.ptr, buf->len);
	buf_add(&large, buf_str(buf));
	buf_release(buf);
	*buf = large;
}

/*
 * Makes room for what is known to come, and gets memory for it, as far as that is not in large pages: of a file its size,
 * of a pipe what waits in it, which is a pipe full where there is more. Returns how many bytes are known.
 */
static size_t prepare(int fd, struct buf *into)
{
	struct stat status;
	size_t known = 0, small;

	if (fstat(fd, &status) != 0)
		return 0;
	if (S_ISREG(status.st_mode) && status.st_size > 0 && (size_t)status.st_size <= FILE_LIMIT) {
		/* One byte more than the file has, so that its end is seen without asking for more room. */
		known = (size_t)status.st_size + 1;
		if (into->room == 0)
			make_room(into, known);
		buf_reserve(into, known);
	} else if (S_ISFIFO(status.st_mode) && into->room == 0) {
		known = os_count_waiting(fd);
		if (known >= CHUNK)
			make_large(into);
		else if (known > 0)
			buf_reserve(into, CHUNK);
	}
	if (known > into->room - into->len)
		known = into->room - into->len;
	small = known < LARGE ? known : LARGE;
	if (small >= SOME_PAGES)
		os_populate(into->ptr + into->len, small);
	return known;
}

/*
 * What is read next gets its memory at once, in a reservation: elsewhere malloc may have had it already. Not for each read,
 * of which there are many where a writer writes little at a time.
 */
static void get_memory(const struct buf *into, size_t *ready)
{
	size_t next = into->room - into->len < CHUNK ? into->room : into->len + CHUNK;

	if (into->pages == 0 || *ready >= next || *ready >= into->len + CHUNK / 2)
		return;
	if (*ready < into->len)
		*ready = into->len;
	os_populate(into->ptr + *ready, next - *ready);
	*ready = next;
}

/*
 * `waits`: before each read it is waited until there is something to be read. A FIFO that nobody has opened for writing
 * yet would seem to be at its end.
 */
static bool read_until(int fd, const char *name, bool waits, int64_t deadline, struct buf *into, struct err *err)
{
	size_t before = into->len, ready = before + prepare(fd, into);

	for (;;) {
		ssize_t got = -1;

		if (into->room == into->len && into->len >= CHUNK && into->pages == 0)
			make_large(into);
		if (into->room == into->len)
			buf_reserve(into, CHUNK);
		get_memory(into, &ready);
		if (!waits || fd_wait(fd, POLLIN, deadline))
			got = read(fd, into->ptr + into->len, into->room - into->len);
		if (got == 0)
			return true;
		if (got < 0 && fd_try_again(fd, POLLIN, deadline))
			continue;
		if (got < 0 && errno == ETIMEDOUT)
			return err_set(err, "%s: nobody has written it to its end in time (see --git-timeout)", name);
		if (got < 0)
			return err_set(err, "%s: can't be read: %s", name, strerror(errno));
		into->len += (size_t)got;
		if (into->len - before > FILE_LIMIT)
			return err_set(err, "%s: is larger than %zu MiB", name, FILE_LIMIT >> 20);
	}
}

bool file_read_fd(int fd, const char *name, struct buf *into, struct err *err)
{
	return read_until(fd, name, false, FD_FOREVER, into, err);
}

void file_drain(int fd, unsigned wait_ms)
{
	int64_t deadline = fd_deadline(wait_ms);
	char piece[4096];

	while (!isatty(fd) && clock_ms() < deadline && fd_wait(fd, POLLIN, deadline)) {
		ssize_t got = read(fd, piece, sizeof(piece));

		if (got == 0 || (got < 0 && !fd_try_again(fd, POLLIN, deadline)))
			return;
	}
}

/* Is it /dev/null, whatever number this system gives that? */
static bool is_null_device(const struct stat *status)
{
	struct stat null_device;

	return S_ISCHR(status->st_mode) && stat("/dev/null", &null_device) == 0 && S_ISCHR(null_device.st_mode) &&
	       status->st_rdev == null_device.st_rdev;
}

/* Does it never end, or is it not even known what reading it does? A terminal ends when its user says so. */
static bool is_endless(int fd, const struct stat *status)
{
	if (S_ISCHR(status->st_mode))
		return !isatty(fd) && !is_null_device(status);
	return S_ISBLK(status->st_mode);
}

bool file_read(const char *path, unsigned wait_ms, struct buf *into, struct err *err)
{
	/* Opening a FIFO would wait for a writer. */
	int fd = fd_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	struct stat status;
	bool ok;

	if (fd < 0)
		return err_set(err, "%s: can't be opened: %s", path, strerror(errno));
	if (fstat(fd, &status) != 0)
		ok = err_set(err, "%s: can't be read: %s", path, strerror(errno));
	else if (is_endless(fd, &status))
		ok = err_set(err, "%s: is a device, which can't be read to its end", path);
	else
		ok = read_until(fd, path, S_ISFIFO(status.st_mode),
				fd_is_standard(&status) || isatty(fd) ? FD_FOREVER : fd_deadline(wait_ms), into, err);
	close(fd);
	return ok;
}

bool file_read_regular(const char *path, struct buf *into, struct err *err)
{
	int fd = fd_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	struct stat status;
	bool ok;

	if (fd < 0)
		return err_set(err, "%s: can't be opened: %s", path, strerror(errno));
	if (fstat(fd, &status) != 0 || (!S_ISREG(status.st_mode) && !is_null_device(&status)))
		ok = err_set(err, "%s: is no regular file", path);
	else
		ok = read_until(fd, path, false, fd_deadline(0), into, err);
	close(fd);
	return ok;
}
