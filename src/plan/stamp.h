/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stamp: digests and commits into one pod template, as annotations and variables. Entries that are there already get their
 * new value, the others are inserted.
 */
#ifndef PLAN_STAMP_H
#define PLAN_STAMP_H

#include "kube/podpath.h"
#include "plan/placement.h"
#include "plan/policy.h"

/* A value with the names that it is written under. */
struct stamp {
	struct str annotation, env;
	struct str value;         /* of characters that need no escape in double quotes */
	const char *subject_kind; /* whose value it is, for messages: "ConfigMap" ... */
	struct str subject;       /* ... and the subject's name */
	bool is_variable_only;    /* no annotation: `env` is inserted whatever is injected. It is not there yet. */
	bool in_every_container;  /* every regular container gets the variable: none is known to need it */
	const size_t *containers; /* that get the variable: indexes into podspec.containers, ascending */
	size_t container_count;
	/* Who is told where the value is written; none if nobody wants to know. */
	struct placements **owners;
	size_t owner_count, owner_room;
};

/* A list in an arena that lives as long as the document's tree. */
struct stamps {
	struct arena *arena;
	struct stamp *items;
	size_t count, room;
};

/* Appends a stamp. Its address is valid until the next one is added. */
struct stamp *stamps_add(struct stamps *stamps, struct stamp stamp);
/* `owner` is told, too, where the stamp is written. */
void stamp_add_owner(struct stamp *stamp, struct placements *owner, struct arena *arena);

/* An earlier stamp that nothing asks for any more, or that --inject does not write now. */
struct stale {
	bool is_env;
	struct str name, container;
	struct str value; /* if it looks like one of ours; else empty */
	size_t at;        /* where it stands in the document */
};

/* A list in an arena. */
struct stale_list {
	struct stale *items;
	size_t count, room;
};

/* Adds a stale stamp, whose texts live at least as long as `arena`, which the list is in. */
void stale_add(struct stale_list *list, struct stale stale, struct arena *arena);

struct stamp_target {
	struct shape *shape;        /* takes the edits */
	unsigned inject;            /* enum inject */
	const struct podpath *path; /* to the template */
	struct node *pod_template;
	const struct podspec *podspec;
	const struct stamps *stamps;
	struct arena *kept;       /* where placements and stale stamps are noted: it outlives the tree */
	struct stale_list *stale; /* takes the stale stamps; NULL: nobody wants to know */
};

/*
 * Asks `target->shape` for every edit. Existing entries with a stamp's name get their new value in place, the others are
 * inserted in front, in bytewise order. Fails with a sentence, and err->at in the document, where that can't be done.
 */
CHECKED bool stamp_template(const struct stamp_target *target, struct err *err);

#endif
