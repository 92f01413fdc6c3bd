/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sentence: what to tell about a remote that could not be listed.
 *
 * libgit2's messages are for programmers, and can hold the url, or what a server said, which may be the same. So they are
 * only looked at: what is told is written here, says what to do, and has no byte of a url in it. Messages that are not
 * known pass in part, if they are libgit2's own.
 */
#ifndef ROLLSTAMP_GIT_SENTENCE_H
#define ROLLSTAMP_GIT_SENTENCE_H

#include "base/arena.h"

/* Where a message of libgit2 came from, as far as it matters. */
enum sentence_source {
	SENTENCE_ANYWHERE,
	SENTENCE_TLS,    /* the text is of the TLS library */
	SENTENCE_SSH,    /* the text is what ssh wrote to its standard error, which has host and user in it */
	SENTENCE_GIT,    /* the text is what git wrote there, which has the url in it */
	SENTENCE_GIT_SSH /* the same, and ssh may have written some of it */
};

/* What `message`, the text of an error of libgit2, means. In the arena. */
struct str sentence_for(struct str message, enum sentence_source source, struct arena *arena);

/* Is it one of those whose meaning is known? */
bool sentence_is_known(struct str message, enum sentence_source source);

/* How far a remote was when its time was up. */
enum sentence_stage { SENTENCE_WAITING, SENTENCE_CONNECTING, SENTENCE_LOGIN };
struct str sentence_for_timeout(enum sentence_stage stage, unsigned timeout_ms, struct arena *arena);

#endif
