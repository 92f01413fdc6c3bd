/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names: what a stamp is called.
 *
 * Annotation names: at most 63 of [A-Za-z0-9._-] behind the slash, alphanumeric at both ends (Kubernetes'
 * IsQualifiedName). Environment variables: [A-Z0-9_].
 */
#ifndef KUBE_NAMES_H
#define KUBE_NAMES_H

#include "base/arena.h"
#include "kube/digest.h"

#define NAMES_ANNOTATION_CONFIGMAP "configmap.rollstamp.io/"
#define NAMES_ANNOTATION_SECRET "secret.rollstamp.io/"
#define NAMES_ANNOTATION_PROVIDER "secretproviderclass.rollstamp.io/"
#define NAMES_ANNOTATION_CONFIGMAPS "configmaps.rollstamp.io/" /* selections */
#define NAMES_ANNOTATION_SECRETS "secrets.rollstamp.io/"
#define NAMES_ANNOTATION_GIT "git.rollstamp.io/"
#define NAMES_ENV_CONFIGMAP "ROLLSTAMP_CONFIGMAP_"
#define NAMES_ENV_SECRET "ROLLSTAMP_SECRET_"
#define NAMES_ENV_GIT "ROLLSTAMP_GIT_"
#define NAMES_ENV_CONFIGMAPS "ROLLSTAMP_CONFIGMAPS_"
#define NAMES_ENV_SECRETS "ROLLSTAMP_SECRETS_"
#define NAMES_ENV_PROVIDER "ROLLSTAMP_SECRETPROVIDERCLASS_"

/* Can this be the name of an object, or of a namespace? At most 253 of [A-Za-z0-9.-], alphanumeric ends. */
bool names_is_valid(struct str name);
/*
 * The annotation for the object `name`; `foreign_namespace` is its namespace if that is not the workload's, else empty.
 * The name part is cut to 54 bytes and "-" and 8 hex digits of the whole if it would be longer than 63.
 */
struct str names_annotation(enum object_kind kind, struct str foreign_namespace, struct str name, struct arena *arena);
/*
 * The environment variable for it: [a-z0-9] in upper case, `-` as `_`; where anything else had to become `_`, "_" and 8
 * hex digits of the whole name follow, so that no two objects meet.
 */
struct str names_env(enum object_kind kind, struct str foreign_namespace, struct str name, struct arena *arena);
/* The same two for a glob or a label selector, by which several ConfigMaps or Secrets are consumed; see shortname.h. */
struct str names_collection_annotation(enum object_kind kind, struct str text, struct arena *arena);
struct str names_collection_env(enum object_kind kind, struct str text, struct arena *arena);
/* The same two for a git repository's short name, which is of [A-Za-z0-9._-], alphanumeric at both ends. */
struct str names_git_annotation(struct str repository, struct arena *arena);
struct str names_git_env(struct str repository, struct arena *arena);
/* Does the name of an annotation, or of an environment variable, say that it is a stamp of this project's? */
bool names_is_annotation(struct str name);
bool names_is_env(struct str name);

#endif
