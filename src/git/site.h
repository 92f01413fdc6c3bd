/*
 * site: where in the volumes of a pod a checkout is written, and whether two checkouts are one.
 */
#ifndef GIT_SITE_H
#define GIT_SITE_H

#include "kube/podspec.h"

struct site {
	bool is_url_known;
	struct str url;       /* without userinfo */
	size_t container;     /* that writes it; or NO_CONTAINER, for a volume that is a checkout itself */
	struct str volume;    /* that volume's name */
	struct str directory; /* absolute, in the container; empty if it is not known */
};

/*
 * Do the two write the same checkout? They do with one url, and where they share a volume. Two urls that differ share one
 * only if it is certain: each writes into one volume alone, into the same
 * directory of it. Takes
 * what it looks at from `*budget` (see podspec_read); when that is used up the answer means nothing.
 */
bool site_is_shared(const struct podspec *podspec, const struct site *a, const struct site *b, size_t *budget);

#endif
