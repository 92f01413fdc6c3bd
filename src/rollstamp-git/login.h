/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login: a user name and password from git's credential helpers.
 *
 * `git credential fill` is asked with the one line `url=...` on its standard input, since git itself then refuses what
 * protocol= and host= lines could smuggle in. Git runs as the module environment says, so that only the user's own
 * helpers are asked. Git can ask no person: there is no terminal, and no askpass program. The url is in no argument
 * list, and what git prints to standard error, which may have a user name in it, is dropped.
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
 * Asks git for a login to the server of `url`, which begins with https:// and has no userinfo and no control
 * characters. `user` is the user who must log in, or empty for any. Fills `login`. Fails with a sentence, which does
 * not have the url in it, when git knows no login or can't be run; `*is_ours` tells whether git can't be run.
 *
 * There is no deadline: whoever ends our process group ends git, too.
 */
CHECKED bool login_ask(struct str url, struct str user, struct arena *arena, struct login *login, bool *is_ours,
		       struct err *err);

/*
 * Reads `text`, which `git credential` printed: lines NAME=VALUE. Fills `login`. False if the user name or the password
 * is missing.
 */
CHECKED bool login_read(struct str text, struct arena *arena, struct login *login);

#endif
