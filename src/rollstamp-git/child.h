/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child: another program that we talk with through pipes, for as long as a conversation takes.
 *
 * The child stays in our process group, so whoever kills the group at the deadline kills the child, too. All functions
 * block.
 */
#ifndef ROLLSTAMP_GIT_CHILD_H
#define ROLLSTAMP_GIT_CHILD_H

#include "base/arena.h"
#include "base/err.h"

#include <sys/types.h>

/* How many bytes of the end of the child's standard error are kept. */
#define CHILD_COMPLAINT_LIMIT ((size_t)8 * 1024)

struct child {
	pid_t pid; /* 0: the child has been waited for */
	int input; /* our ends of the child's standard input, output and errors; -1: closed */
	int output;
	int errors;
	int status; /* as waitpid(2) gives it, once the child has ended */
	char complaint[CHILD_COMPLAINT_LIMIT];
	size_t complaint_length;
};

/*
 * Starts argv[0], looked up as program_find does, in `environment`. `child` is the caller's memory, must not be moved,
 * and must be given to child_end when the start succeeded. Fails with a sentence if there are no pipes or no process
 * for the child, or no such program.
 */
CHECKED bool child_start(const char *const *argv, const char *const *environment, struct arena *arena,
			 struct child *child, struct err *err);

/*
 * Waits for output of the child and reads at least one byte, at most `room`. `*got` is 0 at the end of the output: then
 * the child has ended, and `status` and child_complaint tell how. Fails with a sentence if the pipe can't be read.
 */
CHECKED bool child_read(struct child *child, char *to, size_t room, size_t *got, struct err *err);
/* Writes all of `text` to the child's standard input. Fails with a sentence if the child has closed its input. */
CHECKED bool child_write(struct child *child, struct str text, struct err *err);
/* The last bytes that the child has written to its standard error so far; borrowed from `child`. */
struct str child_complaint(const struct child *child);
/*
 * Closes the pipes, and terminates the child if it does not end by itself in a moment. The child is waited for either
 * way.
 */
void child_end(struct child *child);

#endif
