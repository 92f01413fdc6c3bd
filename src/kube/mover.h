/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mover: who else restarts a workload when what it consumes changes. With a stamp beside it, it rolls twice.
 *
 * Known are the annotations of Reloader, wave, and the operators of Infisical, Doppler and 1Password, and
 * spec.rolloutRestartTargets of the secrets that Vault's operator makes.
 */
#ifndef KUBE_MOVER_H
#define KUBE_MOVER_H

#include "base/map.h"
#include "kube/identity.h"

/* The workloads that objects of other kinds name, to be restarted. */
struct movers {
	struct arena *arena;
	struct map exact; /* kind, namespace and name to a struct str: by whom */
	struct map any;   /* kind and name, whatever the namespace, likewise */
};

void movers_init(struct movers *movers, struct arena *arena);
/* Can an object of this kind name workloads to be restarted? */
bool movers_is_kind(struct str kind);
/* Notes what such an object names; copies it. */
void movers_add(struct movers *movers, struct node *object, const struct identity *identity);
/* Who restarts this workload, for people, in `arena`: "Reloader (annotation reloader.stakater.com/auto)". Or empty. */
struct str movers_find(const struct movers *movers, const struct identity *workload, struct node *template_annotations,
		       struct arena *arena);

#endif
