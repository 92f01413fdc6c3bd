/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin: who makes a Secret that is in no manifest, as far as the manifests tell.
 *
 * The Secrets Store driver makes Secrets of a SecretProviderClass (`secretObjects`) when a pod mounts it: they change with
 * it, so that its stamp covers them.
 */
#ifndef PLAN_ORIGIN_H
#define PLAN_ORIGIN_H

#include "kube/resolve.h"

/*
 * Of one template's consumptions, those of SecretProviderClasses resolved: does one of them, whose contents are loaded,
 * make the Secret of `consumption`? If so that is covered, and says by what, in `arena`. One that stands in a manifest is
 * not: what is in it is known.
 */
void origin_cover(const struct consumption *consumptions, size_t count, struct consumption *consumption,
		  struct arena *arena);

#endif
