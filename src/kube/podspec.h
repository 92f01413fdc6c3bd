/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podspec: which ConfigMaps, Secrets and SecretProviderClasses a pod template consumes, by key, and where it says so.
 *
 * The shapes are those of Kubernetes' own visitors (pkg/api/pod/util.go: VisitPodConfigmapNames, VisitPodSecretNames), and
 * the volumes of the Secrets Store CSI driver (volumeAttributes.secretProviderClass, read when a pod mounts them).
 */
#ifndef KUBE_PODSPEC_H
#define KUBE_PODSPEC_H

#include "base/arena.h"
#include "base/err.h"
#include "kube/reference.h"
#include "kube/words.h"

/* What a pod template has and consumes. */
struct podspec {
	struct container *containers; /* init containers first */
	size_t container_count, container_room;
	struct reference *references;
	size_t reference_count, reference_room;
	bool leaves_out; /* mounts of a volume that is read do not count (enum volumes_mode) */
};

/* For people: the container's name, or its number in its list. Not empty; borrowed, or in `arena`. */
struct str podspec_container_name(const struct container *container, struct arena *arena);
/* How many list items may be looked at, a reference being as much as 48 of them, in all templates of a document of this
 * length (bytes). */
size_t podspec_budget(size_t text_length);
/*
 * Reads `template`, behind aliases. Everything is in `arena` or borrowed from the tree. Takes what it looks at from
 * `*budget`, and fails when that is used up: aliases, or many files for many mounts, have made too much of the text.
 */
CHECKED bool podspec_read(struct node *pod_template, enum volumes_mode volumes, size_t *budget, struct arena *arena,
			  struct podspec *podspec, struct err *err);
/*
 * For a template that is edited. The first forgets the last reference by a variable of `container` that stands at byte `at`
 * of the document; the second finds the nodes of all containers again, since aliases may have become copies.
 */
void podspec_forget_variable(struct podspec *podspec, size_t container, size_t at);
void podspec_find_containers(struct podspec *podspec, struct node *pod_template);
/*
 * Adds what the annotations rollstamp.io/configmaps and rollstamp.io/secrets of `annotations` name: comma-separated
 * NAME or NAMESPACE/NAME, without the globs among them. Takes what it adds from `*budget` (NULL: there is none), and fails when that is used up.
 */
CHECKED bool podspec_add_annotated(struct node *annotations, size_t *budget, struct arena *arena,
				   struct podspec *podspec, struct err *err);
/*
 * Adds an object, all keys of it, that no text of the document names; `namespace` is empty for the workload's own, `at` is
 * what to show of the document.
 */
void podspec_add_extra(enum object_kind kind, struct str ns, struct str name, size_t at, struct arena *arena,
		       struct podspec *podspec);

#endif
