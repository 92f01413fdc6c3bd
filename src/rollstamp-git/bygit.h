/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bygit: remotes listed by the user's git, `git ls-remote`.
 *
 * So all of the user's configuration of git counts (http.extraHeader, client certificates, cookies, Kerberos, proxies,
 * url.*.insteadOf), and whatever repositories git can read. It runs as `environment` says.
 *
 * Trust: what the configuration makes of a url must be a url that we would ask, and be allowed by --git-allow. Git may use the
 * protocol of that url alone (and https behind http), and where there is a --git-allow it follows no redirect, since nobody
 * could ask the patterns again. Certificates are always checked. A login goes over https and ssh alone; over https to the
 * host and port of the url and to no other. Userinfo of an https url is in no argument list; the rest of a url is: git
 * itself passes it on like that. What git writes to standard error, which has the url in it, is only looked at.
 */
#ifndef ROLLSTAMP_GIT_BYGIT_H
#define ROLLSTAMP_GIT_BYGIT_H

#include "rollstamp-git/listing.h"

/* As client_list. */
void bygit_list(struct listing *listing, void (*done)(struct listing *));

/*
 * Reads what `git ls-remote` prints: lines of a commit, a tab and a full name, of which those in `index` count. A tag object
 * is listed twice, and counts with ^{} behind its name. False if it is something else.
 */
CHECKED bool bygit_read(struct str text, const struct map *index, struct arena *arena);

#endif
