/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template: all git refs that the containers of one pod template check out when they start.
 *
 * Each way to say them is a module: git-sync (syncref), `gitRepo` volumes (gitrepo), `git clone` in commands (cloneref),
 * pairs of variables (pairref), the annotation rollstamp.io/git (annotation). Nothing is guessed: what merely talks to a
 * repository is not found, and what can't be known is found as unknown, with a reason.
 */
#ifndef CHECKOUT_TEMPLATE_H
#define CHECKOUT_TEMPLATE_H

#include "checkout/gitref.h"

/*
 * Appends what it finds, in the order of the containers, then volumes, then annotations. Fails when the template has
 * used up its budget, like podspec_read.
 */
CHECKED bool template_find(const struct gitref_input *input, struct gitrefs *refs, struct err *err);

#endif
