/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site: where in the volumes of a pod a checkout is written, and whether a poller writes there, too.
 */
#ifndef CHECKOUT_SITE_H
#define CHECKOUT_SITE_H

#include "base/map.h"
#include "kube/podspec.h"

struct site {
	bool is_url_known;
	struct str url;       /* as urlname_identity_of has it */
	size_t container;     /* that writes it; or NO_CONTAINER, for a volume that is a checkout itself */
	struct str volume;    /* that volume's name */
	struct str directory; /* absolute, in the container; empty if it is not known */
	bool is_inside;       /* not there, but somewhere in it: git-sync's root, a gitRepo volume */
};

enum site_relation {
	SITE_APART,
	SITE_POSSIBLE, /* not all that would tell is known; or the poller works in a directory of the checkout */
	SITE_SAME_URL,
	SITE_SAME_PLACE, /* that is certain */
};

/*
 * Does `poller` keep `checkout` up to date? With one url it does. With two that differ it does only if each is written
 * into one volume alone, and into the same directory of it. If one of the urls is not known, the directories tell: two
 * that are known must be the same, or the poller's lie in the checkout's; one that is not known can be all of the
 * volumes that its container can write to. Takes what it looks at from `*budget` (see podspec_read); when that is used
 * up the answer means nothing.
 */
enum site_relation site_relate(const struct podspec *podspec, const struct site *checkout, const struct site *poller,
			       size_t *budget);

/*
 * Many checkouts, each of which is related to pollers. Those that can't have anything to do with a poller, since neither
 * the url nor a volume is the same, are not looked at.
 */
struct site_index {
	const struct podspec *podspec;
	size_t *budget;
	struct arena *arena;
	struct site_entry *entries;
	size_t count, room;
	struct map by_url, by_volume; /* to struct site_list */
	struct map everywhere;        /* of containers: all that they can write to */
	size_t searches;
	struct site_match *matches; /* of the last search */
	size_t match_room;
};

/* A checkout that is not apart from a poller. */
struct site_match {
	size_t checkout; /* its number: they are counted as they are added */
	enum site_relation relation;
};

/* All is borrowed. */
void site_index_init(struct site_index *index, const struct podspec *podspec, size_t *budget, struct arena *arena);
void site_index_add(struct site_index *index, const struct site *checkout);
/*
 * All checkouts that are not apart from `poller`, as site_relate has it; with `by_place`, as if the urls of the checkouts
 * were not known. `*matches` is valid until the next search. Returns how many there are.
 */
size_t site_index_find(struct site_index *index, const struct site *poller, bool by_place,
		       const struct site_match **matches);

#endif
