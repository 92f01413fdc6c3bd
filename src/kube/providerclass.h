/* SPDX-License-Identifier: Apache-2.0 */
/*
 * providerclass: what a SecretProviderClass (secrets-store.csi.x-k8s.io) says of the files that its driver mounts.
 *
 * What is digested are the entries `provider`, then `parameters/KEY` in bytewise order, then `secretObjects` as JSON with
 * sorted keys, without blanks, and with no escapes but `\"`, `\\` and \u00xx for controls below U+0020. Absent ones are
 * left out. Frozen, as all digests are.
 */
#ifndef KUBE_PROVIDERCLASS_H
#define KUBE_PROVIDERCLASS_H

#include "base/arena.h"
#include "base/err.h"
#include "yaml/node.h"

#define PROVIDERCLASS_PARAMETERS "parameters/"

/*
 * A node as JSON, in `arena`. Fails with a sentence, and err->at in its document, for a key that can be none, and where
 * aliases make too much of it.
 */
CHECKED bool providerclass_json(struct node *node, struct arena *arena, struct str *json, struct err *err);
/* The names of the Secrets that the driver makes of `secret_objects` when a pod mounts them; `*names` is in `arena`. */
size_t providerclass_makes(struct node *secret_objects, struct arena *arena, struct str **names);

#endif
