#include "base/file.h"

#include "base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define CHUNK ((size_t)64 * 1024)
/* From here on huge pages are worth their while. */
#define LARGE ((size_t)1024 * 1024)

/* No deadline. */
#define FOREVER INT64_MAX
/* How often it is looked whether a FIFO has a reader now. */
#define TRY_EVERY_MS 10

/* The moment that is `wait_ms` from now, for clock_ms(). */
static int64_t deadline_in(unsigned wait_ms)
{
	return clock_ms() + wait_ms;
}

/* Waits until `fd` can be read or written, or has come to its end. False, with errno, at the deadline and on failure. */
static bool wait_until_ready(int fd, short events, int64_t deadline)
{
	struct pollfd ready = { .fd = fd, .events = events };

	for (;;) {
		int64_t left = deadline == FOREVER ? INT_MAX : deadline - clock_ms();
		int count = poll(&ready, 1, left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left);

		if (count > 0)
			return true;
		if (count == 0 && deadline != FOREVER && clock_ms() >= deadline) {
			errno = ETIMEDOUT;
			return false;
		}
		if (count < 0 && errno != EINTR)
			return false;
	}
}

/*
 * Should a read or write that failed with errno be tried again? Waits for a descriptor that does not block: one that we
 * opened, or that somebody else made so (Node.js does that to the pipes of its children).
 */
static bool try_again(int fd, short events, int64_t deadline)
{
	return errno == EINTR || (errno == EAGAIN && wait_until_ready(fd, events, deadline));
}

/* Is it what our standard input, output or error is? Whoever started us gave us that, and knows when it ends. */
static bool is_standard(const struct stat *status)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		struct stat standard;

		if (fstat(fd, &standard) == 0 && standard.st_dev == status->st_dev && standard.st_ino == status->st_ino)
			return true;
	}
	return false;
}

/* A pipe has turned out to give a lot: from now on it can grow without being moved. */
static void make_large(struct buf *buf)
{
	struct buf large;

	buf_init_large(&large, FILE_LIMIT + CHUNK);
	if (large.room < buf->len)
		return;
	buf_add(&large, buf_str(buf));
	buf_release(buf);
	*buf = large;
}

/*
 * `waits`: before each read it is waited until there is something to be read. A FIFO that nobody has opened for writing
 * yet would seem to be at its end.
 */
static bool read_until(int fd, const char *name, bool waits, int64_t deadline, struct buf *into, struct err *err)
{
	struct stat status;
	size_t before = into->len;

	/* One byte more than the file has, so that its end is seen without asking for more room. */
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
	    (size_t)status.st_size <= FILE_LIMIT) {
		if (into->room == 0 && (size_t)status.st_size >= LARGE)
			buf_init_large(into, (size_t)status.st_size + 1);
		buf_reserve(into, (size_t)status.st_size + 1);
	}
	for (;;) {
		ssize_t got = -1;

		if (into->room == into->len && into->len >= LARGE && into->pages == 0)
			make_large(into);
		if (into->room == into->len)
			buf_reserve(into, CHUNK);
		if (!waits || wait_until_ready(fd, POLLIN, deadline))
			got = read(fd, into->ptr + into->len, into->room - into->len);
		if (got == 0)
			return true;
		if (got < 0 && try_again(fd, POLLIN, deadline))
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
	return read_until(fd, name, false, FOREVER, into, err);
}

void file_drain(int fd, unsigned wait_ms)
{
	int64_t deadline = deadline_in(wait_ms);
	char piece[4096];

	while (!isatty(fd) && clock_ms() < deadline && wait_until_ready(fd, POLLIN, deadline)) {
		ssize_t got = read(fd, piece, sizeof(piece));

		if (got == 0 || (got < 0 && !try_again(fd, POLLIN, deadline)))
			return;
	}
}

