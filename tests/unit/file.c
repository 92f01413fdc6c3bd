/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/output.h"
#include "base/utf8.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* How the system calls that are wrapped behave; all zero: as ever. */
static struct {
	bool is_short;    /* one byte at a time */
	int interruption; /* every other call fails with this errno first */
	int error;        /* the call after `calls_before` fails with this errno for good */
	unsigned calls_before;
	int close_error, rename_error, fchmod_error, reserve_error;
	bool huge; /* reads give as much as was asked for, of what is never touched */
	unsigned calls, polls;
} fake;

ssize_t __real_read(int fd, void *buffer, size_t size);
ssize_t __wrap_read(int fd, void *buffer, size_t size);
ssize_t __real_writev(int fd, const struct iovec *vector, int count);
ssize_t __wrap_writev(int fd, const struct iovec *vector, int count);
int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __real_close(int fd);
int __wrap_close(int fd);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode);
bool __real_fd_reserve(int fd, size_t size);
bool __wrap_fd_reserve(int fd, size_t size);

static int trouble(void)
{
	fake.calls++;
	if (fake.error && fake.calls > fake.calls_before)
		return fake.error;
	if (fake.interruption && fake.calls % 2 == 1)
		return fake.interruption;
	return 0;
}

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	errno = trouble();
	if (errno)
		return -1;
	if (fake.huge)
		return (ssize_t)size;
	return __real_read(fd, buffer, fake.is_short && size > 1 ? 1 : size);
}

ssize_t __wrap_writev(int fd, const struct iovec *vector, int count)
{
	errno = trouble();
	if (errno)
		return -1;
	if (!fake.is_short)
		return __real_writev(fd, vector, count);
	for (int i = 0; i < count; i++)
		if (vector[i].iov_len > 0)
			return write(fd, vector[i].iov_base, 1);
	return 0;
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	fake.polls++;
	return __real_poll(fds, count, timeout);
}

int __wrap_close(int fd)
{
	int result = __real_close(fd);

	if (fake.close_error) {
		errno = fake.close_error;
		return -1;
	}
	return result;
}

int __wrap_rename(const char *from, const char *to)
{
	if (fake.rename_error) {
		errno = fake.rename_error;
		return -1;
	}
	return __real_rename(from, to);
}

bool __wrap_fd_reserve(int fd, size_t size)
{
	errno = fake.reserve_error;
	return !fake.reserve_error && __real_fd_reserve(fd, size);
}

int __wrap_fchmod(int fd, mode_t mode)
{
	if (fake.fchmod_error) {
		errno = fake.fchmod_error;
		return -1;
	}
	return __real_fchmod(fd, mode);
}

static char directory[64];

static int set_up(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	strcpy(directory, "/tmp/rollstamp-unit.XXXXXX");
	return mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[128];

	memset(&fake, 0, sizeof(fake));
	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	if (system(command) != 0)
		return -1;
	return unit_release(state);
}

#define IN_DIRECTORY(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

static const char *path_of(const char *name)
{
	return arena_printf(&unit_arena, "%s/%s", directory, name).ptr;
}

