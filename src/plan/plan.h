/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan: what to write where in all documents, decided one document after the other.
 *
 * A document's tree lives only while the document is planned. What is kept is the result: the edits, and for reports what
 * they are for.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "plan/leftovers.h"
#include "plan/result.h"
#include "plan/subject.h"
#include "yaml/verify.h"

/* What is planned. Everything is borrowed. */
struct plan_input {
	const struct policy *policy;
	struct manifest *manifest;
	struct commits *commits;      /* maybe those of several plans, which are asked for at once: see plan_begin */
	struct unused *unused;        /* of several plans, which tell nothing of it; or NULL */
	const struct stream *streams; /* those of the manifest with SCOPE_STREAM */
	size_t stream_count;
	struct str secret_key; /* or empty */
	cluster_ask *ask;      /* how the cluster is asked, with --live */
	void *ask_context;
	subject_watch *watch; /* or NULL; the policy wants details then */
	void *watch_context;
	enum verify_extent extent;
};

struct plan {
	struct plan_input input;
	struct arena *arena; /* for the run */
	struct arena tree;   /* for one document */
	struct basis basis;
	struct cluster cluster;
	struct leftovers leftovers;
	bool has_begun;
	bool is_survey;       /* what templates name is noted, and nothing planned */
	struct unused unused; /* which words of the command line fit something */
	struct result result; /* of the document that is planned */
	struct result **kept; /* results of documents behind one that waits; NULL for all others */
	size_t done;          /* so many documents, from the first one on, are in `whole`: */
	struct result whole;  /* all results but their edits, and but their remarks, which the manifest has */
	struct edits *edits;  /* per stream: offsets into its text */
};

/* A plan for the workloads of a manifest. */
void plan_init(struct plan *plan, const struct plan_input *input, struct arena *arena);
void plan_release(struct plan *plan);
/*
 * Plans the documents that need not wait, and notes in `commits` what the others wait for. Where plans share their commits,
 * all of them begin, then the servers are asked (commits_ask_all), then all are made. Fails like plan_make.
 */
CHECKED bool plan_begin(struct plan *plan, struct err *err);
/*
 * Plans and checks every edit. Documents whose git refs must be asked for are planned when all others are, so that each
 * server is asked once. Fails with the whole context where an object that is consumed can't be read, where an
 * edit can't be made, with --strict where a reference is unresolved, and when an edited document is not what was meant.
 */
CHECKED bool plan_make(struct plan *plan, struct err *err);

/* Could a server or the cluster not be asked, so that it isn't known whether something is unresolved? */
bool plan_has_trouble(const struct plan *plan);

#endif
