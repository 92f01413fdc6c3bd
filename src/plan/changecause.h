/* SPDX-License-Identifier: Apache-2.0 */
/*
 * changecause: --change-cause, which says in a workload's own annotations what its revision is made of.
 *
 * The controllers of Deployments, StatefulSets and DaemonSets copy the annotation `kubernetes.io/change-cause` to each
 * revision, and `kubectl rollout history` prints it. It never goes into a pod template: it tells of a roll, and must not
 * make one.
 */
#ifndef PLAN_CHANGECAUSE_H
#define PLAN_CHANGECAUSE_H

#include "plan/draft.h"
#include "plan/stamp.h"

#define CHANGECAUSE_ANNOTATION "kubernetes.io/change-cause"

enum changecause_action {
	CHANGECAUSE_NONE, /* not asked for, nothing is stamped, or a kind without such a history */
	CHANGECAUSE_INSERTED,
	CHANGECAUSE_REPLACED,
	CHANGECAUSE_UNCHANGED,
	CHANGECAUSE_KEPT, /* the manifest has a text that is not ours */
	CHANGECAUSE_LEFT, /* it can't be written without changing something else */
};

struct changecause {
	enum changecause_action action;
	struct str text; /* what is written, or stands there already; empty for NONE, KEPT and LEFT */
	struct str why;  /* LEFT: in a sentence */
	size_t at;       /* LEFT: where in the document */
};

/*
 * What `stamps` are, in at most 250 bytes: "rollstamp: configmap/shop 814376e1, git routes c5139dc8", in bytewise order of
 * the stamps' names. In place of what would be more stands how many stamps, and the first 8 digits of XXH3-64 of the whole
 * text: "(+5 1a2b3c4d)". The same stamps give the same text. In `arena`.
 */
struct str changecause_text(const struct stamps *stamps, struct arena *arena);
/*
 * Asks the subject's shape for the annotation, if the policy wants it: after all that is asked for in the template, which
 * may be an alias of the workload's own annotations. A text that is ours, and not what it would be now, is added to
 * `stale` where it is not written again. Where it can't be written nothing is, since no pod depends on it: `cause` says so.
 */
void changecause_write(const struct draft *draft, const struct stamps *stamps, struct stale_list *stale,
		       struct changecause *cause);

#endif
