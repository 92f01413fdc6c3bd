/* SPDX-License-Identifier: Apache-2.0 */
/*
 * daemon: a git server over git://, which git-daemon(1) is.
 *
 * libgit2's own transport for it does not decode the path, and cuts an IPv6 address off at its first colon.
 */
#ifndef ROLLSTAMP_GIT_DAEMON_H
#define ROLLSTAMP_GIT_DAEMON_H

#include "base/arena.h"
#include "base/err.h"
#include "git/url.h"

/*
 * The path at the server, for git:// and ssh: decoded, and without the slash in front of `~user`. In the arena, or of the
 * url.
 */
struct str daemon_path(const struct url *url, struct arena *arena);

/* Connects to the server of `url` and asks for git-upload-pack. `*socket` is for the caller to close. Fails with a sentence. */
CHECKED bool daemon_open(const struct url *url, struct arena *arena, int *socket, struct err *err);
/* At least one byte of its answer, at most `room`; `*got` is 0 at the end. Fails with a sentence. */
CHECKED bool daemon_read(int socket, char *to, size_t room, size_t *got, struct err *err);
/* Sends all of `text`. Fails with a sentence. */
CHECKED bool daemon_write(int socket, struct str text, struct err *err);

#endif
