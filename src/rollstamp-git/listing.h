/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listing: the work on one query: a remote is listed, and which of the asked refs it has. client.h chooses what lists
 * it.
 *
 * Memory: what a listing takes is bounded by the bytes that its server may send. That bound is lower where other
 * listings share the process.
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
	const struct wire_request *request; /* the request that `query` is part of */
	bool is_alone;                      /* no other listing shares this process, nor its memory */
	struct str untrusting;              /* why no https server can be trusted, or empty */
	struct arena arena;                 /* for all that the listing points to */
	atomic_int stage;                   /* an enum sentence_stage, which other threads may read at any time */

	/* The result, once the listing has run: as in struct wire_answer. */
	struct str failure;
	struct str *commits;
	bool is_trouble;     /* the failure is ours, and no failure of the server */
	bool takes_too_much; /* the listing needs more memory than it may have: no failure of the server either */
	bool is_settled;     /* nothing changes the result any more */

	/* What a listing finds out while it runs. */
	struct url url;
	struct str asking_text; /* the url that libgit2 asks, which differs from `url` behind a redirect */
	bool is_asking_known;
	struct url asking; /* `asking_text` taken apart, if `is_asking_known` */
	bool is_elsewhere; /* the TLS connection is not to the host and port of `url` */
	unsigned logins;   /* how many logins were given to the server */
	size_t received;   /* bytes that the server has sent */
};

/*
 * Begins a listing of the query with the index `query` of `request`; request and `untrusting` are borrowed. Afterwards
 * `url` is taken apart, or there is a failure, since a url may be refused. To be released by listing_release.
 */
void listing_init(struct listing *listing, const struct wire_request *request, size_t query, bool is_alone,
		  struct str untrusting);
/* Frees everything of the listing, its result too. */
void listing_release(struct listing *listing);

/*
 * Makes a copy of `sentence` the failure, unless the listing has failed before or is settled: what follows from a
 * failure tells less than the failure.
 */
void listing_fail(struct listing *listing, struct str sentence);
/* Does what listing_fail does, for a failure in which the server has no part. */
void listing_fail_ourselves(struct listing *listing, struct str sentence);
/*
 * Counts `count` bytes that the server sent. Returns false, and the listing fails, if the server has sent more than it
 * may.
 */
bool listing_receive(struct listing *listing, size_t count);

/*
 * A map in the listing's arena from each asked name to a struct str for its commit, which is empty. The map borrows the
 * names from the query.
 */
struct map listing_index_names(struct listing *listing);
/*
 * Makes the commits in `index`, a map that listing_index_names made, the result; they must live in the listing's arena.
 */
void listing_take_index(struct listing *listing, const struct map *index);

/* Settles the result and calls `done(listing)`. */
void listing_settle(struct listing *listing, void (*done)(struct listing *));

#endif
