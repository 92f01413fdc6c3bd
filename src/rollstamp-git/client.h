/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client: who lists remotes: libgit2, if rollstamp-git is built with it, or git.
 */
#ifndef ROLLSTAMP_GIT_CLIENT_H
#define ROLLSTAMP_GIT_CLIENT_H

#include "rollstamp-git/listing.h"

/*
 * Once, before the first listing. `*untrusting` tells why no https server can be trusted, or is empty. Fails with a sentence
 * if the client can't be used.
 */
CHECKED bool client_start(const struct wire_request *request, bool needs_certificates, struct arena *arena,
			  struct str *untrusting, struct err *err);
/* When all threads have ended. */
void client_stop(const struct wire_request *request);
/* How many listings there should be at a time. */
size_t client_running_limit(const struct wire_request *request);

/*
 * Lists the remote. Calls `done(listing)` as soon as there is a result; what follows, saying good-bye to the server, can
 * take long and may be cut off.
 */
void client_list(struct listing *listing, void (*done)(struct listing *));

/* What `rollstamp-git --version` says of it. */
const char *client_version(void);

#endif
