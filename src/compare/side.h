/* SPDX-License-Identifier: Apache-2.0 */
/*
 * side: the workloads of one render, or of an earlier run's report, in the form in which they are compared.
 *
 * A render is planned as in any other run; side_watch is told of each workload while the tree of its document lives.
 */
#ifndef COMPARE_SIDE_H
#define COMPARE_SIDE_H

#include "compare/difference.h"
#include "compare/hold.h"
#include "compare/stamped.h"
#include "plan/plan.h"

struct side_workload {
	struct str api_version, kind, ns, name;
	struct str key;                /* tells it from the others of its side; by side_add */
	struct str group;              /* of its API; one name for groups between which a kind has moved */
	struct place place;            /* has no stream if the workload is from a report */
	struct str path;               /* from the object to its template: "spec.template" */
	struct difference_rules rules; /* how its kind looks at templates */
	struct str text;               /* of its template, where no alias stands in it; else empty */
	unsigned column;               /* where that begins */
	struct value *pod_template;    /* without stamps; NULL if only the stamps are known, or it is put off */
	bool is_put_off;               /* the template is known by its text: see side_share */
	struct stamped_list stamps;
	struct hold hold;
	struct value *fixed;            /* fields that the API server lets nobody change, as a mapping; or NULL */
	bool selects_itself;            /* its selector fits its template's labels */
	struct str refused;             /* the path of a label or annotation of its own that is no text; or empty */
	bool has_stamps_alone;          /* from a report, or from a cluster, which fills in more than we know */
	const struct finding *findings; /* what the workload consumes; none if it is from a report */
	size_t finding_count;
	const struct selected_finding *selections;
	size_t selection_count;
	const struct git_finding *gits;
	size_t git_count;
	struct side_workload *other; /* the workload of the other side that this one is compared with */
};

struct side {
	struct arena *arena;  /* for the run */
	struct arena scratch; /* for one workload */
	struct fields fields;
	struct side_workload **items; /* of two workloads with one identity only the last is here */
	size_t count, room;
	struct map identities;
	bool has_stamps;                 /* a workload has a stamp */
	bool is_report;                  /* only stamps are known of the workloads */
	bool has_unasked_git;            /* a git ref has a commit that nobody has asked for */
	const struct manifest *manifest; /* NULL if the side is a report */
	const struct side *earlier;      /* by side_share */
	bool puts_off;                   /* likewise */
	bool is_annotated;               /* likewise */
	struct arena tree;               /* of the document that side_complete has read last */
};

/* Makes `side` empty. What it keeps lives in the arena; to be released by side_release. */
void side_init(struct side *side, struct arena *arena);
/* Frees what is in no arena of the caller. */
void side_release(struct side *side);
/*
 * Lets the templates of `side` share the values of templates of `earlier` that are the same text: most are, and values are
 * much of the work. Both sides are still empty; `earlier` is finished first, and side_complete is called when both are.
 * Both must be read from the text alone, or with `is_annotated` from trees into whose annotations the plan has put stamps,
 * and which it has not changed in any other way. `earlier` must outlive the values of `side`.
 *
 * Of a template of `earlier` no value is kept if nothing but another text can make a difference: it has no value of a wrong
 * type, and no stamp in a variable. It is put off, and so is that of `side` which shares it.
 */
void side_share(struct side *side, struct side *earlier, bool is_annotated);
/*
 * Adds a planned workload to a side; a subject_watch, whose `context` is the struct side. Copies what it keeps of the
 * tree, and borrows from the stream's text and from the workload, which must live as long as the side. Fails with a
 * sentence when aliases make too many nodes of a short text.
 */
bool side_watch(void *context, const struct subject *subject, const struct workload *workload, struct err *err);
/* Adds a workload that did not come from side_watch. It must live as long as the side. */
void side_add(struct side *side, struct side_workload *workload);
/* What tells a workload from the others of its side but for its namespace, in the arena. */
struct str side_key_without_namespace(const struct side_workload *workload, struct arena *arena);
/* Leaves only the last of the workloads with one identity. To be called once, when all workloads have been added. */
void side_finish(struct side *side);
/*
 * Makes the values of templates of `side` that were put off and are shared with none of the finished side `later`, from the
 * text. Fails with a sentence where that can't be read any more, which would be our bug.
 */
CHECKED bool side_complete(struct side *side, const struct side *later, struct err *err);

#endif
