/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pair: pairs of variables that name a repository and a ref in it.
 */
#ifndef CHECKOUT_PAIR_H
#define CHECKOUT_PAIR_H

#include "base/err.h"

struct pair {
	struct str repository; /* names of variables */
	struct str refs[2];    /* the second, if there is one, counts where the first says nothing */
	struct str default_ref;
	bool pins;        /* what reads the ref takes a commit, too, */
	struct str rival; /* unless this variable is set in the same container; or empty */
};

/* The pairs that mean a checkout in every init container, `*count` of them. */
const struct pair *pair_known(size_t *count);
/* Reads REPO_VAR:REF_VAR[:DEFAULT_REF][:pin], borrowed. Without a default it is HEAD. Fails with a sentence. */
CHECKED bool pair_parse(struct str text, struct pair *pair, struct err *err);

#endif
