/* SPDX-License-Identifier: Apache-2.0 */
/*
 * daemon: a git server over git://, as git-daemon(1) is one.
 *
 * We talk with the server ourselves because libgit2's transport for git:// does not decode the path, and cuts an IPv6
 * address off at its first colon.
 */
#ifndef ROLLSTAMP_GIT_DAEMON_H
#define ROLLSTAMP_GIT_DAEMON_H

#include "base/arena.h"
#include "base/err.h"
#include "git/url.h"

/*
 * The path of `url` at its server, for git:// and ssh: decoded, and without the slash in front of `~user`. In the
 * arena, or borrowed from `url`.
 */
struct str daemon_path(const struct url *url, struct arena *arena);

/*
 * Connects to the server of `url` and asks for git-upload-pack. The caller closes `*socket`. Fails with a sentence if
 * no connection can be made, or the request can't be sent.
 */
CHECKED bool daemon_open(const struct url *url, struct arena *arena, int *socket, struct err *err);
/*
 * Waits for the server's answer and reads at least one byte of it, at most `room`; `*got` is 0 at the end. Fails with a
 * sentence if the connection broke.
 */
CHECKED bool daemon_read(int socket, char *to, size_t room, size_t *got, struct err *err);
/* Sends all of `text` to the server. Fails with a sentence if the connection broke. */
CHECKED bool daemon_write(int socket, struct str text, struct err *err);

#endif
