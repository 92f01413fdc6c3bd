/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: the work of rollstamp-git, from the request to the last answer.
 *
 * What one server says must not reach the answer of another, not even if it makes libgit2 crash. So this process reads
 * no byte of any server: it starts workers (worker.h), which are copies of itself, and passes their answers on. First
 * one worker lists all remotes. Whenever a worker ends early, the remotes that it had begun to list are asked again,
 * each in a worker of its own, and its other remotes together in a new worker. A remote whose listing takes more memory
 * than its share is asked again in a worker of its own, too. A remote without an answer after that gets an answer that
 * says so (WIRE_TROUBLE), since its server may have no part in the failure.
 *
 * All remotes have one deadline. When time is up, workers answer for their remotes and this process for the rest; then
 * it kills its own process group: workers, the children that speak ssh or were asked for a login, and itself. This
 * process also kills the group when its input ends, since then nobody waits for the answers.
 */
#ifndef ROLLSTAMP_GIT_SERVE_H
#define ROLLSTAMP_GIT_SERVE_H

#include "base/err.h"

/*
 * Reads the request from `in` and writes the answers to `out`; both stay the caller's. Fails with a sentence when the
 * request can't be read. At the deadline, at the end of `in`, and when nobody takes the answers, serve does not return:
 * the process ends.
 */
CHECKED bool serve(int in, int out, struct err *err);

#endif
