/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bylibgit2: remotes listed by libgit2.
 *
 * Trust: only https, http, ssh and git urls are connected to, and local repositories are read where the request allows
 * it. Redirects are followed for http and https as git follows them, never from https to http, and only to where
 * --git-allow allows. A login goes over https and ssh alone, to the host and port of the url and to no other, whatever
 * that server redirects to.
 */
#ifndef ROLLSTAMP_GIT_BYLIBGIT2_H
#define ROLLSTAMP_GIT_BYLIBGIT2_H

#include "rollstamp-git/listing.h"

/*
 * Registers our trace callback, transports and streams with libgit2, once for all threads, before the first listing.
 * library_start must have succeeded. Fails with a sentence if libgit2 refuses one of them.
 */
CHECKED bool bylibgit2_prepare(struct err *err);
/* Lists the remote of `listing` and calls `done`, as client_list does. */
void bylibgit2_list(struct listing *listing, void (*done)(struct listing *));

#endif
