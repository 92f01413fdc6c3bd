/*
 * ignore: which objects --ignore names.
 */
#ifndef KUBE_IGNORE_H
#define KUBE_IGNORE_H

#include "kube/kinds.h"

struct ignore {
	const struct kinds *kinds;
	const struct str *patterns; /* [KIND/][NAMESPACE/]NAME, each part a glob, KIND in any case */
	size_t count;
};

/* Is it a pattern: one to three parts, none of them empty? */
CHECKED bool ignore_check(struct str pattern, struct err *err);
/*
 * Does a pattern name this object? Two parts are KIND/NAME if the first is, or as a glob matches, a kind that matters;
 * else NAMESPACE/NAME.
 */
bool ignore_matches(const struct ignore *ignore, struct str kind, struct str namespace, struct str name);

#endif
