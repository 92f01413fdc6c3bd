/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport: ssh:// and git:// for libgit2, which speaks both through our modules ssh and daemon instead of its own.
 */
#ifndef ROLLSTAMP_GIT_TRANSPORT_H
#define ROLLSTAMP_GIT_TRANSPORT_H

#include "base/arena.h"
#include "git/url.h"

/*
 * The server of this thread's next connection. A target belongs to a thread, since libgit2 passes a transport nothing
 * of ours by which the transport could find it.
 */
struct transport_target {
	const struct url *url;
	struct arena *arena;
	unsigned timeout_ms;                              /* for a connection to be made; others keep the deadline */
	bool (*receive)(void *context, size_t count);     /* told how many bytes came; false: no more of them */
	void (*fail)(void *context, struct str sentence); /* told why the connection failed */
	void (*fail_ourselves)(void *context, struct str sentence); /* told why, where the server has no part */
	void *context;
};

/* Makes libgit2 use this transport, once for all threads. libgit2 must be started. False if libgit2 refuses it. */
bool transport_register(void);
/* Sets this thread's target, which is borrowed until another is set; NULL sets none. */
void transport_aim(const struct transport_target *target);

#endif
