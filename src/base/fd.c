/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fd.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

int64_t fd_deadline(unsigned wait_ms)
{
	return clock_ms() + wait_ms;
}

bool fd_wait(int fd, short events, int64_t deadline)
{
	struct pollfd ready = { .fd = fd, .events = events };

	for (;;) {
		int64_t left = deadline == FD_FOREVER ? INT_MAX : deadline - clock_ms();
		int count = poll(&ready, 1, left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left);

		if (count > 0)
			return true;
		if (count == 0 && deadline != FD_FOREVER && clock_ms() >= deadline) {
			errno = ETIMEDOUT;
			return false;
		}
		if (count < 0 && errno != EINTR)
			return false;
	}
}

bool fd_try_again(int fd, short events, int64_t deadline)
{
	return errno == EINTR || (errno == EAGAIN && fd_wait(fd, events, deadline));
}

bool fd_reserve(int fd, size_t size)
{
	struct stat status;
	int error = fstat(fd, &status) == 0 ? 0 : errno;

	if (error == 0 && size > 0)
		error = posix_fallocate(fd, 0, (off_t)size);
	if (error == 0 || error == EOPNOTSUPP || error == ENOSYS || error == EINVAL)
		return true;
	/* A part of it may have been given. */
	if (ftruncate(fd, status.st_size) != 0)
		error = errno;
	errno = error;
	return false;
}

bool fd_is_standard(const struct stat *status)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		struct stat standard;

		if (fstat(fd, &standard) == 0 && standard.st_dev == status->st_dev && standard.st_ino == status->st_ino)
			return true;
	}
	return false;
}

int fd_open(const char *path, int flags, mode_t mode)
{
	int fd;

	do
		fd = open(path, flags | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

bool fd_hold_standard(void)
{
	bool has_stdout = true;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		has_stdout = has_stdout && fd != STDOUT_FILENO;
		/* In the direction in which it is not used. What fails to open here will fail again, and be told. */
		(void)fd_open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY, 0);
	}
	return has_stdout;
}
