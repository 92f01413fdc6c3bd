/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker: a process that lists some of the remotes, and tells the result of each as soon as it has it.
 *
 * Each remote has a thread; the main thread does nothing but wait, so that the deadline holds whatever libgit2 waits
 * for.
 *
 * Only a few remotes are listed at a time, and fewer of one server. But a listing that has had its share of the time is
 * taken for one that hangs, and another is started beside it, so that each gets its turn before the deadline. How many
 * listings there can be in all, those that hang among them, is limited by descriptors and by the memory of their
 * stacks.
 */
#ifndef ROLLSTAMP_GIT_WORKER_H
#define ROLLSTAMP_GIT_WORKER_H

#include "git/wire.h"

struct worker {
	const struct wire_request *request;
	const size_t *queries; /* the indexes of the queries that the worker lists */
	size_t count;
	/*
	 * The worker has one query, which may take all memory of the process. Otherwise the answer for a query that
	 * takes too much is WIRE_AGAIN.
	 */
	bool is_alone;
	int out; /* where answers are written, and WIRE_STARTED before each server is asked */
	int64_t deadline;
};

/*
 * Lists the queries of `worker`, and ends the process, which must be the worker's own: when everything is answered, at
 * the deadline (with an answer for each query that had none), or when nobody takes the answers.
 */
_Noreturn void worker_run(const struct worker *worker);

/*
 * Raises the number of descriptors that this process may have, as far as the system allows and a worker can use them.
 * Returns the number.
 */
size_t worker_raise_descriptors(void);

#endif
