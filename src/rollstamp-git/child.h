/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child: a program that is spoken with through pipes, for as long as a conversation takes.
 *
 * It stays in our process group, whose end, at the deadline, is its end, too. Everything blocks.
 */
#ifndef ROLLSTAMP_GIT_CHILD_H
#define ROLLSTAMP_GIT_CHILD_H

#include "base/arena.h"
#include "base/err.h"

#include <sys/types.h>

/* How much of the end of its standard error is kept. */
#define CHILD_COMPLAINT_LIMIT ((size_t)8 * 1024)

struct child {
	pid_t pid; /* 0: it has been waited for */
	int input; /* our ends of its standard input, output and errors; -1: closed */
	int output;
	int errors;
	int status; /* as waitpid(2) gives it, when it has ended */
	char complaint[CHILD_COMPLAINT_LIMIT];
	size_t complaint_length;
};

/* Starts argv[0], found as program_find does it, in `environment`. The child is the caller's, and not to be moved. */
CHECKED bool child_start(const char *const *argv, const char *const *environment, struct arena *arena,
			 struct child *child, struct err *err);

/*
 * At least one byte of its output, at most `room`; `*got` is 0 at the end: then it has ended, and `status` and
 * child_complaint tell how. Fails with a sentence.
 */
CHECKED bool child_read(struct child *child, char *to, size_t room, size_t *got, struct err *err);
/* All of `text` to its standard input. Fails with a sentence if it does not read it. */
CHECKED bool child_write(struct child *child, struct str text, struct err *err);
/* The end of what it wrote to its standard error until now, borrowed. */
struct str child_complaint(const struct child *child);
/* Closes the pipes, and ends it if it does not end by itself in a moment. */
void child_end(struct child *child);

#endif
