/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp: connections to servers.
 */
#ifndef ROLLSTAMP_GIT_TCP_H
#define ROLLSTAMP_GIT_TCP_H

#include "base/arena.h"
#include "base/err.h"

/*
 * Has this process ever had no descriptor, or no memory in the kernel, for a connection? Then a failed listing may be
 * no failure of its server.
 */
bool tcp_has_lacked_descriptors(void);

/*
 * Connects to `port` of the first address of `host` that answers. The caller closes `*socket`, which is blocking, and
 * closed on exec. Waits as long as there is no descriptor left, since other listings give theirs back. Fails with a
 * sentence, which does not have the host in it, if `host` has no address or none answers.
 */
CHECKED bool tcp_connect(const char *host, const char *port, struct arena *arena, int *socket, struct err *err);

#endif
