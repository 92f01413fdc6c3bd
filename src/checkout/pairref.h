/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairref: the git refs that pairs of variables of a container name: a repository, and a ref in it.
 */
#ifndef CHECKOUT_PAIRREF_H
#define CHECKOUT_PAIRREF_H

#include "checkout/search.h"

/*
 * Adds what the pairs of the container check out: those that the user names, in any container, and those that images are
 * known to read, in init containers.
 */
void pairref_look(struct search *l);

#endif
