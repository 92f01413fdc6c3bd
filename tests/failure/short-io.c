/* SPDX-License-Identifier: Apache-2.0 */
/*
 * short-io: with SHORT_IO in the environment every read and write moves one byte, and every other one is interrupted
 * or would block.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static unsigned calls;

static bool is_on(void)
{
	return getenv("SHORT_IO") != NULL;
}

/* 0, EINTR, 0, EAGAIN, ... */
static int interruption(void)
{
	calls++;
	return calls % 2 == 0 ? 0 : calls % 4 == 1 ? EINTR : EAGAIN;
}

static ssize_t move(long call, int fd, uintptr_t buffer, size_t size)
{
	errno = is_on() ? interruption() : 0;
	if (errno)
		return -1;
	return syscall(call, fd, buffer, is_on() && size > 1 ? 1 : size);
}

ssize_t read(int fd, void *buffer, size_t size)
{
	return move(SYS_read, fd, (uintptr_t)buffer, size);
}

ssize_t write(int fd, const void *buffer, size_t size)
{
	return move(SYS_write, fd, (uintptr_t)buffer, size);
}

ssize_t writev(int fd, const struct iovec *vector, int count)
{
	if (!is_on())
		return syscall(SYS_writev, fd, vector, count);
	for (int i = 0; i < count; i++)
		if (vector[i].iov_len > 0)
			return move(SYS_write, fd, (uintptr_t)vector[i].iov_base, vector[i].iov_len);
	return 0;
}
