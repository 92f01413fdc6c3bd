/*
 * listing: one remote is listed, and answers which of the asked refs it has.
 *
 * Trust: only https, http, ssh and git urls are connected to, local ones when that is allowed. Redirects are followed for
 * http and https as git does it, never from https to http, and only where --git-allow allows it. A login goes over https
 * and ssh alone, to the host and port of the url and to no other, whatever that server redirects to.
 *
 * Memory: what a listing takes is bounded by the bytes that its server may send, fewer where it has not all the process
 * for itself.
 */
#ifndef GIT_HELPER_LISTING_H
#define GIT_HELPER_LISTING_H

#include "base/arena.h"
#include "base/err.h"
#include "git/giturl.h"
#include "git/helper/sentence.h"
#include "git/helper/transport.h"
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
	struct giturl url;
	struct str asking_text; /* the url that libgit2 asks, which is another one behind a redirect */
	bool is_asking_known;
	struct giturl asking; /* the same, if it is known */
	bool is_elsewhere;    /* the TLS connection is not to the host and port of `url` */
	unsigned logins;      /* that were given */
	size_t received;      /* bytes */
};

/* One of the queries of `request`, which are borrowed. Afterwards `url` is known, if it is one. */
void listing_init(struct listing *listing, const struct wire_request *request, size_t query, bool is_alone,
		  struct str untrusting);
/* For all threads together, once, before the first listing_run. */
CHECKED bool listing_prepare(struct err *err);
/*
 * Lists the remote. Calls `done(listing)` as soon as there is a result; what follows, saying good-bye to the server, can
 * take long and may be cut off.
 */
void listing_run(struct listing *listing, void (*done)(struct listing *));
void listing_release(struct listing *listing);

#endif
