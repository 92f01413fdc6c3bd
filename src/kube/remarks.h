/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remarks: what reports say of objects beside what is stamped: which are passed over and why, and which of their words
 * mean nothing.
 */
#ifndef KUBE_REMARKS_H
#define KUBE_REMARKS_H

#include "kube/place.h"
#include "kube/words.h"

/* The reason of objects that --ignore names. */
#define REMARKS_IGNORED "--ignore"

/* An object or document that is passed over, and why. */
struct passed_over {
	struct str kind, ns, name;
	struct place place;
	const char *reason;
};

/* A word in an object, or something else in it, that means nothing. */
struct misuse {
	struct str kind, ns, name; /* of the object */
	struct place place;
	struct str what, text; /* see struct mistake */
};

/* Both lists are in the order in which things were found. */
struct remarks {
	struct arena *arena; /* for the whole run: everything in the lists lives there */
	struct passed_over *passed_over;
	size_t passed_over_count, passed_over_room;
	struct misuse *misuses;
	size_t misuse_count, misuse_room;
};

void remarks_init(struct remarks *remarks, struct arena *arena);
/* Empties the lists, and keeps their room. */
void remarks_reset(struct remarks *remarks);
/* Notes that an object is passed over; `reason` outlives the run, everything else is copied. */
void remarks_pass_over(struct remarks *remarks, const struct identity *identity, struct place place,
		       const char *reason);
/* Notes the mistakes in an object whose tree is of the text at `base` of its document; everything is copied. */
void remarks_add_mistakes(struct remarks *remarks, const struct identity *identity, const struct stream *stream,
			  const struct document *document, size_t base, const struct mistakes *mistakes);
/* Moves all remarks of `from`, whose arena is the same one, behind the others. */
void remarks_move(struct remarks *remarks, struct remarks *from);
/* Puts the misuses into the order of the input. */
void remarks_sort_misuses(struct remarks *remarks);

#endif
