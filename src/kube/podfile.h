/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podfile: the text of a file that a container gets from a ConfigMap.
 *
 * What the kubelet makes of volumeMounts and volumes (configMap, and configMap among the sources of projected): the
 * mount with the longest path counts, its subPath names a part of the volume, `items` rename keys. No other volume has
 * text that manifests tell.
 */
#ifndef KUBE_PODFILE_H
#define KUBE_PODFILE_H

#include "base/text.h"
#include "kube/manifest.h"

struct podfile {
	struct node *pod_template;
	struct node *container;
	struct manifest *manifest;
	struct str ns; /* of the workload */
	struct arena *arena;
};

/*
 * The file at the absolute `path`, without `.` and `..`: its text, borrowed. Absent: no file of a ConfigMap is there, as
 * far as manifests tell.
 */
struct text podfile_read(const struct podfile *podfile, struct str path);
/* Does `word` have a path in it where such a file may be? */
bool podfile_is_in(const struct podfile *podfile, struct str word);

#endif
