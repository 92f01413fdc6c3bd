/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lockdiff: what a fleet's refs change in a lock file, and who uses what changes.
 *
 * A row is what a ref was for those who use it, and what it is now: a name that gets a tag beside its branch moves some of
 * its users, and others not. Entries that nobody uses have rows of their own where they change.
 */
#ifndef APP_LOCKDIFF_H
#define APP_LOCKDIFF_H

#include "app/fleet.h"

enum lockdiff_change { LOCKDIFF_SAME, LOCKDIFF_MOVED, LOCKDIFF_NEW, LOCKDIFF_DROPPED, LOCKDIFF_CHANGES };

/* A workload of a render. */
struct lockdiff_user {
	const struct render_file *file;
	const struct workload *workload;
};

struct lockdiff_row {
	enum lockdiff_change change;
	struct str url, ref; /* for people */
	/* What it was, unless it is new; and what it is, unless it is dropped. */
	enum ref_kind old_kind, kind;
	struct str from, to;
	struct str failure;          /* of the server, where the lock stood in for it; else empty */
	struct lockdiff_user *users; /* each once, in the order of the renders; none: no render uses the entry */
	size_t user_count, user_room;
};

struct lockdiff {
	struct arena *arena;
	struct lockdiff_row **rows; /* in bytewise order of url, ref, kind and commits */
	size_t count, room;
	size_t counts[LOCKDIFF_CHANGES];
	size_t itself;    /* refs of workloads that are full commits, and have no entries */
	size_t unused;    /* entries that no render uses, and that stay */
	bool has_changes; /* the lock file would have other entries */
};

/* What `change`, which a fleet has come to, makes of the lock. Everything is borrowed or in the arena. */
void lockdiff_make(const struct fleet *fleet, const struct fleet_ref *refs, size_t ref_count,
		   const struct lock_change *change, struct lockdiff *diff);
/* "moved", "new", "dropped" or "same". */
const char *lockdiff_change_name(enum lockdiff_change change);

#endif
