/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker: a process that lists some of the remotes, and tells of each as soon as it knows.
 *
 * One thread a remote; the main thread does nothing but wait, so that the deadline holds whatever libgit2 waits for.
 *
 * Not more than a few are listed at a time (fewer of one server); but one that has had its share of the time already is
 * taken for one that hangs, and another is started beside it, so that each gets its turn before the deadline. How many
 * there can be in all, those that hang among them, is limited by descriptors and by the memory of their stacks.
 */
#ifndef ROLLSTAMP_GIT_WORKER_H
#define ROLLSTAMP_GIT_WORKER_H

#include "git/wire.h"

struct worker {
	const struct wire_request *request;
	const size_t *queries; /* the indexes of those that it lists */
	size_t count;
	/* It has one query, and may take as much memory as there is for one. Else what takes more is told to be asked for
	   again (WIRE_AGAIN). */
	bool is_alone;
	int out; /* where answers are written to, and WIRE_STARTED before each server is asked */
	int64_t deadline;
};

/*
 * Runs in a process of its own, and ends it: when everything is answered, at the deadline (with an answer for each that
 * had none), or when nobody takes the answers.
 */
_Noreturn void worker_run(const struct worker *worker);

/* How many descriptors this process may have, after raising that as far as it goes. */
size_t worker_raise_descriptors(void);

#endif
