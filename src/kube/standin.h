/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standin: objects that stand in manifests for a Secret which a controller makes from them at run time.
 *
 * Known are SealedSecret, ExternalSecret, the secrets of Vault's operator, cert-manager's Certificate, OnePasswordItem,
 * DopplerSecret, InfisicalSecret and SopsSecret. Such an object names a Secret, and never counts as the Secret's
 * content: pods that start before the controller has written the Secret have the old content, and a stamp would say
 * that they have the new one.
 */
#ifndef KUBE_STANDIN_H
#define KUBE_STANDIN_H

#include "kube/identity.h"
#include "kube/nsmap.h"

/* One mapping of labels that such an object has: its own, or those that it gives to the Secret. */
struct standin_labels {
	struct str *pairs; /* key, value, key, value ... */
	size_t count;      /* of pairs */
	struct standin_labels *next;
};

/* A Secret, and what makes it. */
struct standin {
	struct str ns, name, by;
	const struct standin_labels *labels;
};

struct standins {
	struct arena *arena;
	struct standin *items; /* in the order of the input */
	size_t count, room;
	struct nsmap makers; /* the name of a Secret to a struct str: the object that makes it */
};

/* Makes `standins` empty; what is added lives in `arena`. */
void standins_init(struct standins *standins, struct arena *arena);
/* Can an object of this kind be a stand-in? */
bool standins_is_kind(struct str kind);
/* Adds the Secrets that `object`, with `identity`, stands for; none if it is no stand-in. What is kept is copied. */
void standins_add(struct standins *standins, struct node *object, const struct identity *identity);
/*
 * The object that makes the Secret `name` in the namespace `ns` (empty: unknown), as "SealedSecret/app"; borrowed,
 * empty if no known object makes it.
 */
struct str standins_find(const struct standins *standins, struct str ns, struct str name);

#endif
