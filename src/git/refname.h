/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refname: what the name of a git ref can mean.
 *
 * A name is looked up at the remote under full names, in an order that depends on who looks (git-rev-parse(1),
 * gitrevisions(7), git-clone(1) --branch). The grammar is that of git-check-ref-format(1); revision expressions
 * (main~1, v1^{}) are refused.
 *
 * No message of this module has any of the ref in it, since it may come from a Secret.
 */
#ifndef GIT_REFNAME_H
#define GIT_REFNAME_H

#include "base/arena.h"
#include "base/err.h"

/* Longer names are refused. */
#define REFNAME_LIMIT 1024
/* How many full names a name can mean. */
#define REFNAME_CANDIDATES 5

enum ref_rule {
	REF_TAG_FIRST,   /* git checkout, git fetch, git-sync v4, and whatever else is like them */
	REF_BRANCH_FIRST /* git clone -b, git-sync v3's branch */
};

enum ref_kind {
	REF_COMMIT,
	REF_BRANCH,
	REF_TAG,
	REF_HEAD,       /* HEAD: the remote's default branch, or what it has checked out */
	REF_OTHER,      /* refs/ and neither heads/ nor tags/ */
	REF_ABBREVIATED /* 7 to 39 hex digits that are no ref */
};

/* Is `text` a full commit: 40 or 64 lower-case hex digits? */
bool refname_is_commit(struct str text);
/*
 * The name of a kind in the lock file and the report: "commit", "branch", "tag", "head", "ref", "abbreviated"; static.
 */
const char *ref_kind_name(enum ref_kind kind);
/* Sets `kind` to the kind with this name (see ref_kind_name); false if there is none. */
bool ref_kind_from(struct str name, enum ref_kind *kind);

struct ref_candidate {
	struct str name; /* "HEAD" or "refs/..." */
	enum ref_kind kind;
};

struct refname {
	struct str text; /* as given */
	bool is_commit;  /* 40 or 64 hex digits: `digits` is the commit, there are no candidates */
	bool maybe_abbreviated;
	struct str digits; /* if `is_commit` or `maybe_abbreviated`: `text` in lower case */
	struct ref_candidate candidates[REFNAME_CANDIDATES]; /* full names to look for, best first */
	size_t count;
};

/*
 * What `text` can mean under `rule`:
 *
 *     40 or 64 hex digits    that commit
 *     refs/X                 refs/X
 *     HEAD, @                HEAD
 *     origin/X               branch X, and origin/HEAD is HEAD; before it, as in git, a tag origin/X, and
 *                            under REF_BRANCH_FIRST a branch origin/X, which is the last one else
 *     heads/X, tags/X        refs/heads/X, refs/tags/X, and behind it as a name; under REF_BRANCH_FIRST a name only
 *     a name N               refs/tags/N and refs/heads/N in the order of the rule, and under REF_TAG_FIRST
 *                            refs/N, if it has a slash (git fetch looks there: pull/12/head)
 *     7 to 39 hex digits     a name, or else these digits
 *
 * Candidates of the same kind share an entry in the lock file. Only origin/X and heads/X have such, and only a remote
 * with a branch X and a branch origin/X could tell.
 *
 * Fails, with a sentence that can follow "the ref ", for what is empty, too long, not UTF-8 or not a name by
 * git-check-ref-format, and for what begins with `-`. The candidates live in the arena or borrow from `text`.
 */
CHECKED bool refname_parse(struct str text, enum ref_rule rule, struct refname *ref, struct arena *arena,
			   struct err *err);

/*
 * Chooses the commit that `ref` means: its own, or that of the first candidate that exists, or its abbreviated digits.
 * `commits[i]` is the commit of candidates[i], empty if the remote has no such ref. Sets `kind` and `commit`, which is
 * borrowed from `ref` or `commits`. False if `ref` means nothing that exists.
 */
bool refname_choose(const struct refname *ref, const struct str *commits, enum ref_kind *kind, struct str *commit);

/*
 * The key of a ref in the lock file: `text`, borrowed; or, when it `is_secret` (came from a Secret), urlname_hashed of
 * `<url_bare>\n<text>` with `secret_key`, in the arena.
 */
struct str refname_lock_key(struct str text, struct str url_bare, bool is_secret, struct str secret_key,
			    struct arena *arena);

#endif
