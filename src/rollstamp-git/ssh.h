/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ssh: a git server over ssh, by the user's own ssh program.
 *
 * So the user's ~/.ssh/config, agent, keys, certificates, known hosts and jump hosts count. A url can't make ssh do
 * anything but run git-upload-pack for a path at the server: host and user have no characters by which they could be
 * options or commands (see url), and the path is quoted for the shell of the server. There is a shell on this side only
 * for the line of GIT_SSH_COMMAND or core.sshCommand, and host, user and path are arguments of that line. What ssh
 * writes to its standard error can have the url in it, so nobody is shown that text: it is searched for known phrases.
 *
 * All functions block and have no deadline: whoever ends our process group ends ssh, too.
 */
#ifndef ROLLSTAMP_GIT_SSH_H
#define ROLLSTAMP_GIT_SSH_H

#include "base/arena.h"
#include "base/err.h"
#include "git/url.h"

struct ssh;

/*
 * Starts ssh for the server of `url`, an ssh or scp-like one, and git-upload-pack for its path there. ssh must connect
 * within `timeout_ms`. `*ssh` lives in the arena and is to be closed by ssh_close. Fails with a sentence when the
 * program can't be started or can't be told the port; no server has been asked when ssh_open returns, so a failure is
 * our own.
 */
CHECKED bool ssh_open(const struct url *url, unsigned timeout_ms, struct arena *arena, struct ssh **ssh,
		      struct err *err);
/* Ends the connection and the ssh program. `ssh` must not be used afterwards. */
void ssh_close(struct ssh *ssh);

/*
 * Waits for output of git-upload-pack and reads at least one byte, at most `room`; `*got` is 0 at the end. Fails with a
 * sentence if the output can't be read, and at the end if nothing has come and ssh failed itself: only then `*is_ours`
 * is set, to whether ssh could not run at all, so that the server has no part in the failure.
 */
CHECKED bool ssh_read(struct ssh *ssh, char *to, size_t room, size_t *got, bool *is_ours, struct err *err);
/* Writes all of `text` to git-upload-pack. Fails with a sentence if ssh has closed its input. */
CHECKED bool ssh_write(struct ssh *ssh, struct str text, struct err *err);
/*
 * The last bytes that ssh has written to its standard error, all of them once ssh_read has told of the end; borrowed
 * from `ssh`.
 */
struct str ssh_complaint(struct ssh *ssh);

#endif
