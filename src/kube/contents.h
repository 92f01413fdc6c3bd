/* SPDX-License-Identifier: Apache-2.0 */
/*
 * contents: what is in a ConfigMap, Secret or SecretProviderClass.
 *
 * Contents are read when they are asked for: from events, without a tree, since documents can be large; from a tree
 * where a document is small or has aliases, and for lists and SecretProviderClasses.
 */
#ifndef KUBE_CONTENTS_H
#define KUBE_CONTENTS_H

#include "kube/manifest.h"

/*
 * Reads the contents of `object` into it, unless they have been read before; they live in the manifest's arena or are
 * borrowed from the stream. Resets manifest->scratch. Fails where the object can't be read, with the whole context in
 * the message.
 */
CHECKED bool contents_load(struct manifest *manifest, struct object *object, struct err *err);
/* The item of a loaded object with `key`, borrowed, or NULL. */
const struct data_item *contents_item(const struct object *object, struct str key);
/* Does the item of a loaded object stand in a ConfigMap's binaryData, which defines no variables? */
bool contents_is_binary(const struct object *object, const struct data_item *item);

#endif
