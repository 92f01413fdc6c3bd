/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listing: one remote is listed, and answers which of the asked refs it has. Who lists it is for client.h.
 *
 * Memory: what a listing takes is bounded by the bytes that its server may send, fewer where it has not all the process
 * for itself.
 */
#ifndef ROLLSTAMP_GIT_LISTING_H
#define ROLLSTAMP_GIT_LISTING_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "git/url.h"
#include "rollstamp-git/sentence.h"
#include "git/wire.h"

#include <stdatomic.h>

struct listing {
	struct wire_query query;
	const struct wire_request *request; /* that it is of */
	bool is_alone;                      /* in this process: it may take as much memory as there is for one */
	struct str untrusting;              /* why no https server can be trusted, or empty */
	struct arena arena;                 /* for all that it has */
	atomic_int stage;                   /* an enum sentence_stage, which others may read at any time */

	/* The result, when it has run: as in struct wire_answer. */
	struct str failure;
	struct str *commits;
	bool is_trouble;     /* the failure is ours, and no failure of the server */
	bool takes_too_much; /* and so is this one: it needs more memory than it may have */
	bool is_settled;     /* nothing changes it any more */

	/* What it finds out on its way. */
	struct url url;
	struct str asking_text; /* the url that libgit2 asks, which is another one behind a redirect */
	bool is_asking_known;
	struct url asking; /* the same, if it is known */
	bool is_elsewhere; /* the TLS connection is not to the host and port of `url` */
	unsigned logins;   /* that were given */
	size_t received;   /* bytes */
};

/* One of the queries of `request`, which are borrowed. Afterwards `url` is known, or there is a failure. */
void listing_init(struct listing *listing, const struct wire_request *request, size_t query, bool is_alone,
		  struct str untrusting);
void listing_release(struct listing *listing);

/* The first failure counts: what follows from it tells less. */
void listing_fail(struct listing *listing, struct str sentence);
/* listing_fail for a failure in which the server has no part. */
void listing_fail_ourselves(struct listing *listing, struct str sentence);
/* Counts bytes that came. False, and a failure, if there must be no more of them. */
bool listing_receive(struct listing *listing, size_t count);

/* Each name that is asked for once, with an empty commit. */
struct map listing_index_names(struct listing *listing);
/* Makes the commits in it the result. */
void listing_take_index(struct listing *listing, const struct map *index);

/* The result is there: tells so. */
void listing_settle(struct listing *listing, void (*done)(struct listing *));

#endif
