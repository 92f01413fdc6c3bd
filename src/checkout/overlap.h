/* SPDX-License-Identifier: Apache-2.0 */
/*
 * overlap: checkouts, and what works on them, that containers of one pod share through volumes.
 *
 * A container can follow, pull or check out something else in a clone that another container has made. Until all
 * containers have been looked at, each of these stands among the refs for itself.
 */
#ifndef CHECKOUT_OVERLAP_H
#define CHECKOUT_OVERLAP_H

#include "checkout/search.h"

/*
 * Tells the clones what others do in them, and takes away what has been told: checkouts, pulls and loops in clones that
 * are known. Marks what is followed, and so needs no stamp.
 */
void overlap_settle(struct search *l);

#endif
