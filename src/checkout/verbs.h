/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs: what clone, checkout, switch, reset, fetch, pull and others of git's commands do to the clones of a script.
 */
#ifndef CHECKOUT_VERBS_H
#define CHECKOUT_VERBS_H

#include "shell/args.h"
#include "checkout/worktree.h"

/* Where a git command stands, and how its words became what they are. */
struct verbs_context {
	struct worktree *work;
	struct worktree_place place;
	const struct text *values; /* all words of the container */
	bool is_script;            /* it stands in a script, in */
	size_t word;               /* this word of the container, */
	struct span at;            /* there; else each word is one of the container's, with its number in `at` */
	bool clone_polls;          /* it runs again and again: a clone */
	bool fetch_polls;          /* or a fetch */
	struct str script;         /* `is_script`: its text, */
	size_t script_at;          /* and where in it the command stands */
	bool is_in_loop;           /* see clones_checkout */
	bool may_have_ended;       /* its script, by an exit under a condition */
	bool is_substitution;      /* inside $( ) and the like: what it clones is reported as unknown */
};

/* Does what `args`, which begin with git's own name, do. */
void verbs_run(const struct verbs_context *context, struct args args);

#endif
