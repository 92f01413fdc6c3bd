/* SPDX-License-Identifier: Apache-2.0 */
/*
 * volume: which ConfigMaps and Secrets the volumes of a pod template bring into its containers, by key.
 *
 * Volumes that name an object, projected ones, drivers that log in with a Secret, and what a subPath reaches of them. One
 * more type of volume is an entry here and nowhere else.
 */
#ifndef KUBE_VOLUME_H
#define KUBE_VOLUME_H

#include "kube/reference.h"
#include "kube/words.h"

/*
 * Adds to `list` what the volumes of `spec` hold: a reference for each mount of a container and each object that the mount
 * reaches; for a volume that no container mounts, or whose mounts don't count by `mode`, references that are not consumed.
 * Is there a mount of one of them that does not count?
 */
bool volume_read_all(struct node *spec, enum volumes_mode mode, const struct container *containers, size_t count,
		     struct reference_list *list);

#endif
