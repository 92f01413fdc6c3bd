/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live: ConfigMaps, Secrets and SecretProviderClasses from the cluster, through kubectl.
 *
 * Asks by name, since listing would need more rights, and would read every Helm release; and in one namespace, the
 * release's: a manifest, which is somebody else's, must not reach others with the rights of who renders it. What is not
 * there is no failure, nor is a cluster that does not know SecretProviderClasses; one that can't be asked is.
 */
#ifndef KUBE_LIVE_H
#define KUBE_LIVE_H

#include "base/arena.h"
#include "base/err.h"
#include "kube/digest.h"

/* An object that is wanted. Its name is valid (names_is_valid), so that it can stand in a command line. */
struct live_want {
	enum object_kind kind;
	struct str name;
};

struct live_settings {
	const char *kubectl;     /* the program; NULL: kubectl on PATH */
	struct str in_namespace; /* the one in which everything is asked for; valid, too */
	const char *context;     /* --context, or NULL */
	const char *kubeconfig;  /* --kubeconfig, or NULL */
	unsigned timeout_ms;     /* for all of them together */
};

/*
 * Appends the manifests of those of the `count` wanted objects that are there to `*manifests`, in the arena, as a stream
 * of documents. Fails with a sentence when kubectl can't be run, does not end in time or fails; that has the first line
 * of what kubectl says.
 */
CHECKED bool live_fetch(const struct live_settings *settings, const struct live_want *wants, size_t count,
			struct arena *arena, struct str *manifests, struct err *err);

#endif
