/* SPDX-License-Identifier: Apache-2.0 */
/*
 * placement: where a digest or a commit stands in the output, for reports.
 */
#ifndef PLAN_PLACEMENT_H
#define PLAN_PLACEMENT_H

#include "base/arena.h"

enum placement_type {
	PLACEMENT_ANNOTATION,
	PLACEMENT_VARIABLE,
	PLACEMENT_WORD,     /* of a container's command or args: a pinned commit */
	PLACEMENT_REVISION, /* of a gitRepo volume: a pinned commit */
};

/* How the value has come there. */
enum placement_action { PLACEMENT_INSERTED, PLACEMENT_REPLACED, PLACEMENT_UNCHANGED };

struct placement {
	enum placement_type type;
	struct str name;      /* of the annotation, variable or volume; of a word, the name of its flag */
	struct str container; /* the name of the container that has the variable or word; else empty */
	enum placement_action action;
};

/* A list in an arena. */
struct placements {
	struct placement *items;
	size_t count, room;
};

/* Appends `placement`, whose texts live at least as long as `arena`. */
void placements_add(struct placements *placements, struct placement placement, struct arena *arena);

#endif
