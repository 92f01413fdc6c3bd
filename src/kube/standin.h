/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standin: objects that stand in manifests for a Secret which a controller makes of them at run time.
 *
 * Known are SealedSecret, ExternalSecret, the secrets of Vault's operator, cert-manager's Certificate, OnePasswordItem,
 * DopplerSecret, InfisicalSecret and SopsSecret. They name the Secret, and are never taken for its content: pods that start
 * before the controller has written the Secret have the old one, and a stamp would say that they have the new one.
 */
#ifndef KUBE_STANDIN_H
#define KUBE_STANDIN_H

#include "base/map.h"
#include "kube/identity.h"

struct standins {
	struct arena *arena;
	struct map exact; /* namespace and name of a Secret to a struct str: what makes it */
	struct map any;   /* its name alone, likewise */
};

void standins_init(struct standins *standins, struct arena *arena);
/* Can an object of this kind be one? */
bool standins_is_kind(struct str kind);
/* Adds the Secrets that `object` makes, if it is one. Copies what is kept. */
void standins_add(struct standins *standins, struct node *object, const struct identity *identity);
/* What makes this Secret, as "SealedSecret/app"; empty: nothing that is known. `ns` is empty where nobody knows it. */
struct str standins_find(const struct standins *standins, struct str ns, struct str name);

#endif
