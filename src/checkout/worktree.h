/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worktree: the clones that a script has made so far, and what is checked out in each.
 *
 * `follow` follows the commands and tells of each `git` that it finds; here is kept what they come to. Branches (see
 * script) are numbered through all scripts of a container: what happens only in some of the cases that a clone
 * happens in makes its ref unknown.
 */
#ifndef CHECKOUT_WORKTREE_H
#define CHECKOUT_WORKTREE_H

#include "shell/branches.h"
#include "checkout/clones.h"
#include "shell/directory.h"

/* A ref with a name of its own in the clone: a local branch, or what a fetch wrote. */
struct args_alias {
	struct str name;
	struct part ref;
	struct args_alias *next;
};

struct worktree_clone {
	struct clones_checkout checkout;
	struct directory directory;
	struct str remote; /* its name, origin by default */
	size_t branch;
	struct args_alias *aliases;
	bool is_made;      /* by git init: its url comes with a remote, or with a fetch or pull */
	bool is_fetched;   /* of one that is made: something was fetched into it, */
	bool is_taken;     /* and is checked out */
	bool is_elsewhere; /* its remote got another url */
	bool is_refetched; /* and was fetched from there */
	bool has_others;   /* it got other remotes */
	bool has_foreign;  /* something was fetched from elsewhere */
	bool has_used;     /* files of this ref are used, too: */
	struct part used;
	struct worktree_clone *next;
};

struct worktree {
	struct arena *arena;
	struct branches branches; /* of all scripts */
	struct worktree_clone *first, *last;
	size_t count;
	struct worktree_poll *polls;
	size_t poll_count, poll_room;
	struct directory *made; /* directories that are repositories, and no clones */
	size_t made_count, made_room;
	struct directory *removed;
	size_t removed_count, removed_room;
	struct worktree_note *notes;
	size_t note_count, note_room;
	struct clones_turn *turns;
	size_t turn_count, turn_room;
};

/* Where a command stands. */
struct worktree_place {
	struct directory directory;
	size_t branch;
	bool is_polling; /* again and again, as long as the container runs */
};

void worktree_init(struct worktree *work, struct arena *arena);
/* A clone. One with the same url and directory as another takes its place, or makes its ref unknown. */
void worktree_add(struct worktree *work, const struct worktree_clone *clone);
/* `git init` in the clone's directory, which is all that it says but the branch and the place in the words. */
void worktree_make(struct worktree *work, const struct worktree_clone *clone);
/* `ref`, which is not TEXT_ABSENT, is what a command checks out now. As written: FETCH_HEAD, origin/X, an alias. */
void worktree_checkout(struct worktree *work, const struct worktree_place *place, const struct part *ref);
/* The same, and from here on also `name`, if that is not empty. */
void worktree_branch(struct worktree *work, const struct worktree_place *place, struct str name,
		     const struct part *ref);
/*
 * `git fetch [REMOTE [SOURCE[:NAME]]]`; `remote` may be unknown. `from_all`: from all the remotes that there are.
 */
void worktree_fetch(struct worktree *work, const struct worktree_place *place, const struct part *remote,
		    const struct part *refspec, bool from_all);
/* `git pull [REMOTE [REF]]`. */
void worktree_pull(struct worktree *work, const struct worktree_place *place, const struct part *remote,
		   const struct part *ref);
/* Something is merged or the like: unless `ref` (may be TEXT_ABSENT) is what is there, the ref is unknown now. */
void worktree_merge(struct worktree *work, const struct worktree_place *place, const struct part *ref,
		    const char *reason);
/* Files of `ref` are used beside those that are checked out in the end. */
void worktree_use(struct worktree *work, const struct worktree_place *place, const struct part *ref);
/* The remote `name` gets, or has from here on, this url. */
void worktree_move(struct worktree *work, const struct worktree_place *place, const struct part *name,
		   const struct part *url);
/* This directory is made a repository, which others may be cloned from. */
void worktree_own(struct worktree *work, struct directory directory);
/* Is what a clone in `directory` is made of, a path or a file:// url, one of those, or in another clone? */
bool worktree_is_own(const struct worktree *work, struct directory directory, const struct word *url);
/* What is at the path, or in it, is removed. */
void worktree_remove(struct worktree *work, struct directory path);
/* Was the directory, or something in it or around it, removed, or may it have been? */
bool worktree_is_removed(const struct worktree *work, struct directory directory);
/*
 * The files at `from` go to `to`, or with `is_inside` to a place in it that is not known: of the clones, those that are
 * there or that it is in.
 */
void worktree_move_files(struct worktree *work, struct directory from, struct directory to, bool is_inside);
/* A command there takes something of which it does not say what. */
void worktree_note(struct worktree *work, const struct worktree_place *place, const struct unfollowed *what);
/* What is in this directory is fetched again and again. */
void worktree_poll(struct worktree *work, const struct worktree_place *place);

/* The result: what is polled, wherever in the script, is said at its clones. */
struct clones worktree_finish(struct worktree *work);

#endif
