/* SPDX-License-Identifier: Apache-2.0 */
/*
 * httphead: the heads of a server's HTTP answers, before libgit2 sees them.
 *
 * A header that asks for a login belongs to the status that does (RFC 9110, 11.6 and 11.7): WWW-Authenticate to 401,
 * Proxy-Authenticate to 407. In any other answer, a redirect say, libgit2 (1.5 at least) reads through a null pointer when it makes its
 * next request. They are left out there; everything else passes as it is.
 */
#ifndef ROLLSTAMP_GIT_HTTPHEAD_H
#define ROLLSTAMP_GIT_HTTPHEAD_H

#include "base/buf.h"

/* Longer heads are refused: libgit2's parser takes 80 KiB. */
#define HTTPHEAD_LIMIT ((size_t)128 * 1024)

/* All-zero bytes expect no head: what comes passes. */
struct httphead {
	struct buf bytes; /* that came and were not taken */
	bool expects;     /* `bytes` begin with a head that is not whole yet */
};

/* A request was sent: what comes next is a head. */
void httphead_expect(struct httphead *head);
/* Appends bytes that came. False if a head is too long. */
bool httphead_add(struct httphead *head, struct str bytes);
/* What may be taken now, borrowed until the next call: empty as long as a head is not whole. */
struct str httphead_ready(const struct httphead *head);
/* The connection has ended: what there is of a head is all that comes. */
void httphead_end(struct httphead *head);
/* Takes the first `count` bytes of httphead_ready. */
void httphead_take(struct httphead *head, size_t count);
void httphead_release(struct httphead *head);

#endif
