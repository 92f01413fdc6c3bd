/* SPDX-License-Identifier: Apache-2.0 */
/*
 * side: the workloads of one render, or of an earlier run's report, as they are compared.
 *
 * A render is planned as always; side_watch is told of each workload while its tree lives.
 */
#ifndef COMPARE_SIDE_H
#define COMPARE_SIDE_H

#include "compare/difference.h"
#include "compare/hold.h"
#include "compare/stamped.h"
#include "plan/plan.h"

struct side_workload {
	struct str api_version, kind, ns, name;
	struct str group;              /* of its API; the same for groups that a kind has moved between */
	struct place place;            /* of a report: without a stream */
	struct str path;               /* from the object to its template: "spec.template" */
	struct difference_rules rules; /* how its kind looks at templates */
	struct value *pod_template;    /* without stamps; NULL if only those are known */
	struct stamped_list stamps;
	struct hold hold;
	struct value *fixed;   /* what the API server lets nobody change, or NULL: a mapping of lists and such */
	bool selects_itself;   /* its selector fits its template's labels */
	bool has_stamps_alone; /* from a report, or read from a cluster, which fills in more than we know */
	const struct finding *findings; /* what it consumes; none of a report */
	size_t finding_count;
	const struct git_finding *gits;
	size_t git_count;
	struct side_workload *other; /* the one that it is compared with */
};

struct side {
	struct arena *arena;  /* for the run */
	struct arena scratch; /* for one workload */
	struct fields fields;
	struct side_workload **items; /* those that count: of two with one identity the last one */
	size_t count, room;
	struct map identities;
	bool has_stamps;                 /* one of them has one */
	bool is_report;                  /* its stamps are known, and nothing else */
	bool has_unasked_git;            /* a git ref is there whose commit nobody has asked for */
	const struct manifest *manifest; /* NULL of a report */
};

void side_init(struct side *side, struct arena *arena);
void side_release(struct side *side);
/* A subject_watch: `context` is the struct side. Fails when aliases make too much of a text. */
bool side_watch(void *context, const struct subject *subject, const struct workload *workload, struct err *err);
/* Adds a workload that is known in another way. */
void side_add(struct side *side, struct side_workload *workload);
/* What tells it from others of its side; without its namespace if that is not to count. In `arena`. */
struct str side_key(const struct side_workload *workload, bool with_namespace, struct arena *arena);
/* Is done when all workloads are there. */
void side_finish(struct side *side);

#endif
