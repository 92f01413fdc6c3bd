/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fleet: many renders, each of which is a release of its own, and the git refs of all of them.
 *
 * Objects of two renders never meet, whatever their names are. Each server is asked once for what all of them want.
 */
#ifndef APP_FLEET_H
#define APP_FLEET_H

#include "app/render.h"

struct fleet {
	const struct render_input *input; /* its files are the renders */
	struct arena *arena;
	struct policy policy; /* of all renders: refs alone are looked at, and a server that fails is told of */
	struct lock lock;     /* what the lock file had */
	struct commits commits;
	struct unused unused;
	struct render_input *inputs;
	struct render *renders;
	size_t count;
};

/* A ref of a workload of a render. */
struct fleet_ref {
	const struct render_file *file;
	const struct workload *workload;
	const struct git_finding *git;
};

/* `input` is borrowed, and `policy` copied. The fleet must not move before its release. */
void fleet_init(struct fleet *fleet, const struct render_input *input, const struct policy *policy,
		struct arena *arena);
void fleet_release(struct fleet *fleet);
/*
 * Reads all renders, asks all servers, and finds the commits. Fails with the whole context in the message where the lock or a
 * render can't be read. A ref that has no commit is no failure of this function: its outcome tells.
 */
CHECKED bool fleet_read(struct fleet *fleet, struct err *err);
/* All refs, in the order of the renders and in each of its text; `*count` of them, in the arena. */
struct fleet_ref *fleet_refs(const struct fleet *fleet, size_t *count);

#endif
