/*
 * workload: what to write into one workload.
 */
#ifndef PLAN_WORKLOAD_H
#define PLAN_WORKLOAD_H

#include "plan/choice.h"
#include "plan/plan.h"

/* A document that is planned, and the workload of it that is being planned. */
struct planning {
	struct plan *plan;
	const struct stream *stream;
	const struct document *document;
	struct identity identity;
	struct node *object, *pod_template;
	struct shape *shape;
	size_t index; /* of the document, among the manifest's */
	bool in_list; /* item `item` of a list */
	size_t item;
	size_t budget, git_budget; /* see podspec_read */
	bool is_deferred;          /* the cluster or git servers must be asked first */
	struct choice choice;
	struct podspec podspec;
	struct consumption *consumptions;
	size_t consumption_count;
	struct checkouts checkouts;
	struct workload *workload; /* NULL unless details are wanted */
};

/*
 * Decides what is written into `p->object`, of kind `kind`, and asks `p->shape` for it; or sets `p->is_deferred`, when
 * something must be asked for first that has been noted in `p->plan`. Fails with the whole context in the message.
 */
CHECKED bool workload_plan(struct planning *p, const struct kind *kind, struct err *err);
/* Puts the workload, and byte `at` of its document, before a message. Always false. */
bool workload_explain(const struct planning *p, size_t at, struct err *err);

#endif
