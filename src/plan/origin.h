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

#include "plan/draft.h"

/*
 * Of one template's consumptions, those of SecretProviderClasses resolved: does one of these, whose contents are loaded,
 * make the Secret of `consumption`? If so, the consumption is covered, and says by what, in `arena`. A Secret that stands in
 * a manifest is not covered: what is in it is known.
 */
void origin_cover(const struct consumption *consumptions, size_t count, struct consumption *consumption,
		  struct arena *arena);

/*
 * Of a Secret that is in no manifest: does what makes it restart the workload, too, when it has changed it? Then it is
 * followed, wherever it is: a stamp would roll the workload a second time. Texts are in the tree's arena.
 */
void origin_follow(const struct draft *draft, struct consumption *consumption);
/*
 * Says of a Secret that was looked up what makes it at run time, if the input has that. One that is nowhere is followed, if
 * an annotation says who restarts the workload for it, else it stays unresolved for this reason. One of the cluster or of
 * an external file is marked. Texts are in the tree's arena.
 */
void origin_stand_in(const struct draft *draft, struct consumption *consumption);

#endif
