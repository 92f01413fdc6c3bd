/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live: ConfigMaps, Secrets and SecretProviderClasses from the cluster, through kubectl.
 *
 * Objects are asked for by name, since listing would need more rights, and would read every Helm release. They are
 * asked for in the release's namespace alone: a manifest, which others wrote, must not reach other namespaces with the
 * rights of the person who renders it. An object that the cluster lacks is no failure, nor is a cluster that does not
 * know SecretProviderClasses; a cluster that can't be asked is a failure.
 */
#ifndef KUBE_LIVE_H
#define KUBE_LIVE_H

#include "base/arena.h"
#include "base/err.h"
#include "kube/digest.h"

/* A wanted object. Its name is valid (names_is_valid), so that it can stand in a command line. */
struct live_want {
	enum object_kind kind;
	struct str name;
};

struct live_settings {
	const char *kubectl;     /* the program; NULL: kubectl on PATH */
	struct str in_namespace; /* the namespace in which all is asked for; its name is valid, too */
	const char *context;     /* --context, or NULL */
	const char *kubeconfig;  /* --kubeconfig, or NULL */
	unsigned timeout_ms;     /* for all wanted objects together */
};

/*
 * Sets `*manifests` to the manifests of those of the `count` wanted objects that the cluster has: a stream of
 * documents, in the arena. Fails with a sentence when kubectl can't be run, does not end in time or fails; the line of
 * kubectl's messages that says most is in the sentence.
 */
CHECKED bool live_fetch(const struct live_settings *settings, const struct live_want *wants, size_t count,
			struct arena *arena, struct str *manifests, struct err *err);

#endif
