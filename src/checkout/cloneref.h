/*
 * cloneref: the refs that the `git clone`s of a container check out, and which of them are those of its pairs of
 * variables. For gitref alone.
 */
#ifndef CHECKOUT_CLONEREF_H
#define CHECKOUT_CLONEREF_H

#include "checkout/clones.h"
#include "checkout/search.h"

/* What its command does. */
struct gitclones cloneref_find(struct looking *l);
/*
 * Adds what the command of the container clones, as cloneref_find has found it, and what it follows by itself. Its
 * pairs of variables must be there already: the clone of one of them is no other checkout.
 */
void cloneref_look(struct looking *l, struct gitclones clones);
/* The same of what its postStart hook runs. */
void cloneref_look_at_hook(struct looking *l);

#endif
