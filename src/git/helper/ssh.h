/*
 * ssh: a git server over ssh, by libssh2.
 *
 * Does what ssh itself would do without a configuration file and without asking anybody: the server's key must be in
 * ~/.ssh/known_hosts, ~/.ssh/known_hosts2 or /etc/ssh/ssh_known_hosts, and of its keys one that is known is asked for. To
 * log in, the agent's keys are tried, then the key files ~/.ssh/id_ed25519, id_ecdsa and id_rsa, as far as they have no
 * passphrase. libgit2's own ssh transport asks only for the first type of key that known_hosts has, gives up at the first
 * key file that it can't read, and puts the path into the server's command without quoting it.
 *
 * Everything blocks, without a deadline: that is for whoever can end the process.
 */
#ifndef GIT_HELPER_SSH_H
#define GIT_HELPER_SSH_H

#include "base/arena.h"
#include "base/err.h"
#include "git/giturl.h"

struct ssh;

/*
 * Connects to the server of `url`, which is of ssh, logs in and starts git-upload-pack for its path. Fails with a sentence.
 * Everything but the connection itself lives in the arena.
 */
CHECKED bool ssh_open(const struct giturl *url, struct arena *arena, struct ssh **ssh, struct err *err);
/* Ends the connection. */
void ssh_close(struct ssh *ssh);

/* At least one byte of what git-upload-pack writes, at most `room`; `*got` is 0 at the end. Fails with a sentence. */
CHECKED bool ssh_read(struct ssh *ssh, char *to, size_t room, size_t *got, struct err *err);
/* All of `text` to it. Fails with a sentence. */
CHECKED bool ssh_write(struct ssh *ssh, struct str text, struct err *err);
/* What it wrote to its standard error, or the beginning of that, when ssh_read has told of the end; borrowed. */
struct str ssh_complaint(struct ssh *ssh);

#endif
