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
#include "kube/digest.h"
#include "kube/words.h"

enum reference_via {
	VIA_ENV,           /* env[].valueFrom */
	VIA_ENV_FROM,      /* envFrom[] */
	VIA_VOLUME,        /* volumes[].configMap, .secret */
	VIA_PROJECTED,     /* volumes[].projected.sources[] */
	VIA_VOLUME_PLUGIN, /* a Secret that a volume's driver logs in with */
	VIA_PROVIDER,      /* volumes[].csi of the Secrets Store driver: a SecretProviderClass */
	VIA_PULL_SECRET,   /* imagePullSecrets[]: used at pull time only */
	VIA_ANNOTATION,    /* rollstamp.io/configmaps, rollstamp.io/secrets */
	VIA_OPTION,        /* --also */
};

/* Its name in reports: "env", "envFrom" ... */
const char *reference_via_name(enum reference_via via);

#define NO_CONTAINER ((size_t)-1)

struct container {
	struct node *node;
	struct str name;
	bool is_init;
	size_t index; /* in its list */
};

struct reference {
	enum object_kind kind;
	enum reference_via via;
	struct str ns; /* annotations can name one; else empty */
	struct str name;
	bool optional;
	bool is_consumed;   /* false: a pull secret, or a volume that no container mounts */
	bool is_left_out;   /* ... or none of whose mounts counts (enum volumes_mode) */
	bool is_followed;   /* ... or a sidecar reloads what is in the volume */
	size_t followed_by; /* if so: that container's index */
	bool all_keys;      /* else `keys` */
	struct str *keys;
	size_t key_count;
	size_t container;  /* index into podspec.containers, or NO_CONTAINER */
	struct str detail; /* name of the variable or of the volume */
	size_t at;         /* where in the document the reference stands */
};

struct podspec {
	struct container *containers; /* init containers first */
	size_t container_count, container_room;
	struct reference *references;
	size_t reference_count, reference_room;
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
 * Adds what the annotations rollstamp.io/configmaps and rollstamp.io/secrets of `annotations` name: comma-separated
 * NAME or NAMESPACE/NAME. Takes what it adds from `*budget` (NULL: there is none), and fails when that is used up.
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
