/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcpstream: the connections that libgit2 uses without TLS, and below TLS. They are made here, since libgit2 itself
 * would follow a redirect to anywhere without asking.
 */
#ifndef ROLLSTAMP_GIT_TCPSTREAM_H
#define ROLLSTAMP_GIT_TCPSTREAM_H

#include "base/arena.h"
#include "base/err.h"

/* Callbacks of a thread: they are asked before each of its connections, and told why one failed. */
struct tcpstream_guide {
	/* May change the address, to that of a proxy. Fails with a sentence if no connection may be made. */
	bool (*route)(void *context, const char **host, const char **port, struct err *err);
	/* Are requests sent as http without TLS now? Then the answers go through httphead. */
	bool (*is_plain_http)(void *context);
	/* Is told how many bytes came; returns false if no more may come. */
	bool (*receive)(void *context, size_t count);
	/* Is told why a connection failed. */
	void (*fail)(void *context, struct str sentence);
	struct arena *arena;
	void *context;
};

/* Makes libgit2 use these connections, once for all threads. libgit2 must be started. False if libgit2 refuses them. */
bool tcpstream_register(void);
/*
 * Sets this thread's guide, which is borrowed until another is set; NULL sets none, and then no connection may be made.
 */
void tcpstream_follow(const struct tcpstream_guide *guide);

#endif
