/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin: who makes a Secret that is in no manifest, as far as the manifests tell.
 *
 * The Secrets Store driver makes Secrets of a SecretProviderClass (`secretObjects`) when a pod mounts it: they change with
 * it, so that its stamp covers them. What others make (kube/standin) is written by a controller at some time after the
 * manifests have been applied, so that no stamp can be right for it.
 */
#ifndef PLAN_ORIGIN_H
#define PLAN_ORIGIN_H

#include "kube/resolve.h"

/*
 * Of one template's consumptions, those of SecretProviderClasses resolved: does one of these, whose contents are loaded,
 * make the Secret of `consumption`? If so, the consumption is covered, and says by what, in `arena`. A Secret that stands in
 * a manifest is not covered: what is in it is known.
 */
void origin_cover(const struct consumption *consumptions, size_t count, struct consumption *consumption,
		  struct arena *arena);

/*
 * Says of a Secret that was looked up what makes it at run time, if the input has that: one that is nowhere stays unresolved
 * for this reason, one of the cluster is marked. `ns` is its namespace; texts are in `arena`, or in the manifest's.
 */
void origin_stand_in(const struct manifest *manifest, struct str ns, struct consumption *consumption,
		     struct arena *arena);

#endif
