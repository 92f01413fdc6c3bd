/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fd: opening file descriptors and waiting for them.
 *
 * What both reading and writing need to know of signals, of descriptors that do not block, of deadlines, and of the three
 * descriptors that whoever started the program has given to it.
 */
#ifndef BASE_FD_H
#define BASE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* The deadline that never comes. */
#define FD_FOREVER INT64_MAX

/* The moment that is `wait_ms` from now, as clock_ms() counts. */
int64_t fd_deadline(unsigned wait_ms);

/*
 * Waits until `fd` is ready for `events` (POLLIN or POLLOUT) or has come to its end. False, with errno, at the deadline
 * (ETIMEDOUT) and on failure.
 */
bool fd_wait(int fd, short events, int64_t deadline);

/*
 * Should a read or write that failed with errno be tried again? Waits for a descriptor that does not block: one that we
 * opened, or that somebody else made so (Node.js does that to the pipes of its children).
 */
bool fd_try_again(int fd, short events, int64_t deadline);

/* open(2), closed in children, and tried again after a signal. */
int fd_open(const char *path, int flags, mode_t mode);

/*
 * Sees to it that the first `size` bytes of a regular file have room on the disk; what stands there stays. False, with
 * errno, if there is none, and the file is as it was. Where the system can't tell, that is true.
 */
bool fd_reserve(int fd, size_t size);

/*
 * Is the file of `status` our standard input, output or error? Whoever started us gave us that file, and knows when it
 * ends.
 */
bool fd_is_standard(const struct stat *status);

/*
 * A descriptor that the caller has closed would be given to the next file that is opened, and a report would end in a
 * manifest. Takes the place of each closed one of 0 to 2, so that using it fails. False if stdout was closed.
 */
bool fd_hold_standard(void);

#endif
