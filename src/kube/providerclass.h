/* SPDX-License-Identifier: Apache-2.0 */
/*
 * providerclass: what a SecretProviderClass (secrets-store.csi.x-k8s.io) says of the files that its driver mounts.
 *
 * The digest covers the entries `provider`, then `parameters/KEY` in bytewise order, then `secretObjects` as JSON with
 * sorted keys, without blanks, and with no escapes but `\"`, `\\` and \u00xx for controls below U+0020. Absent entries
 * are left out. The form is frozen, as that of all digests.
 */
#ifndef KUBE_PROVIDERCLASS_H
#define KUBE_PROVIDERCLASS_H

#include "base/arena.h"
#include "base/err.h"
#include "yaml/node.h"

/* What stands in front of the key of a parameter. */
#define PROVIDERCLASS_PARAMETERS "parameters/"

/*
 * Writes `node` as JSON, in `arena`. Fails with a sentence, and err->at in the document, for a key that JSON can't
 * have, and where aliases make too many nodes.
 */
CHECKED bool providerclass_json(struct node *node, struct arena *arena, struct str *json, struct err *err);
/*
 * Sets `*names` to the names of the Secrets that the driver makes from `secret_objects` (NULL: none) when a pod mounts
 * the class; all in `arena`. Returns how many there are.
 */
size_t providerclass_makes(struct node *secret_objects, struct arena *arena, struct str **names);

#endif