static void make_file(const char *path, const char *contents, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(contents, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static struct str contents_of(const char *path)
{
	struct buf buf = { 0 };
	struct str copy;

	assert_succeeds(file_read(path, WAIT_MS, &buf, &unit_err));
	copy = arena_dup(&unit_arena, buf_str(&buf));
	buf_release(&buf);
	return copy;
}

static size_t count_entries(void)
{
	struct buf list = { 0 };
	FILE *ls = popen(arena_printf(&unit_arena, "ls -A '%s'", directory).ptr, "r");
	size_t lines = 0;

	assert_non_null(ls);
	for (int c = fgetc(ls); c != EOF; c = fgetc(ls))
		lines += c == '\n';
	pclose(ls);
	buf_release(&list);
	return lines;
}

/* Every first byte with every kind of second, by the table of RFC 3629. */
static size_t expected_length(const unsigned char *p, size_t left)
{
	static const struct {
		unsigned char first_from, first_to, second_from, second_to;
		size_t length;
	} rows[] = {
		{ 0x01, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (p[0] < rows[i].first_from || p[0] > rows[i].first_to)
			continue;
		if (rows[i].length == 1)
			return 1;
		if (rows[i].length > left || p[1] < rows[i].second_from || p[1] > rows[i].second_to)
			return 0;
		for (size_t k = 2; k < rows[i].length; k++)
			if (p[k] < 0x80 || p[k] > 0xbf)
				return 0;
		return rows[i].length;
	}
	return 0;
}

/* Where the first byte that is not allowed stands, or the length of the text. */
static size_t expected_end(const unsigned char *p, size_t length)
{
	size_t at = 0;

	while (at < length) {
		size_t step = expected_length(p + at, length - at);

		if (step == 0)
			break;
		at += step;
	}
	return at;
}

static void check_utf8(const char *bytes, size_t length)
{
	size_t end = expected_end((const unsigned char *)bytes, length);
	struct utf8_facts facts;
	struct err err = { .at = 12345 };
	bool ok = utf8_check((struct str){ bytes, length }, &facts, &err);

	if (ok == (end == length) && (ok || err.at == end))
		return;
	print_error("bytes %02x %02x %02x %02x ...: %s\n", (unsigned char)bytes[0], (unsigned char)bytes[1],
		    (unsigned char)bytes[2], (unsigned char)bytes[3], ok ? "accepted" : err.text);
	fail();
}

static void utf8_is_checked_at_every_boundary(void **state)
{
	static const unsigned char continuations[] = { 0x7f, 0x80, 0xbf, 0xc0 };
	char text[8];

	(void)state;
	for (unsigned first = 0; first < 256; first++)
		for (unsigned second = 0; second < 256; second++)
			for (size_t third = 0; third < COUNT(continuations); third++)
				for (size_t fourth = 0; fourth < COUNT(continuations); fourth++) {
					text[0] = (char)first;
					text[1] = (char)second;
					text[2] = (char)continuations[third];
					text[3] = (char)continuations[fourth];
					memcpy(text + 4, "abcd", 4);
					for (size_t length = 1; length <= 5; length++)
						check_utf8(text, length);
				}
}

static void utf8_is_checked_wherever_it_stands(void **state)
{
	static const char *const pieces[] = { "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xe2\x82", "\xff", "" };
	char text[48];

	(void)state;
	/* Eight bytes are looked at at once. */
	for (size_t at = 0; at < 20; at++)
		for (size_t behind = 0; behind < 20; behind++)
			for (size_t i = 0; i < COUNT(pieces); i++) {
				size_t length = strlen(pieces[i]) + (i + 1 == COUNT(pieces)); /* the NUL itself */

				memset(text, 'a', sizeof(text));
				memcpy(text + at, pieces[i], length);
				check_utf8(text, at + length + behind);
			}
}

static void a_nul_is_told_apart_from_other_bytes(void **state)
{
	struct utf8_facts facts;

	(void)state;
	assert_fails(utf8_check(S("abc\0def"), &facts, &unit_err), "a NUL byte");
	assert_int_equal(unit_err.at, 3);
	assert_fails(utf8_check(S("abc\xff"), &facts, &unit_err), "byte 0xff is not valid UTF-8");
	assert_int_equal(unit_err.at, 3);
	/* Borrows below the NUL must not hide it, nor make one of a 0x01 or 0x80. */
	assert_fails(utf8_check(S("\0\1\1\1\1\1\1\1\1"), &facts, &unit_err), "a NUL byte");
	assert_succeeds(utf8_check(S("\1\1\1\1\1\1\1\1\1"), &facts, &unit_err));
}

static void facts_tell_of_line_breaks(void **state)
{
	static const struct {
		const char *text;
		bool odd_breaks, carriage;
	} rows[] = {
		{ "", false, false },
		{ "abc\n", false, false },
		{ "abc\r\n", false, true },
		{ "abc\rdefghijklmnop", false, true },
		{ "\xc2\x85", true, false },
		{ "12345678\xe2\x80\xa8", true, false },
		{ "\xe2\x80\xa9", true, false },
		{ "\xe2\x80\xa7\xe2\x80\xaa\xc2\x84\xc2\x86", false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct utf8_facts facts = { .odd_breaks = !rows[i].odd_breaks, .carriage = !rows[i].carriage };

		assert_succeeds(utf8_check(str_from(rows[i].text), &facts, &unit_err));
		assert_for(facts.odd_breaks == rows[i].odd_breaks, rows[i].text);
		assert_for(facts.carriage == rows[i].carriage, rows[i].text);
	}
}

static void a_file_is_read_whole(void **state)
{
	const char *path = path_of("file");
	struct buf big = { 0 };

	(void)state;
	make_file(path, "", 0600);
	assert_str(contents_of(path), "");
	for (int i = 0; i < 50000; i++)
		buf_printf(&big, "line %d\n", i);
	buf_add_char(&big, '\0');
	make_file(path, big.ptr, 0600);
	big.len--;
	assert_true(str_equal(contents_of(path), buf_str(&big)));
	buf_release(&big);
}

/* Room for them is made in pages of two sizes. */
static void files_around_the_size_of_large_pages_are_read_whole(void **state)
{
	static const size_t sizes[] = { 196606,  196607,  196608,  2097151, 2097152,
					2097153, 2200000, 2900000, 4194303, 4300000 };
	const char *path = path_of("file");

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct buf big = { 0 };

		while (big.len < sizes[i])
			buf_printf(&big, "line %zu\n", big.len);
		big.ptr[sizes[i]] = '\0';
		big.len = sizes[i];
		make_file(path, big.ptr, 0600);
		assert_true(str_equal(contents_of(path), buf_str(&big)));
		buf_release(&big);
	}
}

/* Writes as much as the pipe has room for, and the rest in a process of its own. Returns that. */
static pid_t write_to_pipe(int fd, struct str text)
{
	int flags = fcntl(fd, F_GETFL);
	ssize_t written;
	pid_t writer;

	assert_int_equal(fcntl(fd, F_SETFL, flags | O_NONBLOCK), 0);
	written = write(fd, text.ptr, text.len);
	assert_int_equal(fcntl(fd, F_SETFL, flags), 0);
	writer = fork();
	assert_true(writer >= 0);
	if (writer > 0)
		return writer;
	text = str_skip(text, written > 0 ? (size_t)written : 0);
	while (text.len > 0 && (written = write(fd, text.ptr, text.len)) > 0)
		text = str_skip(text, (size_t)written);
	_exit(0);
}

static void pipes_of_any_length_are_read_whole(void **state)
{
	static const size_t sizes[] = { 0,      1,      4096,   16384,   65535,   65536,  65537,
					196608, 196609, 300000, 2293760, 2293761, 3000000 };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct buf big = { 0 }, read = { 0 };
		int ends[2];
		pid_t writer;

		while (big.len < sizes[i])
			buf_printf(&big, "line %zu\n", big.len);
		big.len = sizes[i];
		assert_int_equal(pipe(ends), 0);
		writer = write_to_pipe(ends[1], buf_str(&big));
		close(ends[1]);
		assert_succeeds(file_read_fd(ends[0], "pipe", &read, &unit_err));
		assert_int_equal(waitpid(writer, NULL, 0), writer);
		assert_true(str_equal(buf_str(&read), buf_str(&big)));
		close(ends[0]);
		buf_release(&big);
		buf_release(&read);
	}
}

static void reading_appends(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	make_file(path_of("a"), "one\n", 0600);
	buf_add(&buf, S("zero\n"));
	assert_succeeds(file_read(path_of("a"), WAIT_MS, &buf, &unit_err));
	assert_str(buf_str(&buf), "zero\none\n");
	buf_release(&buf);
}

static void short_reads_and_signals_lose_nothing(void **state)
{
	(void)state;
	make_file(path_of("a"), "some text\nof two lines\n", 0600);
	fake.is_short = true;
	fake.interruption = EINTR;
	assert_str(contents_of(path_of("a")), "some text\nof two lines\n");
	assert_int_equal(fake.polls, 0);
	assert_true(fake.calls >= 46);
}

static void a_descriptor_that_does_not_block_is_waited_for(void **state)
{
	struct buf buf = { 0 };
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	assert_int_equal(write(ends[1], "abc", 3), 3);
	close(ends[1]);
	fake.interruption = EAGAIN;
	assert_succeeds(file_read_fd(ends[0], "pipe", &buf, &unit_err));
	assert_str(buf_str(&buf), "abc");
	assert_true(fake.polls > 0);
	close(ends[0]);
	buf_release(&buf);
}

/* What a message has of an error of the system, in the words of this C library. */
static const char *reason(const char *what, int error)
{
	return arena_printf(&unit_arena, "%s: %s", what, strerror(error)).ptr;
}

static void what_cannot_be_read_is_named(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	assert_fails(file_read(path_of("missing"), WAIT_MS, &buf, &unit_err), "missing: can't be opened: No such file");
	assert_fails(file_read(directory, WAIT_MS, &buf, &unit_err), "can't be read: Is a directory");
	make_file(path_of("a"), "abc", 0600);
	fake.error = EIO;
	fake.calls_before = 1;
	assert_fails(file_read(path_of("a"), WAIT_MS, &buf, &unit_err), reason("a: can't be read", EIO));
	assert_fails(file_read_fd(-1, "standard input", &buf, &unit_err), "standard input: can't be read");
	buf_release(&buf);
}

#ifndef UNIT_ASAN
/* With AddressSanitizer, memory that is only reserved is touched too. */
static void an_input_above_the_limit_is_refused(void **state)
{
	struct buf buf = { 0 };
	int null = open("/dev/null", O_RDONLY);

	(void)state;
	assert_true(null >= 0);
	fake.huge = true;
	assert_fails(file_read_fd(null, "input", &buf, &unit_err), "input: is larger than 1024 MiB");
	close(null);
	buf_release(&buf);
}
#endif

/* Pieces of many lengths, more of them than one writev takes. */
static size_t make_pieces(struct str *pieces, size_t count)
{
	static const char text[] = "abcdefghijklmnopqrstuvwxyz";
	size_t total = 0;

	for (size_t i = 0; i < count; i++) {
		pieces[i] = (struct str){ text, i % 5 };
		total += pieces[i].len;
	}
	return total;
}

static void write_pieces(const struct str *pieces, size_t count, size_t total)
{
	const char *path = path_of("out");
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_succeeds(output_write(fd, "out", pieces, count, &unit_err));
	close(fd);
	assert_int_equal(contents_of(path).len, total);
	assert_true(str_equal(contents_of(path), unit_join(pieces, count)));
}

static void all_pieces_are_written(void **state)
{
	struct str pieces[201];
	size_t total = make_pieces(pieces, COUNT(pieces));

	(void)state;
	write_pieces(pieces, COUNT(pieces), total);
	write_pieces(pieces, 64, make_pieces(pieces, 64));
	write_pieces(pieces, 1, 0);
	write_pieces(NULL, 0, 0);
}

static void short_writes_and_signals_lose_nothing(void **state)
{
	struct str pieces[201];
	size_t total = make_pieces(pieces, COUNT(pieces));

	(void)state;
	fake.is_short = true;
	write_pieces(pieces, COUNT(pieces), total);
	fake.interruption = EINTR;
	write_pieces(pieces, COUNT(pieces), total);
	fake.interruption = EAGAIN;
	write_pieces(pieces, COUNT(pieces), total);
	assert_true(fake.polls > 0);
}

static void what_cannot_be_written_is_named(void **state)
{
	struct str piece = S("abc");
	int full = open("/dev/full", O_WRONLY);

	(void)state;
	assert_true(full >= 0);
	assert_fails(output_write(full, "standard output", &piece, 1, &unit_err),
		     "standard output: can't be written: No space left on device");
	close(full);
	assert_fails(output_write(-1, "standard output", &piece, 1, &unit_err), "standard output: can't be written");
}

static mode_t mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

static void a_new_file_has_the_mode_that_the_umask_leaves(void **state)
{
	mode_t before = umask(027);

	(void)state;
	assert_succeeds(output_write_file(path_of("new"), S("abc"), WAIT_MS, &unit_err));
	assert_int_equal(umask(before), 027);
	assert_str(contents_of(path_of("new")), "abc");
	assert_int_equal(mode_of(path_of("new")), 0640);
}

static void a_replaced_file_keeps_its_mode(void **state)
{
	const char *path = path_of("report");

	(void)state;
	make_file(path, "old contents, which are longer", 0604);
	assert_succeeds(output_write_file(path, S("new"), WAIT_MS, &unit_err));
	assert_str(contents_of(path), "new");
	assert_int_equal(mode_of(path), 0604);
	assert_int_equal(count_entries(), 1);
}

static void a_file_that_cannot_be_replaced_stays_as_it_was(void **state)
{
	const char *const parts[] = { reason("can't be written", ENOSPC), reason("can't be written", EIO),
				      reason("can't be replaced", EACCES), reason("can't be written", EROFS) };
	const char *path = path_of("report");

	(void)state;
	make_file(path, "old", 0604);
	for (size_t i = 0; i < COUNT(parts); i++) {
		memset(&fake, 0, sizeof(fake));
		fake.is_short = true;
		fake.error = i == 0 ? ENOSPC : 0;
		fake.calls_before = 2;
		fake.close_error = i == 1 ? EIO : 0;
		fake.rename_error = i == 2 ? EACCES : 0;
		fake.fchmod_error = i == 3 ? EROFS : 0;
		assert_fails(output_write_file(path, S("new contents"), WAIT_MS, &unit_err), parts[i]);
		memset(&fake, 0, sizeof(fake));
		assert_str(contents_of(path), "old");
		assert_int_equal(mode_of(path), 0604);
		/* Nothing is left beside it. */
		assert_int_equal(count_entries(), 1);
	}
}

static void a_file_that_is_a_mount_is_overwritten_if_there_is_room(void **state)
{
	const char *path = path_of("report");

	(void)state;
	make_file(path, "old contents, which are longer", 0604);
	fake.rename_error = EBUSY;
	fake.reserve_error = ENOSPC;
	assert_fails(output_write_file(path, S("new"), WAIT_MS, &unit_err), reason("can't be written", ENOSPC));
	assert_str(contents_of(path), "old contents, which are longer");
	fake.reserve_error = 0;
	assert_succeeds(output_write_file(path, S("new"), WAIT_MS, &unit_err));
	assert_str(contents_of(path), "new");
	assert_succeeds(output_write_file(path, S("new contents, which are longer again"), WAIT_MS, &unit_err));
	assert_str(contents_of(path), "new contents, which are longer again");
	assert_succeeds(output_write_file(path, S(""), WAIT_MS, &unit_err));
	assert_str(contents_of(path), "");
	assert_int_equal(mode_of(path), 0604);
	assert_int_equal(count_entries(), 1);
}

static void a_new_file_that_cannot_be_written_is_not_there(void **state)
{
	(void)state;
	fake.error = ENOSPC;
	assert_fails(output_write_file(path_of("new"), S("abc"), WAIT_MS, &unit_err),
		     "new: can't be written: No space left");
	assert_int_equal(count_entries(), 0);
	memset(&fake, 0, sizeof(fake));
	assert_fails(output_write_file(path_of("no/such/directory"), S("abc"), WAIT_MS, &unit_err),
		     "can't be written: No such");
}

static void devices_and_pipes_are_written_to(void **state)
{
	int reader;
	char got[8];

	(void)state;
	assert_succeeds(output_write_file("/dev/null", S("abc"), WAIT_MS, &unit_err));
	assert_fails(output_write_file("/dev/full", S("abc"), WAIT_MS, &unit_err),
		     "/dev/full: can't be written: No space left");
	assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
	reader = open(path_of("pipe"), O_RDONLY | O_NONBLOCK);
	assert_true(reader >= 0);
	assert_succeeds(output_write_file(path_of("pipe"), S("abc"), WAIT_MS, &unit_err));
	assert_int_equal(read(reader, got, sizeof(got)), 3);
	assert_memory_equal(got, "abc", 3);
	close(reader);
	assert_fails(output_write_file(directory, S("abc"), WAIT_MS, &unit_err), "can't be opened: Is a directory");
}

static void a_pipe_that_nobody_reads_is_not_waited_for_for_ever(void **state)
{
	struct buf much = { 0 };
	int reader;

	(void)state;
	assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
	assert_fails(output_write_file(path_of("pipe"), S("abc"), 20, &unit_err),
		     "pipe: nobody has opened it for reading in time");
	reader = open(path_of("pipe"), O_RDONLY | O_NONBLOCK);
	assert_true(reader >= 0);
	buf_add_repeated(&much, 'x', 4 * 1024 * 1024);
	assert_fails(output_write_file(path_of("pipe"), buf_str(&much), 20, &unit_err),
		     "pipe: nobody has read it in time");
	buf_release(&much);
	close(reader);
}

static void a_pipe_is_read_until_its_last_writer_ends(void **state)
{
	struct buf buf = { 0 };
	int writer, reader, ends[2];

	(void)state;
	assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
	assert_fails(file_read(path_of("pipe"), 20, &buf, &unit_err), "pipe: nobody has written it to its end in time");
	/* So that it can be opened for writing, and what is written stays. */
	reader = open(path_of("pipe"), O_RDONLY | O_NONBLOCK);
	writer = open(path_of("pipe"), O_WRONLY);
	assert_int_equal(write(writer, "abc", 3), 3);
	assert_fails(file_read(path_of("pipe"), 20, &buf, &unit_err), "pipe: nobody has written it to its end in time");
	close(writer);
	close(reader);
	/* What a shell makes of <(...). */
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "def", 3), 3);
	close(ends[1]);
	assert_succeeds(file_read(arena_printf(&unit_arena, "/dev/fd/%d", ends[0]).ptr, WAIT_MS, &buf, &unit_err));
	assert_str(buf_str(&buf), "abcdef");
	buf_release(&buf);
	close(ends[0]);
}

