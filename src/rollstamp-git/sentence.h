/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sentence: what to tell people about a remote that could not be listed.
 *
 * The messages of libgit2, git and ssh are written for others, and can hold the url, or words of a server, which can
 * hold the url as well. So messages are only searched for known phrases: what people are told is written here, says
 * what to do, and has no byte of a url in it. Of an unknown message of the TLS library one short line is shown.
 */
#ifndef ROLLSTAMP_GIT_SENTENCE_H
#define ROLLSTAMP_GIT_SENTENCE_H

#include "base/arena.h"

/* Where a message came from, as far as that matters for its meaning. */
enum sentence_source {
	SENTENCE_ANYWHERE,
	SENTENCE_TLS,    /* the message is of the TLS library */
	SENTENCE_SSH,    /* ssh wrote the message to its standard error; host and user are in it */
	SENTENCE_GIT,    /* git wrote the message to its standard error; the url is in it */
	SENTENCE_GIT_SSH /* git wrote the message, or the ssh that git runs */
};

/*
 * What `message` from `source` means and what to do about it: a sentence, in the arena, with a NUL behind it. An
 * unknown message has a sentence, too, which says how to find out more.
 */
struct str sentence_for(struct str message, enum sentence_source source, struct arena *arena);

/* Is the meaning of `message` known? */
bool sentence_is_known(struct str message, enum sentence_source source);

/* How far the listing of a remote was when its time was up. */
enum sentence_stage { SENTENCE_WAITING, SENTENCE_CONNECTING, SENTENCE_LOGIN };
/* What to tell about a remote that was at `stage` when its `timeout_ms` were over: a sentence in the arena. */
struct str sentence_for_timeout(enum sentence_stage stage, unsigned timeout_ms, struct arena *arena);

#endif
