/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bygit: remotes listed by the user's git, with `git ls-remote`.
 *
 * So all of the user's configuration of git counts (http.extraHeader, client certificates, cookies, Kerberos, proxies,
 * url.*.insteadOf), and every repository that git can read can be listed. Git runs as the module environment says.
 *
 * Trust: what the configuration makes of a url must be a url that we would ask ourselves, and that --git-allow allows.
 * Git may use the protocol of that url alone (and https behind http). Where a --git-allow is given, git follows no
 * redirect, since nobody could compare the new address with the patterns. Certificates are always checked. A login goes
 * over https and ssh alone; over https to the host and port of the url and to no other. Userinfo of an https url is in
 * no argument list. The rest of a url is in one, as git itself passes it on in one. What git writes to standard error
 * has the url in it, so nobody is shown that text: it is searched for known phrases.
 */
#ifndef ROLLSTAMP_GIT_BYGIT_H
#define ROLLSTAMP_GIT_BYGIT_H

#include "rollstamp-git/listing.h"

/* Lists the remote of `listing` and calls `done`, as client_list does. */
void bygit_list(struct listing *listing, void (*done)(struct listing *));

/*
 * Reads `text`, which `git ls-remote` printed: lines of a commit, a tab and a full name. For each name in `index` (see
 * listing_index_names) the commit is set, as a copy in the arena; other names are passed over. A tag object is listed
 * twice, and the line with ^{} behind its name counts. Returns false if a line is something else; some commits may be
 * set then.
 */
CHECKED bool bygit_read(struct str text, const struct map *index, struct arena *arena);

#endif
