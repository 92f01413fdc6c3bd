/*
 * serve: the work of rollstamp-git, from the request to the last answer.
 *
 * One thread a remote; the main thread does nothing but wait, so that the deadline holds whatever libgit2 and libssh2 wait
 * for. When time is up, it answers for those that have none, and kills its own process group: the children that were
 * asked for a login, and itself. It does the same when its input ends, since then whoever asked is gone.
 *
 * All remotes have the same deadline, from the start. Not more than a few are listed at a time (fewer of one server); but one
 * that has had its share of the time already is taken for one that hangs, and another is started beside it, so that each
 * gets its turn before the deadline.
 */
#ifndef GIT_HELPER_SERVE_H
#define GIT_HELPER_SERVE_H

#include "base/err.h"

/*
 * Reads the request from `in` and writes the answers to `out`. `*at_rest` is false when threads are left, which must not
 * find the process half torn down. Fails when the request can't be read or nobody takes the answers. At the deadline, and
 * at the end of `in`, it does not return: the process ends.
 */
CHECKED bool serve(int in, int out, bool *at_rest, struct err *err);

#endif