static int open_retrying(const char *path, int flags, mode_t mode)
{
	int fd;

	do
		fd = open(path, flags | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

/* Does it never end, or is it not even known what reading it does? A terminal ends when its user says so. */
static bool is_endless(int fd, const struct stat *status)
{
	if (S_ISCHR(status->st_mode))
		return !isatty(fd) && status->st_rdev != makedev(1, 3); /* /dev/null */
	return S_ISBLK(status->st_mode);
}

bool file_read(const char *path, unsigned wait_ms, struct buf *into, struct err *err)
{
	/* Opening a FIFO would wait for a writer. */
	int fd = open_retrying(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
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
				is_standard(&status) || isatty(fd) ? FOREVER : deadline_in(wait_ms), into, err);
	close(fd);
	return ok;
}

bool file_read_regular(const char *path, struct buf *into, struct err *err)
{
	int fd = open_retrying(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	struct stat status;
	bool ok;

	if (fd < 0)
		return err_set(err, "%s: can't be opened: %s", path, strerror(errno));
	if (fstat(fd, &status) != 0 ||
	    (!S_ISREG(status.st_mode) && !(S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3)))) /* /dev/null */
		ok = err_set(err, "%s: is no regular file", path);
	else
		ok = read_until(fd, path, false, deadline_in(0), into, err);
	close(fd);
	return ok;
}

bool file_is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_manifest_name(struct str name)
{
	return str_ends_with(name, ".yaml") || str_ends_with(name, ".yml") || str_ends_with(name, ".json");
}

bool file_list_directory(const char *path, struct arena *arena, struct str **paths, size_t *count, struct err *err)
{
	DIR *directory = opendir(path);
	struct str *list = NULL;
	size_t n = 0, room = 0;
	struct dirent *entry;

	if (!directory)
		return err_set(err, "%s: can't be opened: %s", path, strerror(errno));
	while (errno = 0, (entry = readdir(directory)) != NULL) {
		struct str full;
		struct stat status;
		bool exists;

		if (!is_manifest_name(str_from(entry->d_name)))
			continue;
		full = arena_printf(arena, "%s/%s", path, entry->d_name);
		exists = stat(full.ptr, &status) == 0;
		/* A link that leads nowhere, and is no editor's lock: somebody counts on what it stands for. */
		if (!exists && entry->d_name[0] != '.') {
			err_set(err, "%s: can't be read: %s", full.ptr, strerror(errno));
			closedir(directory);
			return false;
		}
		if (!exists || !S_ISREG(status.st_mode))
			continue;
		list = arena_grow(arena, list, n, &room, sizeof(*list));
		list[n++] = full;
	}
	if (errno != 0) {
		err_set(err, "%s: can't be read: %s", path, strerror(errno));
		closedir(directory);
		return false;
	}
	closedir(directory);
	if (n > 0)
		qsort(list, n, sizeof(*list), str_compare_qsort);
	*paths = list;
	*count = n;
	return true;
}

static bool is_odd_break(const unsigned char *p, size_t length)
{
	return (length == 2 && p[0] == 0xc2 && p[1] == 0x85) ||
	       (length == 3 && p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9));
}

/* How many bytes of `text` from its start on are ASCII and not NUL, as far as whole blocks go. */
static size_t count_plain_bytes(struct str text)
{
	const uint64_t high = UINT64_C(0x8080808080808080), ones = UINT64_C(0x0101010101010101);
	size_t at = 0;

	for (uint64_t words[8]; text.len - at >= sizeof(words); at += sizeof(words)) {
		uint64_t seen = 0;

		memcpy(words, text.ptr + at, sizeof(words));
		/* The top bit of a byte is set if it is no ASCII, or, after the subtraction, if it was NUL. */
		for (size_t i = 0; i < 8; i++)
			seen |= words[i] | (words[i] - ones);
		if (seen & high)
			break;
	}
	return at;
}

bool utf8_check(struct str text, struct utf8_facts *facts, struct err *err)
{
	const unsigned char *bytes = (const unsigned char *)text.ptr;
	struct utf8_facts found = { 0 };
	size_t at = 0;

	while (at < text.len) {
		size_t length;

		/* Behind a block that has anything else in it, the next one is tried. */
		if (at % 64 == 0)
			at += count_plain_bytes(str_skip(text, at));
		if (at == text.len)
			break;
		if (bytes[at] == '\0')
			return err_set_at(
				err, at,
				"a NUL byte: this is not YAML (UTF-16, or a binary file?); manifests are UTF-8 text");
		if (bytes[at] < 0x80) {
			at++;
			continue;
		}
		length = utf8_length(str_skip(text, at));
		if (length == 0)
			return err_set_at(err, at, "byte 0x%02x is not valid UTF-8: manifests must be UTF-8 text",
					  bytes[at]);
		found.odd_breaks = found.odd_breaks || is_odd_break(bytes + at, length);
		at += length;
	}
	found.carriage = str_find(text, '\r') < text.len;
	*facts = found;
	return true;
}

bool fd_hold_standard(void)
{
	bool has_stdout = true;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		has_stdout = has_stdout && fd != STDOUT_FILENO;
		/* In the direction in which it is not used. What fails to open here will fail again, and be told. */
		(void)open_retrying("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY, 0);
	}
	return has_stdout;
}

static bool write_until(int fd, const char *name, const struct str *pieces, size_t count, int64_t deadline,
			struct err *err)
{
	size_t next = 0, done = 0; /* `done` bytes of pieces[next] are out */

	while (next < count) {
		struct iovec vector[64];
		size_t n = 0;
		ssize_t wrote;

		for (size_t i = next; i < count && n < sizeof(vector) / sizeof(*vector); i++) {
			struct str left = str_skip(pieces[i], i == next ? done : 0);

			/* writev takes pointers to what it only reads. */
			vector[n++] = (struct iovec){ .iov_base = (void *)(uintptr_t)left.ptr, .iov_len = left.len };
		}
		wrote = writev(fd, vector, (int)n);
		if (wrote < 0 && try_again(fd, POLLOUT, deadline))
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
	return write_until(fd, name, pieces, count, FOREVER, err);
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
		int fd = open_retrying(path, O_WRONLY | O_TRUNC | O_CREAT | O_NONBLOCK | O_NOCTTY, 0666);

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
	int64_t deadline = deadline_in(wait_ms);
	int fd = open_in_place(path, deadline);
	struct stat status;

	if (fd < 0 && errno == ETIMEDOUT)
		return err_set(err, "%s: nobody has opened it for reading in time (see --git-timeout)", path);
	if (fd < 0)
		return err_set(err, "%s: can't be opened: %s", path, strerror(errno));
	if (isatty(fd) || (fstat(fd, &status) == 0 && is_standard(&status)))
		deadline = FOREVER;
	if (write_until(fd, path, &text, 1, deadline, err))
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
	return ok || (!possible && write_in_place(path, wait_ms, text, err));
}
