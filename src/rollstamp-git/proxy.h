/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proxy: the HTTP proxy of plain http, as the environment names it.
 *
 * libgit2 1.5 finds that proxy by itself, and phrases its requests for a proxy, but then sends them to the server. For
 * https libgit2 uses the proxy correctly.
 */
#ifndef ROLLSTAMP_GIT_PROXY_H
#define ROLLSTAMP_GIT_PROXY_H

#include "base/arena.h"
#include "base/err.h"

/*
 * Is `host` with `port` in `list`, the value of a no_proxy variable? The list is read as libgit2 reads it: `*`, HOST,
 * .DOMAIN, *.DOMAIN, each with :PORT or without. A list with a NULL pointer has nothing in it.
 */
bool proxy_is_excepted(struct str list, struct str host, struct str port);

/*
 * The proxy for http://`host`:`port`, by http_proxy and no_proxy (or HTTP_PROXY and NO_PROXY). `*proxy_host` and
 * `*proxy_port` are in the arena or static, or NULL if there is no proxy. Fails with a sentence when the address of the
 * proxy does not begin with http://.
 */
CHECKED bool proxy_find(struct str host, struct str port, struct arena *arena, const char **proxy_host,
			const char **proxy_port, struct err *err);

#endif
