/* SPDX-License-Identifier: Apache-2.0 */
/*
 * contents: what is in a ConfigMap, Secret or SecretProviderClass.
 *
 * Read from events, without a tree, when somebody asks for it; from the tree where there are aliases, and of lists.
 */
#ifndef KUBE_CONTENTS_H
#define KUBE_CONTENTS_H

#include "kube/manifest.h"

/*
 * Reads the contents of `object`, once. Fails where the object can't be read, with the whole context in the message.
 */
CHECKED bool contents_load(struct manifest *manifest, struct object *object, struct err *err);
/* The loaded item with `key`, or NULL. */
const struct data_item *contents_item(const struct object *object, struct str key);
/* Does it stand in a ConfigMap's binaryData, which is no environment? */
bool contents_is_binary(const struct object *object, const struct data_item *item);

#endif
