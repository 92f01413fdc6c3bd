/* SPDX-License-Identifier: Apache-2.0 */
/*
 * choice: what the options, and its own annotations, say about one workload: what it consumes beside what its template
 * names, what is left out of that, and what may be missing.
 */
#ifndef PLAN_CHOICE_H
#define PLAN_CHOICE_H

#include "plan/policy.h"
#include "kube/exclude.h"
#include "kube/resolve.h"

struct choice {
	const struct policy *policy;
	const struct ignore *ignore;
	struct identity identity;
	struct node *template_annotations;
	size_t at; /* where the workload stands in its document */
	struct exclude exclude;
	enum volumes_mode volumes;
};

/*
 * Reads it for the workload at byte `at` of its document. All is borrowed; new things are in `arena`. Fails, with
 * err->at in the document, on a pattern of rollstamp.io/exclude that is none.
 */
CHECKED bool choice_read(const struct policy *policy, const struct ignore *ignore, const struct identity *identity,
			 struct node *pod_template, size_t at, struct arena *arena, struct choice *choice,
			 struct err *err);
/* Adds what annotations and --also name to what the template consumes. */
CHECKED bool choice_add_extras(const struct choice *choice, size_t *budget, struct arena *arena,
			       struct podspec *podspec, struct err *err);
/* Is this object left out for this workload? */
bool choice_excludes(const struct choice *choice, const struct consumption *consumption);
/* Is it left alone altogether? */
bool choice_ignores(const struct choice *choice, const struct consumption *consumption);
/* Does the cluster put it into every namespace? */
bool choice_is_well_known(const struct consumption *consumption);
/* May it be missing under --strict? */
bool choice_allows_missing(const struct choice *choice, const struct consumption *consumption);
/* May a git ref of this workload be unknown under --strict? */
bool choice_allows_unknown_ref(const struct choice *choice);

#endif
