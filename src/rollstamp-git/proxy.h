/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proxy: the HTTP proxy of plain http, from the environment.
 *
 * libgit2 1.5 finds it by itself, and phrases its requests for it, but then sends them to the server. For https it does
 * well.
 */
#ifndef ROLLSTAMP_GIT_PROXY_H
#define ROLLSTAMP_GIT_PROXY_H

#include "base/arena.h"
#include "base/err.h"

/* Does the list of a no_proxy variable have the host? As libgit2 reads it: `*`, HOST, .DOMAIN, *.DOMAIN, each with :PORT. */
bool proxy_is_excepted(struct str list, struct str host, struct str port);

/*
 * The proxy for http://`host`:`port`, by http_proxy and no_proxy (or HTTP_PROXY and NO_PROXY): `*proxy_host` is NULL if
 * there is none. In the arena. Fails with a sentence when it is of a kind that is not supported.
 */
CHECKED bool proxy_find(struct str host, struct str port, struct arena *arena, const char **proxy_host,
			const char **proxy_port, struct err *err);

#endif
