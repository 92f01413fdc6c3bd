/*
 * files: everything that run() needs, read into memory.
 */
#ifndef APP_FILES_H
#define APP_FILES_H

#include "app/run.h"

struct files {
	struct run_input input;
	struct buf *contents; /* of the files, one behind the other */
	size_t count, room;
};

/*
 * Reads the manifests (the files of `options`, or stdin), the externals and the key for Secrets. Fails with a sentence
 * when something can't be read. `options` must outlive `files`.
 */
CHECKED bool files_read(const struct options *options, struct arena *arena, struct files *files, struct err *err);
void files_release(struct files *files);

#endif
