/* SPDX-License-Identifier: Apache-2.0 */
/*
 * subject: a workload that is planned, as it stands in its document, and what all workloads of a run are planned from.
 */
#ifndef PLAN_SUBJECT_H
#define PLAN_SUBJECT_H

#include "kube/podpath.h"
#include "plan/cluster.h"
#include "plan/commits.h"
#include "plan/unused.h"

struct leftovers;
struct subject;
struct workload;
/*
 * Is shown every workload as it is in the output, while its tree lives, in any order. `workload` moves when the next one
 * comes; what it points to does not. A document that is planned again shows its workloads again: the last time counts. A
 * failure, with the whole context in the message, ends the plan.
 */
typedef bool subject_watch(void *context, const struct subject *subject, const struct workload *workload,
			   struct err *err);

/* What all workloads of a run are planned from. Everything is borrowed. */
struct basis {
	const struct policy *policy;
	struct manifest *manifest;
	struct commits *commits;
	struct cluster *cluster;
	struct unused *unused;
	const struct leftovers *leftovers; /* with --drop-checksums */
	struct str secret_key;             /* or empty */
	subject_watch *watch;              /* or NULL; the policy wants details then */
	void *watch_context;
	struct arena *arena; /* for the run */
	struct arena *tree;  /* lives as long as the document's tree */
};

struct subject {
	const struct stream *stream;
	const struct document *document;
	const struct kind *kind;
	struct identity identity;
	struct node *object, *pod_template;
	struct podpath path;         /* from the document's root to the template */
	struct shape *shape;         /* takes the edits of the document */
	size_t *budget, *git_budget; /* of the document: see podspec_read */
};

/* Where byte `at` of the document stands. */
struct place subject_place(const struct subject *subject, size_t at);
/* Puts the workload, and byte `at` of its document, before a message. Always false. */
bool subject_explain(const struct subject *subject, size_t at, struct err *err);

#endif
