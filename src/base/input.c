#include "base/input.h"

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
#include <sys/uio.h>
#include <unistd.h>

#define CHUNK ((size_t)64 * 1024)
/* From here on huge pages are worth their while. */
#define LARGE ((size_t)1024 * 1024)

/*
 * Should a read or write that failed with errno be tried again? Waits for a descriptor that somebody made non-blocking
 * (Node.js does that to the pipes of its children).
 */
static bool try_again(int fd, short events)
{
	struct pollfd ready = { .fd = fd, .events = events };

	if (errno == EINTR)
		return true;
	if (errno != EAGAIN)
		return false;
	return poll(&ready, 1, -1) >= 0 || errno == EINTR;
}

/* A pipe has turned out to give a lot: from now on it can grow without being moved. */
static void make_large(struct buf *buf)
{
	struct buf large;

	buf_init_large(&large, INPUT_LIMIT + CHUNK);
	if (large.room < buf->len)
		return;
	buf_add(&large, buf_str(buf));
	buf_release(buf);
	*buf = large;
}

bool input_read_fd(int fd, const char *name, struct buf *into, struct err *err)
{
	struct stat status;
	size_t before = into->len;

	/* One byte more than the file has, so that its end is seen without asking for more room. */
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
	    (size_t)status.st_size <= INPUT_LIMIT) {
		if (into->room == 0 && (size_t)status.st_size >= LARGE)
			buf_init_large(into, (size_t)status.st_size + 1);
		buf_reserve(into, (size_t)status.st_size + 1);
	}
	for (;;) {
		ssize_t got;

		if (into->room == into->len && into->len >= LARGE && into->pages == 0)
			make_large(into);
		if (into->room == into->len)
			buf_reserve(into, CHUNK);
		got = read(fd, into->ptr + into->len, into->room - into->len);
		if (got == 0)
			return true;
		if (got < 0 && try_again(fd, POLLIN))
			continue;
		if (got < 0)
			return err_set(err, "%s: can't be read: %s", name, strerror(errno));
		into->len += (size_t)got;
		if (into->len - before > INPUT_LIMIT)
			return err_set(err, "%s: is larger than %zu MiB", name, INPUT_LIMIT >> 20);
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

bool input_read_file(const char *path, struct buf *into, struct err *err)
{
	int fd = open_retrying(path, O_RDONLY, 0);
	bool ok;

	if (fd < 0)
		return err_set(err, "%s: can't be opened: %s", path, strerror(errno));
	ok = input_read_fd(fd, path, into, err);
	close(fd);
	return ok;
}

bool input_is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_manifest_name(struct str name)
{
	return str_ends_with(name, ".yaml") || str_ends_with(name, ".yml") || str_ends_with(name, ".json");
}

bool input_list_directory(const char *path, struct arena *arena, struct str **paths, size_t *count, struct err *err)
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

bool input_check(struct str text, struct input_facts *facts, struct err *err)
{
	const unsigned char *bytes = (const unsigned char *)text.ptr;
	struct input_facts found = { 0 };
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
		length = str_utf8_length(str_skip(text, at));
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

bool input_hold_descriptors(void)
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

bool output_write(int fd, const char *name, const struct str *pieces, size_t count, struct err *err)
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
		if (wrote < 0 && try_again(fd, POLLOUT))
			continue;
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

bool output_close(int fd, const char *name, struct err *err)
{
	return close(fd) == 0 || err_set(err, "%s: can't be written: %s", name, strerror(errno));
}

void output_note(struct str note)
{
	struct buf line = { 0 };
	struct str text;
	struct err ignored;

	buf_add_cstring(&line, "rollstamp: ");
	err_print_safe(&line, note);
	buf_add_char(&line, '\n');
	text = buf_str(&line);
	if (!output_write(STDERR_FILENO, "standard error", &text, 1, &ignored)) {
		/* There is nobody left to tell. */
	}
	buf_release(&line);
}

void output_error(const struct err *err)
{
	output_note(str_from(err->text));
}

static bool write_in_place(const char *path, struct str text, struct err *err)
{
	int fd = open_retrying(path, O_WRONLY | O_TRUNC | O_CREAT, 0666);

	if (fd < 0)
		return err_set(err, "%s: can't be opened: %s", path, strerror(errno));
	if (output_write(fd, path, &text, 1, err))
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

bool output_write_file(const char *path, struct str text, struct err *err)
{
	struct stat status;
	bool possible, ok;

	if (lstat(path, &status) != 0) {
		mode_t mask = umask(0);

		umask(mask);
		return replace_file(path, 0666 & ~mask, text, &possible, err);
	}
	if (!S_ISREG(status.st_mode))
		return write_in_place(path, text, err);
	if (access(path, W_OK) != 0)
		return err_set(err, "%s: can't be written: %s", path, strerror(errno));
	ok = replace_file(path, status.st_mode & 07777, text, &possible, err);
	return ok || (!possible && write_in_place(path, text, err));
}
