/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commits: which commit each git ref is, by the lock file or by the servers.
 *
 * First all refs are noted (commits_want), so that each server is asked once, and all servers at the same time
 * (commits_ask_all). Then the commits can be found (commits_find).
 */
#ifndef PLAN_COMMITS_H
#define PLAN_COMMITS_H

#include "plan/policy.h"
#include "git/url.h"
#include "git/lock.h"
#include "git/remote.h"

/*
 * How servers are asked: fills the queries as remote_ask does, and fails when nobody can be asked at all. `context` is
 * what commits_init was given with it.
 */
typedef bool commits_ask(void *context, struct remote_query *queries, size_t count, struct arena *arena,
			 struct err *err);

struct commits_repository;

struct commits {
	struct arena *arena; /* for the run */
	const struct policy *policy;
	const struct lock *lock; /* what the file has; or NULL */
	commits_ask *ask;
	void *context;
	bool has_asked;
	bool has_failures;       /* a server, or all of them, could not be asked */
	struct map repositories; /* by the url that is connected to */
	struct commits_repository *first, *last;
	size_t repository_count;
	struct lock_entry *entries; /* to record */
	size_t entry_count, entry_room;
	struct map recorded; /* keys of the entries, and of the refs that a server has said something about */
	/*
	 * "git ref main of URL", in words of the lock file: a ref that the entries would mean otherwise than this run has
	 * found it, since two listings for two users of one url differ, or two branches share an entry. Else empty.
	 */
	struct str conflict;
};

/* A ref of a repository, taken apart. */
struct commits_ref {
	struct url url;    /* as the manifest has it */
	struct url target; /* where it is asked for */
	struct refname name;
	struct str url_key, ref_key;       /* of the lock file */
	bool is_url_secret, is_ref_secret; /* something of a Secret is in it */
};

enum commits_source {
	COMMITS_ITSELF, /* the ref is a commit */
	COMMITS_SERVER,
	COMMITS_LOCK,
	COMMITS_LOCK_FALLBACK, /* the server failed */
};

struct commits_answer {
	enum ref_kind kind;
	struct str commit;
	enum commits_source source;
	struct str failure; /* of the server, if COMMITS_LOCK_FALLBACK */
};

void commits_init(struct commits *commits, const struct policy *policy, const struct lock *lock, commits_ask *ask,
		  void *context, struct arena *arena);
/* Must a server be asked for the ref? Not for a commit, not with --locked, and not when all servers have been asked. */
bool commits_needs_asking(const struct commits *commits, const struct commits_ref *ref);
/* Are commits taken from the lock alone, and does it have this one? */
bool commits_is_locked(const struct commits *commits, const struct commits_ref *ref);
/* Notes a ref that will be wanted; copies it. */
void commits_want(struct commits *commits, const struct commits_ref *ref);
/*
 * Asks all servers. Fails only when that can't be done at all, and for lists, which go on, not even then: what a server has
 * said, or that it failed, is told by commits_find.
 */
CHECKED bool commits_ask_all(struct commits *commits, struct err *err);
/*
 * The commit of a ref. A ref of a Secret that is an abbreviated commit is never recorded, so with --locked a ref that the
 * lock does not have may be one. Fails with a sentence that can follow "git ref X of URL: ".
 */
CHECKED bool commits_find(struct commits *commits, const struct commits_ref *ref, struct commits_answer *answer,
			  struct err *err);

/*
 * Can the entries be recorded? With them a run with --locked finds what this one has found. Fails with a sentence where no
 * entry would be right: two listings for two users of one url differ, or two refs share an entry.
 */
CHECKED bool commits_check_entries(const struct commits *commits, struct err *err);
/*
 * What the lock file had of a ref, whatever servers say: fails if that is nothing. `*commit` lives as long as the lock or
 * the ref.
 */
bool commits_recorded(const struct commits *commits, const struct commits_ref *ref, enum ref_kind *kind,
		      struct str *commit);

#endif
