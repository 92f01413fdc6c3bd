/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bylibgit2: remotes listed by libgit2.
 *
 * Trust: only https, http, ssh and git urls are connected to, local ones when that is allowed. Redirects are followed for
 * http and https as git does it, never from https to http, and only where --git-allow allows it. A login goes over https
 * and ssh alone, to the host and port of the url and to no other, whatever that server redirects to.
 */
#ifndef ROLLSTAMP_GIT_BYLIBGIT2_H
#define ROLLSTAMP_GIT_BYLIBGIT2_H

#include "rollstamp-git/listing.h"

/* For all threads together, once, before the first listing. libgit2 must be started. */
CHECKED bool bylibgit2_prepare(struct err *err);
/* As client_list. */
void bylibgit2_list(struct listing *listing, void (*done)(struct listing *));

#endif
