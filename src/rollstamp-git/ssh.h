/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ssh: a git server over ssh, by the user's own ssh program.
 *
 * So the user's ~/.ssh/config, agent, keys, certificates and known hosts count, jump hosts, too. A url can't make it do
 * anything else than to run git-upload-pack for a path there: host and user have no characters by which they could be
 * options or commands (url), the path is quoted for the shell of the server, and there is no shell here but for the line
 * of GIT_SSH_COMMAND or core.sshCommand, whose arguments they are. What ssh writes is only looked at, since it can have the
 * url in it.
 *
 * Everything blocks, without a deadline: that is for whoever can end the process group.
 */
#ifndef ROLLSTAMP_GIT_SSH_H
#define ROLLSTAMP_GIT_SSH_H

#include "base/arena.h"
#include "base/err.h"
#include "git/url.h"

struct ssh;

/*
 * Starts ssh for the server of `url`, which is of ssh, and git-upload-pack for its path there. Fails with a sentence. The
 * connection must be made within `timeout_ms`. What it needs lives in the arena. No server has been asked when it returns, so
 * a failure is our own.
 */
CHECKED bool ssh_open(const struct url *url, unsigned timeout_ms, struct arena *arena, struct ssh **ssh,
		      struct err *err);
/* Ends the connection. */
void ssh_close(struct ssh *ssh);

/*
 * At least one byte of what git-upload-pack writes, at most `room`; `*got` is 0 at the end. Fails with a sentence, also at
 * the end if it was ssh that failed; then `*is_ours` tells whether it could not run at all, so that the server has none of
 * the blame.
 */
CHECKED bool ssh_read(struct ssh *ssh, char *to, size_t room, size_t *got, bool *is_ours, struct err *err);
/* All of `text` to it. Fails with a sentence. */
CHECKED bool ssh_write(struct ssh *ssh, struct str text, struct err *err);
/* What it wrote to its standard error, or the end of that, when ssh_read has told of the end; borrowed. */
struct str ssh_complaint(struct ssh *ssh);

#endif
