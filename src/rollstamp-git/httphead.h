/* SPDX-License-Identifier: Apache-2.0 */
/*
 * httphead: the heads of a server's HTTP answers, before libgit2 sees them.
 *
 * A header that asks for a login belongs to the status that asks for one (RFC 9110, 11.6 and 11.7): WWW-Authenticate to
 * 401, Proxy-Authenticate to 407. After any other answer with such a header, a redirect say, libgit2 (1.5 at least)
 * reads through a null pointer when it makes its next request. So these headers are left out of other answers;
 * everything else passes unchanged.
 */
#ifndef ROLLSTAMP_GIT_HTTPHEAD_H
#define ROLLSTAMP_GIT_HTTPHEAD_H

#include "base/buf.h"

/* Longer heads are refused: libgit2's parser takes 80 KiB. */
#define HTTPHEAD_LIMIT ((size_t)128 * 1024)

/* All-zero bytes are a connection on which no head is expected: all bytes pass. */
struct httphead {
	struct buf bytes; /* that came from the server and have not been taken */
	bool expects;     /* `bytes` begin with a head that is not whole yet */
};

/*
 * Notes that a request was sent, so that the next bytes are a head. Drops what has not been taken of the answer before.
 */
void httphead_expect(struct httphead *head);
/* Appends a copy of `bytes`, which came from the server. False if a head is longer than HTTPHEAD_LIMIT. */
bool httphead_add(struct httphead *head, struct str bytes);
/* The bytes that may be taken now, borrowed until the next call; empty as long as a head is not whole. */
struct str httphead_ready(const struct httphead *head);
/* Notes that the connection has ended: what has come of a head may be taken, since the rest never comes. */
void httphead_end(struct httphead *head);
/* Takes the first `count` bytes of httphead_ready. */
void httphead_take(struct httphead *head, size_t count);
/* Frees the bytes that have not been taken. */
void httphead_release(struct httphead *head);

#endif
