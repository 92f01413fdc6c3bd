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
	REASON_RELEASED, /* what was held back no longer is */
};

struct reason {
	enum reason_type type;
	enum difference_effect effect;
	enum difference_cause cause;
	bool is_selector; /* REASON_PATH: the selector does not fit the template's labels */
	bool is_fixed;    /* REASON_PATH: a field that nobody can change */
	struct str name;  /* the object ([NAMESPACE/]NAME), repository, annotation, or what no longer holds back */
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

/* Its name in JSON: "configmap", "first-stamp" ... */
const char *reason_type_name(enum reason_type type);
/* Adds the reasons for which `after` rolls that had been `before`. */
void reason_find(const struct side_workload *before, const struct side_workload *after, struct reasons *reasons);
/* One line for people, appended to `to`: "configmap/x: key a changed, b added". Not made safe for a terminal. */
void reason_print(const struct reason *reason, struct buf *to);
/*
 * The option that leaves out the object of a reason of a ConfigMap or Secret whose keys are known, for values that are made
 * anew at each render; empty for others. In `arena`.
 */
struct str reason_exclude(const struct reason *reason, const struct side_workload *workload, struct arena *arena);

#endif
