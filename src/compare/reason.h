/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reason: why a workload rolls, in the words that people use for it.
 */
#ifndef COMPARE_REASON_H
#define COMPARE_REASON_H

#include "compare/keys.h"
#include "compare/side.h"

enum reason_type {
	REASON_CONFIGMAP,
	REASON_SECRET,
	REASON_PROVIDER,  /* a SecretProviderClass */
	REASON_SELECTION, /* of ConfigMaps or Secrets */
	REASON_GIT,
	REASON_IMAGE,
	REASON_CHECKSUM,
	REASON_PATH,
	REASON_FIRST_STAMP,
	REASON_STAMP_LOST,
	REASON_RELEASED, /* the pods were held back and no longer are */
};

struct reason {
	enum reason_type type;
	enum difference_effect effect;
	enum difference_cause cause;
	bool is_selector; /* REASON_PATH: the selector does not fit the template's labels */
	bool is_fixed;    /* REASON_PATH: a field that nobody can change */
	bool is_untold;   /* a stamp: the report that is the old side does not tell what it was */
	struct str name;  /* object ([NAMESPACE/]NAME), repository, annotation, or what held back */
	struct str container, path;
	struct str from, to; /* commits or images; of a git ref `ref` too, where it is known */
	struct str ref;
	struct keys_changes keys;
};

struct reasons {
	struct arena *arena;
	struct keys *keys;
	struct reason *items;
	size_t count, room;
};

/* The name of a type in JSON: "configmap", "first-stamp" ...; static. */
const char *reason_type_name(enum reason_type type);
/*
 * Adds the reasons why the workload `after`, which was `before`, rolls, to `reasons`. The texts are in the arena of
 * `reasons` or borrowed from the two workloads. Never fails.
 */
void reason_find(const struct side_workload *before, const struct side_workload *after, struct reasons *reasons);
/*
 * Appends the reason to `to` as one line for people: "configmap/x: key a changed, b added". The line is not made safe
 * for a terminal.
 */
void reason_print(const struct reason *reason, struct buf *to);
/*
 * The option that excludes the object of `reason` from the stamps of `workload`, in the arena; people want it for
 * values that are made anew at each render. Empty unless the object is a ConfigMap or Secret whose changed keys are
 * known.
 */
struct str reason_exclude(const struct reason *reason, const struct side_workload *workload, struct arena *arena);

#endif
