/*
 * plan: what to write where, decided one workload after the other.
 *
 * A workload's tree lives only while it is planned. What is kept is the edits, and for reports what they are for.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "plan/findings.h"
#include "plan/unused.h"
#include "plan/verdict.h"
#include "kube/live.h"
#include "yaml/verify.h"

/* Unresolved references that an error names after the first. */
#define PLAN_ALSO_UNRESOLVED 10

/*
 * How the cluster is asked: appends the objects that it has to `*manifests` as live_fetch does. `context` is
 * plan.live_context.
 */
typedef bool plan_live(void *context, const struct live_want *wants, size_t count, struct arena *arena,
		       struct str *manifests, struct err *err);

struct plan {
	struct arena *arena; /* for the run */
	struct arena tree;   /* for one workload document */
	const struct policy *policy;
	const struct kinds *kinds;
	struct manifest *manifest;
	struct commits *commits;
	struct str secret_key;
	enum verify_extent extent;
	struct problems problems;     /* what needs a look */
	struct unused unused;         /* which words of the command line fit something */
	struct verdict_counts counts; /* what is written */
	size_t unresolved_count;      /* with --strict: references that should have been resolved */
	struct err unresolved;        /* what to say of the first */
	struct buf also_unresolved;   /* and of the others */
	struct edits *edits;          /* per stream: offsets into its text */
	struct edits *document_edits; /* the same, of each of the manifest's workload documents */
	size_t *deferred;             /* those that wait for commits: indexes */
	size_t deferred_count;
	const struct stream *streams;
	plan_live *live; /* how the cluster is asked, with --live */
	void *live_context;
	bool has_asked_cluster;
	struct str cluster_failure; /* why it could not be asked; only lists go on then */
	struct live_want *live_wants;
	size_t live_want_count, live_want_room;
	struct map live_keys;       /* of the wants */
	struct workload *workloads; /* if the policy wants details */
	size_t workload_count, workload_room;
};

/*
 * A plan for the workloads of `manifest`, whose streams with SCOPE_STREAM are `streams`, `stream_count` of them. All is
 * borrowed.
 */
void plan_init(struct plan *plan, const struct policy *policy, struct manifest *manifest, struct commits *commits,
	       const struct stream *streams, size_t stream_count, struct str secret_key, struct arena *arena);
void plan_release(struct plan *plan);
/*
 * Plans and checks every edit. Workloads whose git refs must be asked for are planned when all others are, so that each
 * server is asked once. Fails with the whole context where an object that is consumed can't be read, where an
 * edit can't be made, with --strict where a reference is unresolved, and when an edited document is not what was meant.
 */
CHECKED bool plan_make(struct plan *plan, struct err *err);

/* Notes an object of --namespace that the cluster must be asked for; copies the name. */
void plan_want_live(struct plan *plan, enum object_kind kind, struct str name);
/* Has it been noted, and the cluster thus been asked by the time that the last workload is planned? */
bool plan_was_wanted_live(const struct plan *plan, enum object_kind kind, struct str name);
/* Is what --strict refuses an error? A list shows it, and tells by its exit status. */
bool plan_is_strict(const struct plan *plan);
/*
 * Counts something that --strict refuses, by a short name of it and the object that it is of. True for the first one: then
 * the caller sets `plan->unresolved`. The next PLAN_ALSO_UNRESOLVED are named behind that.
 */
bool plan_refuse(struct plan *plan, struct str what, struct str kind, struct str name);
/* Is something unresolved that should not be? The plan was made with details. */
bool plan_has_problems(const struct plan *plan);
/* Could a server or the cluster not be asked, so that it isn't known whether something is unresolved? */
bool plan_has_trouble(const struct plan *plan);

#endif
