/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render: a set of manifests, read and planned: what the program stamps, and each side of what it compares.
 */
#ifndef APP_RENDER_H
#define APP_RENDER_H

#include "plan/plan.h"

struct render_file {
	struct str name; /* for messages */
	struct str text;
};

struct render_input {
	const struct render_file *files; /* manifests, which are planned */
	size_t file_count;
	const struct render_file *externals; /* more ConfigMaps and Secrets */
	size_t external_count;
	struct str secret_key; /* or empty */
	struct str lock;       /* the lock file's contents */
	/* Of several renders whose refs are asked for together: see plan_begin. Or NULL: its own, and those of `lock`. */
	struct commits *commits;
	struct unused *unused; /* likewise */
	commits_ask *ask;      /* how git servers are asked; borrowed, with its context */
	void *ask_context;
	cluster_ask *live; /* how the cluster is asked; likewise */
	void *live_context;
	subject_watch *watch; /* see struct plan_input */
	void *watch_context;
	bool takes_resource_list;  /* run as a KRM function */
	enum verify_extent extent; /* VERIFY_WINDOW, but for tests */
};

struct render {
	const struct render_input *input;
	struct arena *arena;
	struct arena scratch; /* for one document at a time */
	struct policy policy;
	struct ignore ignore;
	struct manifest manifest;
	struct lock lock;
	struct commits commits;
	struct plan plan;
	struct stream *streams; /* of the files, then of the externals */
};

/* An empty one; `input` is borrowed, and `policy` copied. Does not move before its release. */
void render_init(struct render *render, const struct render_input *input, const struct policy *policy,
		 struct arena *arena);
void render_release(struct render *render);
/* How many bytes its input has. */
size_t render_length(const struct render_input *input);
/*
 * Reads everything and makes the plan ready to be made. Fails with the whole context in the message where something can't be
 * read, and when there are documents and none of them is an object.
 */
CHECKED bool render_read(struct render *render, struct err *err);

#endif
