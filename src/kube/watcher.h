/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watcher: sidecars that read labelled ConfigMaps and Secrets through the API, and again whenever these change.
 *
 * Known is k8s-sidecar (kiwigrid), by the last part of the image's name. By its documentation it reads the objects of RESOURCE
 * (configmap, which is the default, secret or both) that have the label LABEL (and LABEL_VALUE, if that is set) in NAMESPACE
 * (its own, a comma-separated list, or ALL). It reads them once with METHOD=LIST; else it follows them, so that a new pod
 * would only cost its start.
 */
#ifndef KUBE_WATCHER_H
#define KUBE_WATCHER_H

#include "kube/labels.h"
#include "kube/podenv.h"
#include "kube/podspec.h"

struct watcher {
	size_t container; /* index into podspec.containers */
	struct text label, value, resource, namespaces;
};

/*
 * Finds the containers of a template, in a workload of the namespace `own`, that follow what they select. Returns how many;
 * `*watchers` is in `arena`. `budget` as for podenv_init. Never fails.
 */
size_t watcher_find(struct manifest *manifest, struct str own, const struct podspec *podspec, size_t *budget,
		    struct arena *arena, struct watcher **watchers);
/*
 * Does it follow this object? `foreign` is the object's namespace if that is not the workload's, `own`, else empty. What
 * is not known of the watcher does not keep it from following.
 */
bool watcher_follows(const struct watcher *watcher, struct manifest *manifest, struct object *object,
		     struct str foreign, struct str own);

#endif
