/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kept: clones that a volume keeps when the pod is gone, and that are made only while there is none yet. A restart brings
 * nothing new to them.
 */
#ifndef CHECKOUT_KEPT_H
#define CHECKOUT_KEPT_H

#include "kube/podspec.h"

/*
 * Is a clone into `directory` (as far as it is known), which stands at byte `at` of `script` and runs under a condition,
 * made only while there is none? It is if files are asked for in front of it: `[ -d DIRECTORY/.git ] ||`,
 * `if [ -z "$(ls -A DIRECTORY)" ]` and their like, with the directory's name or a variable that may be it.
 */
bool kept_is_guarded(struct str script, size_t at, struct str directory);
/*
 * Is a clone that runs under no condition made only while there is none, because the script may have ended before:
 * `[ -d DIRECTORY/.git ] && exit 0`, `if [ -d DIRECTORY/.git ]; then exit; fi`? Or because git clones into no directory
 * with files in it, and the script takes that for no error: `git clone URL DIRECTORY || true`?
 */
bool kept_is_left(struct str script, size_t at, struct str directory);
bool kept_may_fail(struct str script, size_t at);
/*
 * The name of the volume that holds the absolute `directory` of the container, if it outlives the pod; else empty. All do
 * but emptyDir, ephemeral ones (also those of a CSI driver's own) and gitRepo; what is not among the pod's volumes is a
 * claim of a StatefulSet.
 */
struct str kept_volume(const struct podspec *podspec, struct node *volumes, size_t container, struct str directory,
		       size_t *budget);

#endif
