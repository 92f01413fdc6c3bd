/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unresolved: what is said of references and git refs of a workload that resolve nowhere: by the verdict, and with --strict
 * by an error.
 */
#ifndef PLAN_UNRESOLVED_H
#define PLAN_UNRESOLVED_H

#include "plan/checkouts.h"
#include "plan/consumed.h"
#include "plan/problems.h"

/* Adds the objects that resolve nowhere, are not optional and not allowed to be missing. */
void unresolved_note_objects(const struct draft *draft, const struct consumed *consumed, struct problems *problems);
/* Adds the git refs that are not known; with --strict also those that should be pinned and are not. */
void unresolved_note_refs(const struct draft *draft, const struct checkouts *checkouts, struct problems *problems);

#endif
