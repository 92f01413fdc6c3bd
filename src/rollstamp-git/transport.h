/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport: libgit2 speaks over ssh:// and git:// through our ssh and daemon, instead of its own.
 */
#ifndef ROLLSTAMP_GIT_TRANSPORT_H
#define ROLLSTAMP_GIT_TRANSPORT_H

#include "base/arena.h"
#include "git/url.h"

/* Whom this thread's next connection goes to. libgit2 gives transports nothing of ours to find it by. */
struct transport_target {
	const struct url *url;
	struct arena *arena;
	unsigned timeout_ms;                          /* for a connection to be made; the deadline is kept by others */
	bool (*receive)(void *context, size_t count); /* told how many bytes came; false: no more of them */
	void (*fail)(void *context, struct str sentence);           /* told why it failed */
	void (*fail_ourselves)(void *context, struct str sentence); /* the same, where it is nothing of the server's */
	void *context;
};

/* For all threads together, once. libgit2 must be started. False if that fails. */
bool transport_register(void);
/* Sets this thread's target, which is borrowed; or NULL. */
void transport_aim(const struct transport_target *target);

#endif
