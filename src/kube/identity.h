/* SPDX-License-Identifier: Apache-2.0 */
/*
 * identity: what an object is called.
 */
#ifndef KUBE_IDENTITY_H
#define KUBE_IDENTITY_H

#include "base/err.h"
#include "yaml/stream.h"

/* Facts from an object's `metadata`. */
struct identity {
	struct str api_version, kind, ns, name;
	struct node *annotations, *labels;
};
/* The annotation by which Helm 4 knows what a post-renderer gives back: the template's path. */
#define IDENTITY_HELM4_FILENAME "postrenderer.helm.sh/postrender-filename"
/* From an object's tree. `default_namespace` stands in for a namespace that it does not name. */
struct identity identity_read(struct node *object, struct str default_namespace);
/*
 * From the lines of a plain document that hold it, without parsing the rest; the tree of it is in `arena`. False where
 * that can't be done.
 */
bool identity_read_plain(const struct stream *stream, const struct document *document, struct str default_namespace,
			 struct arena *arena, struct identity *identity);
/* As much of it as a document that is refused still tells; false if that is nothing. */
bool identity_read_refused(const struct stream *stream, const struct document *document, struct str default_namespace,
			   struct arena *arena, struct identity *identity);
bool identity_is_hook(const struct identity *identity);
bool identity_asks_ignored(const struct identity *identity);

#endif
