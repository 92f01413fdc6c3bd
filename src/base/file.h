/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file: whole files in.
 *
 * Reading that knows of signals, short reads, deadlines, limits, and of what is no file with an end, so that nothing else
 * has to.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Larger inputs are refused: nothing that a cluster takes comes near it (etcd stops at 1.5 MiB for one object). */
#define FILE_LIMIT ((size_t)1 << 30)

/* Appends all that `fd` still gives to `into`. `name` is for messages. Fails on a read error and above FILE_LIMIT. */
CHECKED bool file_read_fd(int fd, const char *name, struct buf *into, struct err *err);
/*
 * Appends the contents of the file at `path` to `into`. Of a FIFO, all that is written to it until its last writer has
 * closed it, which must be within `wait_ms`, unless it is our own standard input. Fails when it can't be opened or read
 * in time, or is a directory or a device; a terminal and /dev/null can be read.
 */
CHECKED bool file_read(const char *path, unsigned wait_ms, struct buf *into, struct err *err);
/* Appends the contents of a regular file, or nothing for /dev/null. Any other kind of file is refused at once. */
CHECKED bool file_read_regular(const char *path, struct buf *into, struct err *err);
/*
 * Reads what `fd` still gives, for at most `wait_ms`, and forgets it: whoever writes to a pipe that nobody reads any more
 * is ended by a signal. Not from a terminal.
 */
void file_drain(int fd, unsigned wait_ms);

#endif
