/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world: everything that a run needs, read into memory, and everything that it makes, written; and how it asks others.
 */
#ifndef APP_WORLD_H
#define APP_WORLD_H

#include "app/run.h"

struct world {
	struct run_input input;
	struct remote_settings servers; /* how rollstamp-git and kubectl are asked */
	struct live_settings cluster;
	bool has_read_stdin;
	struct str written[3]; /* the files of world_write that are complete */
	size_t written_count;
};

/*
 * Reads the manifests (the files of `options`, or stdin), the externals, the key for Secrets and the lock file. Of a
 * KRM function's input the functionConfig goes into the options. `options` must outlive `world`, which must not move; what
 * is read lives in `arena`. Fails with a sentence when something can't be read.
 */
CHECKED bool world_read(struct options *options, struct arena *arena, struct world *world, struct err *err);
/*
 * Writes the report, the log and the lock file. Fails with a sentence on the first that can't be written, which names those
 * that are.
 */
CHECKED bool world_write(struct world *world, const struct options *options, const struct run_output *output,
			 struct arena *arena, struct err *err);
/* Says behind a message about a later failure which files have been written and stay. Always false. */
bool world_name_written(const struct world *world, struct err *err);

#endif
