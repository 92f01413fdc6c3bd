/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cluster: the objects that only the cluster can have (--live). They are noted first, and then asked for all at once.
 */
#ifndef PLAN_CLUSTER_H
#define PLAN_CLUSTER_H

#include "kube/live.h"
#include "kube/manifest.h"

/*
 * How the cluster is asked: appends the objects that it has to `*manifests` as live_fetch does. `context` is the caller's.
 */
typedef bool cluster_ask(void *context, const struct live_want *wants, size_t count, struct arena *arena,
			 struct str *manifests, struct err *err);

struct cluster {
	struct arena *arena; /* for the run */
	cluster_ask *ask;
	void *context;
	bool has_asked;
	struct str failure; /* why it could not be asked, or empty */
	struct live_want *wants;
	size_t want_count, want_room;
	struct map wanted; /* the keys of `wants` */
};

/* `context` is borrowed. */
void cluster_init(struct cluster *cluster, cluster_ask *ask, void *context, struct arena *arena);
/* Notes an object of the release's namespace that the cluster must be asked for; copies the name. */
void cluster_want(struct cluster *cluster, enum object_kind kind, struct str name);
/* Has the object been noted, and the cluster thus been asked for it by the time that the last workload is planned? */
bool cluster_is_wanted(const struct cluster *cluster, enum object_kind kind, struct str name);
/*
 * Asks for what has been noted, if that is anything, and adds what there is to `manifest`. Fails when the cluster can't be
 * asked, in which case `failure` is set and the caller may go on, and when what it has is refused.
 */
CHECKED bool cluster_add_objects(struct cluster *cluster, struct manifest *manifest, struct err *err);

#endif
