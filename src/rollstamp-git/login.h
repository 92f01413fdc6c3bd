/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login: a user name and password from git's credential helpers.
 *
 * Asks `git credential fill` with the one line `url=...` on its standard input, since git itself then refuses what
 * protocol= and host= lines could smuggle in. Git runs as `environment` says, so that only the user's own helpers are asked. It
 * can ask nobody: there is no terminal, and no askpass program. The url is in no argument list, and what git prints to
 * standard error, which may have a user name, is dropped.
 */
#ifndef ROLLSTAMP_GIT_LOGIN_H
#define ROLLSTAMP_GIT_LOGIN_H

#include "base/arena.h"
#include "base/err.h"

struct login {
	struct str user; /* in the arena, each with a NUL behind it */
	struct str password;
};

/*
 * `url` begins with https:// and has no userinfo and no control characters; `user` is the one that must log in, or empty.
 * Fails with a sentence without it when git has none or is not there; the latter `*is_ours`.
 * Has no deadline: whoever ends our process group ends it, too.
 */
CHECKED bool login_ask(struct str url, struct str user, struct arena *arena, struct login *login, bool *is_ours,
		       struct err *err);

/* Reads what `git credential` prints: lines NAME=VALUE. False if user name or password is missing. */
CHECKED bool login_read(struct str text, struct arena *arena, struct login *login);

#endif
