/*
 * verdict: what a run says on stderr though it succeeded, in one line: what was stamped, and what needs a look.
 */
#ifndef PLAN_VERDICT_H
#define PLAN_VERDICT_H

#include "base/arena.h"
#include "base/buf.h"

/* Something that needs a look. */
enum problem_type {
	PROBLEM_UNRESOLVED, /* a reference that resolves nowhere, is not optional and not allowed to be missing */
	PROBLEM_FINDING,    /* a word of ours in the manifests that means nothing */
	PROBLEM_NOTE,       /* an option of the command line that fits nothing */
	PROBLEM_TYPES,
};

struct problem {
	enum problem_type type;
	struct str what; /* for people, on one line: "ConfigMap app" */
	size_t document; /* which of the manifest's workload documents it stands in: the first one is named */
};

/* In the order in which they were found. To take the last ones back, set `count` back. */
struct problems {
	struct problem *items;
	size_t count, room;
};

/* What was written. */
struct verdict_counts {
	size_t stamps;
	size_t workloads; /* with at least one stamp */
};

/* Adds one; `what` is copied into `arena`. */
void problems_add(struct problems *problems, enum problem_type type, struct str what, size_t document,
		  struct arena *arena);
/* How many different ones there are of a type. */
size_t problems_count(const struct problems *problems, enum problem_type type);
/*
 * Prints the line to `to`, without a newline, or nothing if there is no problem. Of every type the first one in the input
 * is named, and the number of different others.
 */
void verdict_print(const struct problems *problems, const struct verdict_counts *counts, struct buf *to);

#endif
