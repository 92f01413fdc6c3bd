/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output: whole results out, and what is said about them.
 *
 * Writing that knows of signals, short writes and deadlines, so that nothing else has to. A file is replaced in one step
 * where that can be done.
 */
#ifndef BASE_OUTPUT_H
#define BASE_OUTPUT_H

#include "base/err.h"

/* Writes `count` pieces to `fd`, all of them. Fails with a sentence on any write error; `name` is for it. */
CHECKED bool output_write(int fd, const char *name, const struct str *pieces, size_t count, struct err *err);
/* Closes `fd`. Some file systems tell only then that the disk is full. */
CHECKED bool output_close(int fd, const char *name, struct err *err);
/* Prints "rollstamp: " and the message on one line to stderr, safe for a terminal. */
void output_error(const struct err *err);
/* Prints a line that is safe already to stderr; needs no memory. */
void output_note(struct str line);
/*
 * Makes `text` the contents of the file at `path`: a regular file or a new one is replaced in one step, anything else
 * (a device, a pipe) is written to. A FIFO must be read within `wait_ms`, unless it is our own standard output or error.
 * Fails with a sentence and leaves a regular file as it was; but where it can't be replaced, since its directory is not
 * ours or it is a mount of its own, it is overwritten once there is room for all of it.
 */
CHECKED bool output_write_file(const char *path, struct str text, unsigned wait_ms, struct err *err);

#endif
