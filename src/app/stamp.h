/*
 * stamp: digests into one pod template, as annotations and variables, new ones and those that are there already.
 */
#ifndef APP_STAMP_H
#define APP_STAMP_H

#include "app/options.h"
#include "kube/resolve.h"
#include "yaml/shape.h"

enum action { ACTION_INSERTED, ACTION_REPLACED, ACTION_UNCHANGED };

/* One place where a digest stands in the output. */
struct written {
	size_t consumption; /* which one's */
	bool is_env;
	struct str name;      /* of the annotation or variable */
	struct str container; /* variables: its name */
	enum action action;
};

/* An earlier stamp that nothing asks for any more, or that --inject does not write now. */
struct stale {
	bool is_env;
	struct str name, container;
	size_t at; /* where it stands in the document */
};

/* What was done, for reports. */
struct stamp_notes {
	struct arena *arena; /* everything in here lives there */
	struct written *written;
	size_t written_count, written_room;
	struct stale *stale;
	size_t stale_count, stale_room;
};

struct stamp_target {
	struct shape *shape;     /* takes the edits */
	struct arena *arena;     /* lives as long as the tree */
	unsigned inject;         /* enum inject */
	const struct step *path; /* from the document's root to the template */
	size_t path_length;
	struct node *template;
	const struct podspec *podspec;
	struct consumption *consumptions; /* those that are resolved are stamped */
	size_t consumption_count;
	struct stamp_notes *notes; /* or NULL */
};

/*
 * Asks `target->shape` for every edit. Existing entries with a stamp's name get their new value in place, the others are
 * inserted in front, in bytewise order. Fails with a sentence, and err->at in the document, where that can't be done.
 */
CHECKED bool stamp_template(const struct stamp_target *target, struct err *err);

#endif
