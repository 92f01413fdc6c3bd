/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remote: which commits the refs of remote repositories point to.
 *
 * The module asks rollstamp-git, the program beside this one that knows the git protocols (src/rollstamp-git/). That
 * program lists every remote once, all at one time, and is gone with everything that it started when the deadline has
 * passed. Where a signal ended it earlier, it is started again for the remotes that have no answer. This module never
 * decides what a ref means, or whether a url may be connected to: callers pass full names, and urls that they checked.
 */
#ifndef GIT_REMOTE_H
#define GIT_REMOTE_H

#include "base/arena.h"
#include "base/err.h"

struct remote_query {
	struct str url;          /* to connect to; its userinfo, if any, is shown nowhere */
	const struct str *names; /* full names: "HEAD", "refs/..." */
	size_t name_count;
	/*
	 * The answers, in the arena: for each name 40 or 64 lower-case hex digits, for a tag object those of the object
	 * that it tags; empty if there is no such ref.
	 */
	struct str *commits;
	/*
	 * Or why this remote could not be listed, and what to do: a sentence without the url or anything secret, that
	 * can follow "URL: "; in the arena. Then `commits` is NULL.
	 */
	struct str failure;
	bool is_ours; /* rollstamp-git broke, or a limit of ours was reached: nothing is known of the server */
};

struct remote_settings {
	unsigned timeout_ms;     /* for all queries together, not 0 */
	bool by_git;             /* git is to list, not libgit2 */
	const char *helper;      /* the path of rollstamp-git; or NULL: found by remote_ask */
	bool allow_local;        /* paths and file:// are read, too */
	const struct str *allow; /* patterns of --git-allow, which the addresses behind redirects must match, too */
	size_t allow_count;      /* 0: every address may be used */
};

/*
 * Fills `commits` or `failure` of each of the `count` queries, whose urls are distinct; both live in the arena. Takes
 * at most the timeout and half a second. Without queries no program is started. Without a helper in the settings,
 * remote_find_helper looks for one. Fails with a sentence when the helper can't be found or run at all; a remote that
 * can't be listed is no such failure.
 */
CHECKED bool remote_ask(const struct remote_settings *settings, struct remote_query *queries, size_t count,
			struct arena *arena, struct err *err);

/*
 * Looks for rollstamp-git beside this program, in ../libexec from there, and where it was to be installed. `*helper` is
 * its path, in the arena or static. Fails with a sentence that names these places.
 */
CHECKED bool remote_find_helper(struct arena *arena, const char **helper, struct err *err);

#endif
