/* SPDX-License-Identifier: Apache-2.0 */
/*
 * problems: what needs a look though the run may succeed, and what --strict makes an error of.
 *
 * A problem is told by the verdict. With --strict most problems are refused as well: all of them are told in one error, so
 * that they can be mended in one go.
 */
#ifndef PLAN_PROBLEMS_H
#define PLAN_PROBLEMS_H

#include "kube/identity.h"
#include "kube/place.h"

/* Refusals that an error names behind the first. */
#define PROBLEMS_NAMED 10

enum problem_type {
	PROBLEM_UNRESOLVED, /* a reference that resolves nowhere, is not optional and not allowed to be missing */
	PROBLEM_FINDING,    /* a word of ours in the manifests that means nothing */
	PROBLEM_NOTE,       /* an option of the command line that fits nothing */
	PROBLEM_CAUSE,      /* a workload whose change-cause can't be written */
	PROBLEM_TYPES,
};

struct problem {
	enum problem_type type;
	struct str what; /* for people, on one line: "ConfigMap app" */
};

/* Something that --strict refuses. */
struct refusal {
	struct str what;       /* a short name of it: "ConfigMap app" */
	struct str kind, name; /* of the object that it is in */
	struct place place;    /* where it is to be mended */
	struct str message;    /* of the first refusal: a sentence to stand behind the object and the place */
};

/* Both lists are in the order in which things were found. */
struct problems {
	struct arena *arena; /* for the whole run: everything in the lists lives there */
	struct problem *items;
	size_t count, room;
	struct refusal *refusals; /* those that an error names */
	size_t refusal_count, refusal_room;
	size_t refused;  /* how many there are */
	bool needs_look; /* `rollstamp list --check` is to tell of something, maybe of what is no problem above */
};

void problems_init(struct problems *problems, struct arena *arena);
/* Empties the lists, and keeps their room. */
void problems_reset(struct problems *problems);
/* Adds a problem; `what` is copied. */
void problems_add(struct problems *problems, enum problem_type type, struct str what);
/* Adds a refusal. Everything in it is copied; but the message of a second refusal is told nowhere, and may be left out. */
void problems_refuse(struct problems *problems, const struct refusal *refusal);
/* Moves all of `from`, whose arena is the same one, behind the others. */
void problems_move(struct problems *problems, struct problems *from);
/* How many different problems there are of a type. */
size_t problems_count(const struct problems *problems, enum problem_type type);
/* Is nothing refused? If not: fails with the first refusal as a whole message, and the names of the others. */
CHECKED bool problems_allow(const struct problems *problems, struct err *err);

#endif
