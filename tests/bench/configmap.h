/* SPDX-License-Identifier: Apache-2.0 */
/*
 * configmap: ConfigMaps as charts write them.
 *
 * Two sorts, as in real streams: settings (many short values, for the environment) and files (a few long block
 * scalars, for volumes). The names of keys depend on their number only, so that a Deployment can name them without
 * looking.
 */
#ifndef BENCH_CONFIGMAP_H
#define BENCH_CONFIGMAP_H

#include "out.h"
#include "prng.h"
#include "words.h"

#include <stdbool.h>
#include <stddef.h>

/* What an object's `metadata` says; both are borrowed. */
struct object {
	const char *name;
	const char *ns; /* NULL: none is written */
};

enum configmap_sort { CONFIGMAP_SETTINGS, CONFIGMAP_FILES };

/* The name of key number `index`. */
void configmap_key(enum configmap_sort sort, size_t index, char name[WORDS_NAME]);

/* Starts a document: separator, `# Source:` line, apiVersion, kind. Every generated document begins with it. */
void configmap_head(struct out *o, const char *source, const char *api_version, const char *kind);

/* A `metadata` block with name, namespace and the usual labels; also used by the other documents. */
void configmap_metadata(struct out *o, struct prng *p, const struct object *object);

/* One whole document. */
void configmap_write(struct out *o, struct prng *p, const struct object *object, enum configmap_sort sort, size_t keys);

#endif