static void what_never_ends_is_not_read(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	assert_fails(file_read("/dev/zero", WAIT_MS, &buf, &unit_err),
		     "/dev/zero: is a device, which can't be read to its end");
	assert_succeeds(file_read("/dev/null", WAIT_MS, &buf, &unit_err));
	assert_int_equal(buf.len, 0);
	buf_release(&buf);
}

static void what_is_drained_is_read_to_its_end_or_until_the_time_is_over(void **state)
{
	char byte;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "rest", 4), 4);
	/* Somebody could still write. */
	file_drain(ends[0], 20);
	close(ends[1]);
	file_drain(ends[0], 10000);
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
}

static void what_must_be_a_regular_file_is_nothing_else(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
	assert_fails(file_read_regular(path_of("pipe"), &buf, &unit_err), "pipe: is no regular file");
	assert_fails(file_read_regular("/dev/zero", &buf, &unit_err), "/dev/zero: is no regular file");
	assert_fails(file_read_regular(directory, &buf, &unit_err), ": is no regular file");
	make_file(path_of("file"), "abc", 0600);
	assert_succeeds(file_read_regular(path_of("file"), &buf, &unit_err));
	assert_succeeds(file_read_regular("/dev/null", &buf, &unit_err));
	assert_str(buf_str(&buf), "abc");
	buf_release(&buf);
}

