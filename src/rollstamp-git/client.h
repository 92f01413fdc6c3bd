/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client: the choice of what lists remotes: libgit2, if rollstamp-git is built with it, or git.
 */
#ifndef ROLLSTAMP_GIT_CLIENT_H
#define ROLLSTAMP_GIT_CLIENT_H

#include "rollstamp-git/listing.h"

/*
 * Makes the client of `request` ready, once, before the first listing. With `needs_certificates` certificates of
 * authorities are read, which takes its time. `*untrusting`, in the arena, tells why no https server can be trusted, or
 * is empty. Fails with a sentence if the client can't be used.
 */
CHECKED bool client_start(const struct wire_request *request, bool needs_certificates, struct arena *arena,
			  struct str *untrusting, struct err *err);
/* Frees what client_start made. No thread may be listing any more. */
void client_stop(const struct wire_request *request);
/* How many listings should run at a time with the client of `request`. */
size_t client_running_limit(const struct wire_request *request);

/*
 * Lists the remote of `listing`, which fills `commits` or `failure` of it. Calls `done(listing)` as soon as there is a
 * result. The function may return long after that, since it says good-bye to the server, and the thread may be cut off
 * meanwhile.
 */
void client_list(struct listing *listing, void (*done)(struct listing *));

/* What `rollstamp-git --version` says of libgit2; static. */
const char *client_version(void);

#endif
