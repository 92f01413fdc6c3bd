/*
 * stamp: digests and commits into one pod template, as annotations and variables, new ones and those that are there
 * already.
 */
#ifndef PLAN_STAMP_H
#define PLAN_STAMP_H

#include "plan/policy.h"
#include "kube/podpath.h"

enum action { ACTION_INSERTED, ACTION_REPLACED, ACTION_UNCHANGED };

/* A value with the names that it is written under. */
struct stamp {
	struct str annotation, env;
	struct str value;         /* of characters that need no escape in double quotes */
	const char *subject_kind; /* whose it is, for messages: "ConfigMap" ... */
	struct str subject;       /* ... and its name */
	bool is_variable_only;    /* no annotation: `env` is inserted whatever is injected. It is not there yet. */
	bool in_every_container;  /* no container of its own is known */
	const size_t *containers; /* that get the variable: indexes into podspec.containers, ascending */
	size_t container_count;
	/* Where stamp_template keeps what it has found. */
	bool annotation_is_there;
	size_t in_container; /* the last container in which its variable is there, plus 1 */
};

/* What was written. */
enum written_as {
	WRITTEN_ANNOTATION,
	WRITTEN_ENV,
	WRITTEN_ARGUMENT, /* a pinned word of command or args */
	WRITTEN_REVISION, /* of a gitRepo volume */
};

/* One place where a stamp, or a pinned commit, stands in the output. */
struct written {
	size_t stamp; /* which one: its index in the target's list */
	enum written_as as;
	struct str name;      /* of the annotation, variable or volume; of an argument, the flag's */
	struct str container; /* variables and arguments: its name */
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
	struct shape *shape;        /* takes the edits */
	struct arena *arena;        /* lives as long as the tree */
	unsigned inject;            /* enum inject */
	const struct podpath *path; /* to the template */
	struct node *pod_template;
	const struct podspec *podspec;
	struct stamp *stamps;
	size_t stamp_count;
	struct stamp_notes *notes; /* or NULL */
};

/*
 * Asks `target->shape` for every edit. Existing entries with a stamp's name get their new value in place, the others are
 * inserted in front, in bytewise order. Fails with a sentence, and err->at in the document, where that can't be done.
 */
CHECKED bool stamp_template(const struct stamp_target *target, struct err *err);

#endif
