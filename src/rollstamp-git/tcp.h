/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp: connections.
 */
#ifndef ROLLSTAMP_GIT_TCP_H
#define ROLLSTAMP_GIT_TCP_H

#include "base/arena.h"
#include "base/err.h"

/*
 * Has this process ever had no descriptor or memory of the kernel's left for a connection? That is no failure of a server.
 */
bool tcp_has_lacked_descriptors(void);

/*
 * Connects to the first address of `host` that answers. `*socket` is blocking, and closed on exec. Fails with a sentence
 * without the host. Waits where there is no descriptor left, since other listings give theirs back.
 */
CHECKED bool tcp_connect(const char *host, const char *port, struct arena *arena, int *socket, struct err *err);

#endif
