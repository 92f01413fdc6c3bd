/*
 * gitwork: the clones that a script has made so far, and what is checked out in each.
 *
 * gitclone follows the commands and tells of each `git` that it finds; here is kept what they come to. Branches (see
 * shwords) are numbered through all scripts of a container: what happens only in some of the cases that a clone
 * happens in makes its ref unknown.
 */
#ifndef CHECKOUT_WORKTREE_H
#define CHECKOUT_WORKTREE_H

#include "shell/branches.h"
#include "checkout/clones.h"
#include "shell/directory.h"

/* A ref with a name of its own in the clone: a local branch, or what a fetch wrote. */
struct gitalias {
	struct str name;
	struct git_part ref;
	struct gitalias *next;
};

struct gitwork_clone {
	struct gitclone_checkout checkout;
	struct gitdir directory;
	struct str remote; /* its name, origin by default */
	size_t branch;
	struct gitalias *aliases;
	bool is_made;      /* by git init: its url comes with a remote, or with a fetch or pull */
	bool is_fetched;   /* of one that is made: something was fetched into it, */
	bool is_taken;     /* and is checked out */
	bool is_elsewhere; /* its remote got another url */
	bool is_refetched; /* and was fetched from there */
	bool has_others;   /* it got other remotes */
	bool has_foreign;  /* something was fetched from elsewhere */
	bool has_used;     /* files of this ref are used, too: */
	struct git_part used;
	struct gitwork_clone *next;
};

struct gitwork {
	struct arena *arena;
	struct branches branches; /* of all scripts */
	struct gitwork_clone *first, *last;
	size_t count;
	struct gitwork_poll *polls;
	size_t poll_count, poll_room;
	struct gitdir *made; /* directories that are repositories, and no clones */
	size_t made_count, made_room;
	struct gitdir *removed;
	size_t removed_count, removed_room;
	struct gitwork_note *notes;
	size_t note_count, note_room;
	struct gitclone_turn *turns;
	size_t turn_count, turn_room;
};

/* Where a command stands. */
struct gitwork_place {
	struct gitdir directory;
	size_t branch;
	bool is_polling; /* again and again, as long as the container runs */
};

void gitwork_init(struct gitwork *work, struct arena *arena);
/* A clone. One with the same url and directory as another takes its place, or makes its ref unknown. */
void gitwork_add(struct gitwork *work, const struct gitwork_clone *clone);
/* `git init` in the clone's directory, which is all that it says but the branch and the place in the words. */
void gitwork_make(struct gitwork *work, const struct gitwork_clone *clone);
/* `ref`, which is not GIT_ABSENT, is what a command checks out now. As written: FETCH_HEAD, origin/X, an alias. */
void gitwork_checkout(struct gitwork *work, const struct gitwork_place *place, const struct git_part *ref);
/* The same, and from here on also `name`, if that is not empty. */
void gitwork_branch(struct gitwork *work, const struct gitwork_place *place, struct str name,
		    const struct git_part *ref);
/*
 * `git fetch [REMOTE [SOURCE[:NAME]]]`; `remote` may be unknown. `from_all`: from all the remotes that there are.
 */
void gitwork_fetch(struct gitwork *work, const struct gitwork_place *place, const struct git_part *remote,
		   const struct git_part *refspec, bool from_all);
/* `git pull [REMOTE [REF]]`. */
void gitwork_pull(struct gitwork *work, const struct gitwork_place *place, const struct git_part *remote,
		  const struct git_part *ref);
/* Something is merged or the like: unless `ref` (may be GIT_ABSENT) is what is there, the ref is unknown now. */
void gitwork_merge(struct gitwork *work, const struct gitwork_place *place, const struct git_part *ref,
		   const char *reason);
/* Files of `ref` are used beside those that are checked out in the end. */
void gitwork_use(struct gitwork *work, const struct gitwork_place *place, const struct git_part *ref);
/* The remote `name` gets, or has from here on, this url. */
void gitwork_move(struct gitwork *work, const struct gitwork_place *place, const struct git_part *name,
		  const struct git_part *url);
/* This directory is made a repository, which others may be cloned from. */
void gitwork_own(struct gitwork *work, struct gitdir directory);
/* Is what a clone in `directory` is made of, a path or a file:// url, one of those, or in another clone? */
bool gitwork_is_own(const struct gitwork *work, struct gitdir directory, const struct shword *url);
/* What is at the path, or in it, is removed. */
void gitwork_remove(struct gitwork *work, struct gitdir path);
/* Was the directory, or something in it or around it, removed, or may it have been? */
bool gitwork_is_removed(const struct gitwork *work, struct gitdir directory);
/*
 * The files at `from` go to `to`, or with `is_inside` to a place in it that is not known: of the clones, those that are
 * there or that it is in.
 */
void gitwork_move_files(struct gitwork *work, struct gitdir from, struct gitdir to, bool is_inside);
/* A command there takes something of which it does not say what. */
void gitwork_note(struct gitwork *work, const struct gitwork_place *place, const struct gitelse *what);
/* What is in this directory is fetched again and again. */
void gitwork_poll(struct gitwork *work, const struct gitwork_place *place);

/* The result: what is polled, wherever in the script, is said at its clones. */
struct gitclones gitwork_finish(struct gitwork *work);

#endif