static void a_link_stays_a_link(void **state)
{
	struct stat status;

	(void)state;
	make_file(path_of("target"), "old", 0600);
	assert_int_equal(symlink("target", path_of("link")), 0);
	assert_succeeds(output_write_file(path_of("link"), S("new"), WAIT_MS, &unit_err));
	assert_str(contents_of(path_of("target")), "new");
	assert_int_equal(lstat(path_of("link"), &status), 0);
	assert_true(S_ISLNK(status.st_mode));
}

static void a_path_that_is_too_long_is_an_error(void **state)
{
	struct buf path = { 0 };

	(void)state;
	buf_add_repeated(&path, 'p', 5000);
	buf_add_char(&path, '\0');
	assert_fails(output_write_file(path.ptr, S("abc"), WAIT_MS, &unit_err), "ppp");
	buf_release(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(utf8_is_checked_at_every_boundary),
		IN_DIRECTORY(utf8_is_checked_wherever_it_stands),
		IN_DIRECTORY(a_nul_is_told_apart_from_other_bytes),
		IN_DIRECTORY(facts_tell_of_line_breaks),
		IN_DIRECTORY(a_file_is_read_whole),
		IN_DIRECTORY(files_around_the_size_of_large_pages_are_read_whole),
		TEST(pipes_of_any_length_are_read_whole),
		IN_DIRECTORY(reading_appends),
		IN_DIRECTORY(short_reads_and_signals_lose_nothing),
		IN_DIRECTORY(a_descriptor_that_does_not_block_is_waited_for),
		IN_DIRECTORY(what_cannot_be_read_is_named),
#ifndef UNIT_ASAN
		IN_DIRECTORY(an_input_above_the_limit_is_refused),
#endif
		IN_DIRECTORY(all_pieces_are_written),
		IN_DIRECTORY(short_writes_and_signals_lose_nothing),
		IN_DIRECTORY(what_cannot_be_written_is_named),
		IN_DIRECTORY(a_new_file_has_the_mode_that_the_umask_leaves),
		IN_DIRECTORY(a_replaced_file_keeps_its_mode),
		IN_DIRECTORY(a_file_that_cannot_be_replaced_stays_as_it_was),
		IN_DIRECTORY(a_file_that_is_a_mount_is_overwritten_if_there_is_room),
		IN_DIRECTORY(a_new_file_that_cannot_be_written_is_not_there),
		IN_DIRECTORY(devices_and_pipes_are_written_to),
		IN_DIRECTORY(a_pipe_that_nobody_reads_is_not_waited_for_for_ever),
		IN_DIRECTORY(a_pipe_is_read_until_its_last_writer_ends),
		IN_DIRECTORY(what_never_ends_is_not_read),
		TEST(what_is_drained_is_read_to_its_end_or_until_the_time_is_over),
		IN_DIRECTORY(what_must_be_a_regular_file_is_nothing_else),
		IN_DIRECTORY(a_link_stays_a_link),
		IN_DIRECTORY(a_path_that_is_too_long_is_an_error),
	};

	return unit_run(tests);
}
