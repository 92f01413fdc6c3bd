/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: the work of rollstamp-git, from the request to the last answer.
 *
 * What one server says must not reach the answer of another, not even if it makes libgit2 crash. So this process touches
 * no byte of any server: it starts workers (worker.h), which are copies of itself, and passes on what they answer.
 * First one worker lists all remotes. Whenever a worker ends early, those that it had begun with are asked again, each in a
 * worker of its own, and the others together in a new one. So are, each in a worker of its own, those that take more
 * memory than their share. Who has no answer after that has one that says so (WIRE_TROUBLE): the server may well have none
 * of the blame.
 *
 * All remotes have the same deadline. When time is up, workers answer for theirs and this process for the rest; then it
 * kills its own process group: workers, the children that speak ssh or were asked for a login, and itself. It does the same when its
 * input ends, since then whoever asked is gone.
 */
#ifndef ROLLSTAMP_GIT_SERVE_H
#define ROLLSTAMP_GIT_SERVE_H

#include "base/err.h"

/*
 * Reads the request from `in` and writes the answers to `out`. Fails when the request can't be read or nobody takes the
 * answers. At the deadline, and at the end of `in`, it does not return: the process ends.
 */
CHECKED bool serve(int in, int out, struct err *err);

#endif
