/*
 * tcp: connections.
 */
#ifndef GIT_HELPER_TCP_H
#define GIT_HELPER_TCP_H

#include "base/arena.h"
#include "base/err.h"

/*
 * Connects to the first address of `host` that answers. `*socket` is blocking, and closed on exec. Fails with a sentence
 * without the host.
 */
CHECKED bool tcp_connect(const char *host, const char *port, struct arena *arena, int *socket, struct err *err);

#endif
