/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcpstream: libgit2's connections without TLS, and below TLS, are made by us, since it asks nobody where a redirect may
 * lead to.
 */
#ifndef ROLLSTAMP_GIT_TCPSTREAM_H
#define ROLLSTAMP_GIT_TCPSTREAM_H

#include "base/arena.h"
#include "base/err.h"

/* Who is asked before this thread's connections, and told why one failed. */
struct tcpstream_guide {
	/* May change the address, to that of a proxy. Fails with a sentence if there must be no connection. */
	bool (*route)(void *context, const char **host, const char **port, struct err *err);
	/* Are the requests that are sent now http without TLS? Then httphead looks at the answers. */
	bool (*is_plain_http)(void *context);
	/* Told how many bytes came; false if there must be no more of them. */
	bool (*receive)(void *context, size_t count);
	void (*fail)(void *context, struct str sentence);
	struct arena *arena;
	void *context;
};

/* For all threads together, once. libgit2 must be started. False if that fails. */
bool tcpstream_register(void);
/* Sets this thread's guide, which is borrowed. */
void tcpstream_follow(const struct tcpstream_guide *guide);

#endif
