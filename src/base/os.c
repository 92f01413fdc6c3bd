/* SPDX-License-Identifier: Apache-2.0 */
#include "base/os.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

bool os_is_pending(const sigset_t *signals)
{
	sigset_t pending;

	if (sigpending(&pending) != 0)
		return false;
	for (int number = 1; number < NSIG; number++)
		if (sigismember(signals, number) == 1 && sigismember(&pending, number) == 1)
			return true;
	return false;
}

#if defined(__linux__) && !defined(ROLLSTAMP_PORTABLE)

#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>

bool os_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) == 0)
		return true;
	ends[0] = ends[1] = -1;
	return false;
}

int os_socket(int family, int type, int protocol)
{
	return socket(family, type | SOCK_CLOEXEC, protocol);
}

ssize_t os_send(int socket, const void *bytes, size_t length, int flags)
{
	return send(socket, bytes, length, flags | MSG_NOSIGNAL);
}

int os_watch_child(pid_t pid)
{
#ifdef SYS_pidfd_open
	/* The kernel's own number for "no flags". It is close-on-exec by itself. */
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	(void)pid;
	return -1;
#endif
}

int os_watch_signals(const sigset_t *signals)
{
	return signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

void os_started_as(const char *name)
{
	(void)name;
}

ssize_t os_own_path(char *path, size_t size)
{
	ssize_t length = readlink("/proc/self/exe", path, size);
	const char *started;

	if (length >= 0)
		return length;
	/* Without /proc, in a bare chroot: the path that was executed, which counts if it is absolute. */
	started = (const char *)(uintptr_t)getauxval(AT_EXECFN);
	if (!started || *started != '/' || strlen(started) > size)
		return -1;
	memcpy(path, started, strlen(started));
	return (ssize_t)strlen(started);
}

void os_use_huge_pages(void *start, size_t size)
{
	(void)madvise(start, size, MADV_HUGEPAGE);
}

void os_populate(void *start, size_t size)
{
#ifdef MADV_POPULATE_WRITE
	uintptr_t into_page = (uintptr_t)start % (uintptr_t)sysconf(_SC_PAGESIZE);

	if (size > 0)
		(void)madvise((char *)start - into_page, size + into_page, MADV_POPULATE_WRITE);
#else
	(void)start;
	(void)size;
#endif
}

size_t os_count_waiting(int fd)
{
	int count;

	return ioctl(fd, FIONREAD, &count) == 0 && count > 0 ? (size_t)count : 0;
}

void os_end_with_parent(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
}

#else

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool os_pipe(int ends[2])
{
	if (pipe(ends) == 0 && fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0)
		return true;
	ends[0] = ends[1] = -1;
	return false;
}

int os_socket(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd < 0)
		return -1;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
#ifdef SO_NOSIGPIPE
	(void)setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &(int){ 1 }, sizeof(int));
#endif
	return fd;
}

ssize_t os_send(int socket, const void *bytes, size_t length, int flags)
{
#ifdef MSG_NOSIGNAL
	flags |= MSG_NOSIGNAL;
#endif
	return send(socket, bytes, length, flags);
}

int os_watch_child(pid_t pid)
{
	(void)pid;
	return -1;
}

int os_watch_signals(const sigset_t *signals)
{
	(void)signals;
	return -1;
}

static const char *started_as;

void os_started_as(const char *name)
{
	started_as = name;
}

/* Puts the real path of a file that can be executed into `path`; -1 if it is none, or too long. */
static ssize_t real_path(const char *file, char *path, size_t size)
{
	char *real = access(file, X_OK) == 0 ? realpath(file, NULL) : NULL;
	size_t length = real ? strlen(real) : 0;
	ssize_t given = -1;

	if (real && length <= size) {
		memcpy(path, real, length);
		given = (ssize_t)length;
	}
	free(real);
	return given;
}

/* As a shell finds it: a name with a slash is a path, another one is in a directory of PATH. */
ssize_t os_own_path(char *path, size_t size)
{
	const char *rest = getenv("PATH"), *end;
	ssize_t length = -1;

	if (!started_as || strchr(started_as, '/'))
		return started_as ? real_path(started_as, path, size) : -1;
	for (; rest && length < 0; rest = *end ? end + 1 : NULL) {
		char file[4096];
		int printed;

		end = rest + strcspn(rest, ":");
		printed = snprintf(file, sizeof(file), "%.*s/%s", (int)(end - rest), rest, started_as);
		if (*rest == '/' && printed > 0 && (size_t)printed < sizeof(file))
			length = real_path(file, path, size);
	}
	return length;
}

void os_use_huge_pages(void *start, size_t size)
{
	(void)start;
	(void)size;
}

void os_populate(void *start, size_t size)
{
	(void)start;
	(void)size;
}

size_t os_count_waiting(int fd)
{
	(void)fd;
	return 0;
}

void os_end_with_parent(void)
{
}

#endif
