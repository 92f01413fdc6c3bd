/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unfollowed: commands that take something from a repository, and of which nobody here knows what: git in a clone that
 * was not made here, programs that check out by themselves, and git under a program that is not known.
 *
 * Only words are looked at. What `verbs` and `clones` take up is none of this.
 */
#ifndef CHECKOUT_UNFOLLOWED_H
#define CHECKOUT_UNFOLLOWED_H

#include "checkout/gitargs.h"

struct unfollowed {
	const char *what;   /* for people: "git pull", "gitpuller"; static */
	const char *reason; /* why it is not known, to stand behind "because "; static */
	bool is_in_clone;   /* it works in a clone: where that one is known, so is what it takes */
};

/* Does this command of git take something from elsewhere? A `git clone` is not meant: that says from where. */
bool unfollowed_of_git(const struct gitargs *command, struct unfollowed *found);
/*
 * Does another program, none that prefix_skip knows, take something from elsewhere? It does if it is one of those that
 * check out (gitpuller, ansible-pull, gh repo clone, pip with git+ and their like), or if git, or a script of a shell with
 * git in it, is among its words. Programs that only talk of git (echo, grep, apk ...) do not.
 */
bool unfollowed_of_program(struct args args, struct unfollowed *found);
/* Does a text that can't be read as a script look as if it ran one of all these, or git clone? */
bool unfollowed_is_in(struct str text);
/* Is this worth being looked at: has the word of a container anything of all this in it? If not, unfollowed_is_in is false. */
bool unfollowed_may_be(struct str word);

#endif
