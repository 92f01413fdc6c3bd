/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock: the lock file, which says what commit every ref was.
 *
 *     {
 *       "format": "rollstamp-lock/1",
 *       "refs": [
 *         {"url": "https://git.example.com/a.git", "ref": "main", "kind": "branch", "commit": "0123...4567"},
 *         {"url": "https://git.example.com/a.git", "ref": "main", "kind": "tag", "commit": "89ab...cdef"}
 *       ]
 *     }
 *
 * One entry a line, in bytewise order of url, ref and kind, so that a diff of two of them says what moved. `url` and
 * `ref` are the keys of urlname_lock_key and refname_lock_key: nothing secret stands in the file. Every ref that the
 * name could mean has an entry of its own, so that each convention's rule finds its own again. Full commits are never
 * in it: they need no look-up. An empty file is a lock without entries.
 *
 * Only the format: lockfile reads and writes the file.
 */
#ifndef GIT_LOCK_H
#define GIT_LOCK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "git/refname.h"

struct lock_entry {
	struct str url, ref; /* keys */
	enum ref_kind kind;  /* not REF_COMMIT */
	struct str commit;   /* 40 or 64 lower-case hex digits; REF_ABBREVIATED: the ref's own 7 to 39 */
};

struct lock {
	struct lock_entry *entries; /* sorted */
	size_t count;
	struct map by_key;
};

/*
 * Reads `text`, the bytes of a lock file in any layout and order; everything in `lock` lives in the arena. A lock
 * decides what is deployed, so reading is strict: fails on a text that is not JSON, an unknown format, members that are
 * missing or unknown, wrong types, an impossible kind or commit, and two entries for one (url, ref, kind). The message
 * begins with the line, and quotes nothing of the file, since any file can be named as a lock.
 */
CHECKED bool lock_parse(struct str text, struct arena *arena, struct lock *lock, struct err *err);

/* A key for maps, in `arena`, of the keys `url` and `ref`, neither of which has control characters. */
struct str lock_ref_key(struct arena *arena, struct str url, struct str ref);
/* The same of an entry, which is one of a kind. */
struct str lock_entry_key(struct arena *arena, struct str url, struct str ref, enum ref_kind kind);
/* The commit recorded for the keys `url` and `ref`, and `kind`; borrowed from `lock`, empty if there is none. */
struct str lock_find(const struct lock *lock, struct str url, struct str ref, enum ref_kind kind);
/*
 * Does what refname_choose does, with the lock in place of a remote: sets the kind and commit that `name`, whose keys
 * are `url` and `ref`, meant. The commit is borrowed from `lock` or `name`. False if the lock has none. A full commit
 * needs no entry.
 */
bool lock_choose(const struct lock *lock, struct str url, struct str ref, const struct refname *name,
		 enum ref_kind *kind, struct str *commit);

/* How many entries lock_record can make of one ref. */
#define LOCK_ENTRIES_OF_REF (REFNAME_CANDIDATES + 1)
/*
 * Fills `entries` with what is to be recorded of `name`, whose keys are `url` and `ref`: for each kind the first
 * candidate that exists (`commits` as for refname_choose), or the abbreviated digits if no candidate does. The entries
 * borrow from the arguments. Returns how many entries were made; 0 for a full commit.
 */
size_t lock_record(struct str url, struct str ref, const struct refname *name, const struct str *commits,
		   struct lock_entry entries[LOCK_ENTRIES_OF_REF]);

/* What is to be changed in a lock. */
struct lock_change {
	const struct lock_entry *add; /* each replaces all entries with its (url, ref) */
	size_t count;
	bool prune; /* other entries are dropped, too: */
	/* ... only those of urls that one of these patterns fits (see urlrule); none: all. A hashed url fits no pattern. */
	const struct str *only;
	size_t only_count;
};

/* May --prune drop the entry, as far as its url is concerned? The arena is for what is needed meanwhile. */
bool lock_may_drop(const struct lock_change *change, const struct lock_entry *entry, struct arena *arena);
/* Makes `lock` of entries, which are borrowed: of several with one (url, ref, kind) the last one counts. */
void lock_of(const struct lock_entry *entries, size_t count, struct arena *arena, struct lock *lock);
/*
 * The entries of `lock` after `change`, sorted, each (url, ref, kind) once, with the last commit that is given for it.
 * In the arena; the texts are borrowed.
 */
struct lock_entry *lock_merge(const struct lock *lock, const struct lock_change *change, struct arena *arena,
			      size_t *count);

/*
 * Appends the lock file of `entries` to `to`: sorted, each (url, ref, kind) once, with the last commit that is given
 * for it. The arena is for what is needed meanwhile.
 */
void lock_print(const struct lock_entry *entries, size_t count, struct arena *arena, struct buf *to);

#endif
