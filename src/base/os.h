/* SPDX-License-Identifier: Apache-2.0 */
/*
 * os: what Linux has and POSIX has not.
 *
 * Everything else of the program asks for what POSIX says. With -Dportable=true, and where there is no Linux, each function
 * does what POSIX can do instead; what that lacks stands beside it.
 */
#ifndef BASE_OS_H
#define BASE_OS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * A pipe whose ends children don't inherit. False with errno on failure; then both ends are -1. Portably, a child that
 * another thread starts at this very moment may inherit them.
 */
bool os_pipe(int ends[2]);

/* socket(2), which children don't inherit; -1 with errno on failure. Portably as with os_pipe. */
int os_socket(int family, int type, int protocol);

/*
 * send(2) that raises no SIGPIPE. Portably that is so only on systems that can say it of a socket (SO_NOSIGPIPE, which
 * os_socket does), and in programs that ignore SIGPIPE.
 */
ssize_t os_send(int socket, const void *bytes, size_t length, int flags);

/*
 * A descriptor that becomes readable when the child `pid` ends, which the caller closes; -1 if there is none: on an old
 * kernel, behind a strict seccomp filter, portably. Then the child must be looked at now and then.
 */
int os_watch_child(pid_t pid);

/*
 * A descriptor that becomes readable when one of the blocked `signals` is pending, which the caller closes; -1 if there is
 * none: then os_is_pending must be asked now and then.
 */
int os_watch_signals(const sigset_t *signals);

/* Is one of `signals`, which are blocked, pending? */
bool os_is_pending(const sigset_t *signals);

/*
 * To be told by main, once and before everything else, by which name the program was started (argv[0], which is borrowed):
 * os_own_path has nothing else portably.
 */
void os_started_as(const char *name);

/* The path of the running program, at most `size` bytes without a NUL, as readlink(2) gives it; -1 if it is not known. */
ssize_t os_own_path(char *path, size_t size);

/* Asks for huge pages in `size` bytes at `start`, where there are some. Without them it is as good, only slower. */
void os_use_huge_pages(void *start, size_t size);

/*
 * Asks for the memory of `size` bytes at `start`, which are mapped and about to be written: in one call, and not by a fault
 * for each page. Without that it is as good, only slower. The contents stay as they are.
 */
void os_populate(void *start, size_t size);

/* How many bytes wait in the pipe `fd` to be read; 0 if it is none, or the system doesn't say, as portably it does not. */
size_t os_count_waiting(int fd);

/* From now on this process is killed when the one that has forked it ends. Portably it is not. */
void os_end_with_parent(void);

#endif
