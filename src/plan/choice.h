/* SPDX-License-Identifier: Apache-2.0 */
/*
 * choice: what the options and a workload's own annotations say about the workload: what it consumes beside what its
 * template names, what is left out of that, and what may be missing.
 */
#ifndef PLAN_CHOICE_H
#define PLAN_CHOICE_H

#include "kube/exclude.h"
#include "kube/resolve.h"
#include "plan/subject.h"

struct choice {
	const struct basis *basis;
	const struct subject *subject;
	struct node *template_annotations;
	struct exclude exclude;
	enum volumes_mode volumes;
};

/*
 * Reads what is chosen for the subject. Everything is borrowed or in the tree's arena. Fails, with err->at in the document, on
 * a pattern of rollstamp.io/exclude that is none.
 */
CHECKED bool choice_read(const struct basis *basis, const struct subject *subject, struct choice *choice,
			 struct err *err);
/* Does a pattern name the subject? */
bool choice_names_workload(const struct choice *choice, struct str pattern);
/* Is anything left out for this workload alone? */
bool choice_has_excludes(const struct choice *choice);
/* Adds what annotations and --also name, one by one, to what the template consumes. Fails, with err->at, when that is too much. */
CHECKED bool choice_add_extras(const struct choice *choice, struct podspec *podspec, struct err *err);
/* Is the object of the consumption left out for this workload? */
bool choice_excludes(const struct choice *choice, const struct consumption *consumption);
/* Is that object left alone for all workloads? */
bool choice_ignores(const struct choice *choice, const struct consumption *consumption);
/* Does the cluster put that object into every namespace? */
bool choice_is_well_known(const struct consumption *consumption);
/* May that object be missing under --strict? */
bool choice_allows_missing(const struct choice *choice, const struct consumption *consumption);
/* May a git ref of this workload be unknown under --strict? */
bool choice_allows_unknown_ref(const struct choice *choice);

#endif
