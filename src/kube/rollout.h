/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rollout: Argo Rollouts whose pod template another object has (spec.workloadRef).
 *
 * The controller of Argo Rollouts takes the template of the Deployment that is named, in the Rollout's namespace, and
 * starts a canary or a blue-green rollout when that changes. So the stamps belong into the Deployment. A template of the
 * Rollout's own must be empty then. Nor does the controller take objects of other kinds and groups than it knows: such a
 * Rollout has no pods.
 */
#ifndef KUBE_ROLLOUT_H
#define KUBE_ROLLOUT_H

#include "kube/identity.h"
#include "kube/nsmap.h"

/* A Rollout, by the object that it names. */
struct rollout {
	struct str name;    /* the Rollout's */
	struct str of_kind; /* what has its template; all three may be empty */
	struct str of_name;
	struct str ns; /* of both */
	const char *effect;
	bool scales_down;    /* the other object's own pods go */
	const char *refused; /* why Argo Rollouts does not take it, for people, static; NULL: it does */
};

/* The Rollouts that name other objects, and the workloads that they could name. */
struct rollouts {
	struct arena *arena;
	struct nsmap named; /* the objects that Rollouts name, KIND/NAME, to the struct rollout */
	bool knows_workloads;
	struct nsmap workloads; /* likewise, to anything but NULL */
};

void rollouts_init(struct rollouts *rollouts, struct arena *arena);
/* Is `object` a Rollout of argoproj.io that names another object? `*rollout` borrows from it then. */
bool rollout_read(struct node *object, const struct identity *identity, struct rollout *rollout);
/* Notes such a Rollout, if it is taken; what is kept is copied. Any other object is passed over. */
void rollouts_add(struct rollouts *rollouts, struct node *object, const struct identity *identity);
/* Notes a workload that a Rollout may name; copies what is kept. */
void rollouts_add_workload(struct rollouts *rollouts, const struct identity *identity);
/* The Rollout that takes its template from this workload, borrowed, or NULL. Of several the last one. */
const struct rollout *rollouts_find(const struct rollouts *rollouts, const struct identity *workload);
/* Why the Rollout itself is not stamped, for people, in `arena` or static. */
const char *rollouts_explain(const struct rollouts *rollouts, const struct rollout *rollout, struct arena *arena);
/*
 * What a changed template does to a workload from which a Rollout takes it, for people, in `arena`; `spec` is the
 * workload's.
 */
const char *rollouts_effect(const struct rollout *rollout, struct node *spec, struct arena *arena);

#endif
