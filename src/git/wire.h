/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire: the bytes that go between rollstamp and rollstamp-git. Both ends use this module, and neither trusts the other.
 *
 * Everything is a frame: a decimal length, `:`, that many bytes, `,` (a netstring), so that no byte of a url or a ref
 * means anything. The one request is a frame of frames:
 *
 *     "rollstamp-git/2", timeout in ms, how much of it is left in ms, "libgit2" or "git", "network" or "local",
 *     number of patterns, patterns (of --git-allow), then for each query: url, number of names, names
 *
 * and each answer, in any order, another one, where `index` counts queries from 0:
 *
 *     index, "commits", for each name its commit or nothing
 *     index, "failure", a sentence: the server failed
 *     index, "trouble", a sentence: we did, or a limit of ours was reached
 *
 * Between the processes of rollstamp-git itself (rollstamp-git/serve.h) there are two more, which are no answers:
 *
 *     index, "started"        its server is being asked
 *     index, "again"          it takes more than its share here: to be asked for in a process of its own
 */
#ifndef GIT_WIRE_H
#define GIT_WIRE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Longer frames are broken: no request or answer comes near this length. */
#define WIRE_LIMIT ((size_t)64 * 1024 * 1024)

struct wire_query {
	struct str url;
	const struct str *names;
	size_t name_count;
};

/* What is to list the remotes. */
enum wire_client { WIRE_CLIENT_LIBGIT2, WIRE_CLIENT_GIT };

struct wire_request {
	unsigned timeout_ms; /* the whole time, which messages tell */
	unsigned left_ms;    /* how much of `timeout_ms` is left */
	enum wire_client client;
	bool allow_local;
	const struct str *allow; /* patterns of --git-allow, for redirects */
	size_t allow_count;
	const struct wire_query *queries;
	size_t count;
};

enum wire_kind { WIRE_COMMITS, WIRE_FAILURE, WIRE_TROUBLE, WIRE_STARTED, WIRE_AGAIN };

struct wire_answer {
	size_t query; /* the index of the query in the request */
	enum wire_kind kind;
	struct str sentence; /* of WIRE_FAILURE and WIRE_TROUBLE */
	struct str *commits; /* of WIRE_COMMITS: 40 or 64 lower-case hex digits, or empty */
	size_t commit_count;
};

enum wire_state {
	WIRE_WHOLE,
	WIRE_PARTIAL, /* more bytes could make the frame whole */
	WIRE_BROKEN
};

/* Takes the first frame off `*rest`. `*payload` is borrowed from `*rest`. Both change only when the frame is whole. */
enum wire_state wire_take(struct str *rest, struct str *payload);

/* Appends the frame of a request, or of an answer, to `to`. */
void wire_put_request(const struct wire_request *request, struct buf *to);
void wire_put_answer(const struct wire_answer *answer, struct buf *to);

/*
 * Reads the payload of a frame that wire_put_* wrote. The result borrows its texts from the payload; its arrays are in
 * the arena. Fails with a sentence for anything that wire_put_* doesn't write.
 */
CHECKED bool wire_get_request(struct str payload, struct arena *arena, struct wire_request *request, struct err *err);
CHECKED bool wire_get_answer(struct str payload, struct arena *arena, struct wire_answer *answer, struct err *err);

#endif
