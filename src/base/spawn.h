/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawn: a child process with pipes, a deadline, and nothing left behind.
 *
 * The child gets a session of its own, so it has no terminal to ask on, and it is the first of a process group. However
 * a run ends, the whole group is killed and the child is waited for: there are no zombies, and whatever it started
 * itself ends with it, unless that went to a session of its own. When we get SIGINT, SIGTERM or SIGHUP meanwhile, the
 * group is killed before the signal does to us what it does; only SIGKILL can leave the child behind (`holds_input` is
 * for that). Of our descriptors the child gets 0 to 2 and those that somebody opened without close-on-exec. Signals that
 * we ignore or block are reset for it.
 *
 * Never goes through a shell, and never writes to our descriptors. SIGPIPE must be ignored by whoever calls.
 */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include "base/arena.h"
#include "base/err.h"

#include <sys/types.h>

/* What happens to the child's standard error. */
enum spawn_errors {
	SPAWN_ERRORS_SHARED, /* it is ours */
	SPAWN_ERRORS_KEPT,   /* its first bytes are in the result */
	SPAWN_ERRORS_DROPPED
};

/* How much of standard error is kept; the rest is read and forgotten. */
#define SPAWN_ERRORS_LIMIT ((size_t)64 * 1024)

struct spawn {
	const char *const *argv;        /* ends in NULL; argv[0] is found as program_find does it */
	const char *const *environment; /* ends in NULL; or NULL: ours; made fit by program_environment */
	struct str input;               /* for its standard input, which it need not read */
	bool holds_input; /* standard input ends only with the child: for a child that ends when its input does, since
					   then we are gone */
	bool joins_group; /* no session of its own: it stays in our process group, whose end is its end, too.
					   Then only the child itself is killed. */
	enum spawn_errors errors;
	unsigned timeout_ms; /* 0: none */
	size_t output_limit; /* standard output may have that many bytes */
};

enum spawn_end {
	SPAWN_EXITED,    /* `status` is its exit status */
	SPAWN_SIGNALLED, /* `status` is the signal that ended it */
	SPAWN_TIMED_OUT, /* killed at the deadline */
	SPAWN_TOO_MUCH   /* killed, since it wrote more than output_limit */
};

struct spawn_result {
	enum spawn_end end;
	int status;
	struct str output; /* what it wrote until its end, in the arena with a NUL behind it */
	struct str errors; /* the same of standard error, with SPAWN_ERRORS_KEPT */
};

/*
 * Runs a child to its end. The end of a child is its own: what it left running in the background is not waited for,
 * even if that holds the pipes. Fails with a sentence when it can't be started (there is no such program, say), or when
 * a signal ended it and did not end us.
 */
CHECKED bool spawn_run(const struct spawn *spawn, struct arena *arena, struct spawn_result *result, struct err *err);

/*
 * Starts a child for a caller that speaks with it: `ends` become its standard input, output and errors (-1: ours), and
 * stay the caller's, who must wait for it. Of `spawn` only the program, the environment and the group count. Fails with a
 * sentence.
 */
CHECKED bool spawn_start(const struct spawn *spawn, const int ends[3], struct arena *arena, pid_t *pid,
			 struct err *err);

#endif
