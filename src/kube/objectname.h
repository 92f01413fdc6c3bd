/* SPDX-License-Identifier: Apache-2.0 */
/*
 * objectname: KIND/[NAMESPACE/]NAME, by which people name one object exactly. pattern.h is for those that name many.
 */
#ifndef KUBE_OBJECTNAME_H
#define KUBE_OBJECTNAME_H

#include "base/err.h"
#include "kube/digest.h"

/*
 * Takes KIND/NAME or KIND/NAMESPACE/NAME apart, as `list` prints them; all is borrowed, and `*ns` is empty in the first.
 * Whether there is such a kind is not looked at. Fails with a sentence if a part is missing.
 */
CHECKED bool objectname_split(struct str text, struct str *kind, struct str *ns, struct str *name, struct err *err);
/* Takes apart the name of a ConfigMap or Secret (the kind in any case), borrowed. False if it is none. */
bool objectname_read(struct str text, enum object_kind *kind, struct str *ns, struct str *name);

#endif
