/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mover: who else restarts a workload when what it consumes changes. With a stamp beside it, it rolls twice.
 *
 * Known are the annotations of Reloader, wave, and the operators of Infisical, Doppler and 1Password, and
 * spec.rolloutRestartTargets of the secrets that Vault's operator makes. Of a Secret that is made at run time these know
 * when it has changed, which no stamp can tell.
 */
#ifndef KUBE_MOVER_H
#define KUBE_MOVER_H

#include "kube/identity.h"
#include "kube/nsmap.h"

/* The workloads that objects of other kinds name, to be restarted. */
struct movers {
	struct arena *arena;
	/* KIND/NAME/ of a workload to a struct str: by whom. With the object that names it behind that, the same. */
	struct nsmap targets;
};

void movers_init(struct movers *movers, struct arena *arena);
/* Can an object of this kind name workloads to be restarted? */
bool movers_is_kind(struct str kind);
/* Notes what such an object names; copies it. */
void movers_add(struct movers *movers, struct node *object, const struct identity *identity);
/* Who restarts this workload, for people, in `arena`: "Reloader (annotation reloader.stakater.com/auto)". Or empty. */
struct str movers_find(const struct movers *movers, const struct identity *workload, struct node *template_annotations,
		       struct arena *arena);

/* A Secret that is made at run time, as one workload consumes it. */
struct mover_secret {
	struct str name;
	struct str maker;  /* the object that makes it, as standins_find has it */
	bool is_mentioned; /* by variables and volumes of the template, where programs look for it by themselves */
};

/* Who makes this Secret and restarts the workload when it has changed, borrowed: "Vault's operator (...)". Or empty. */
struct str movers_find_target(const struct movers *movers, const struct identity *workload,
			      const struct mover_secret *secret);
/* Who restarts the workload, by an annotation of it, when this Secret has changed, like movers_find. Or empty. */
struct str movers_find_watch(const struct identity *workload, struct node *template_annotations,
			     const struct mover_secret *secret, struct arena *arena);

#endif
