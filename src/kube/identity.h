/*
 * identity: what an object is called, and where it stands.
 */
#ifndef KUBE_IDENTITY_H
#define KUBE_IDENTITY_H

#include "base/err.h"
#include "yaml/stream.h"

/* Facts from an object's `metadata`. */
struct identity {
	struct str api_version, kind, ns, name;
	struct node *annotations;
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

/* Where something stands, for messages and reports. */
struct place {
	const struct stream *stream;
	const struct document *document;
	struct str source; /* its `# Source:` path or Helm 4's filename annotation, or empty */
	size_t at;         /* byte offset into the document's text */
};

/* The place of byte `at` of a document. `identity` may be NULL; with it, Helm 4's annotation counts as the source. */
struct place place_of(const struct stream *stream, const struct document *document, const struct identity *identity,
		      size_t at);
/* The order of the input, for qsort: by stream, document and byte. */
int place_compare(const struct place *a, const struct place *b);
/* Its line in the input, and in the document (the line behind `---` is 1). */
size_t place_line(const struct place *place);
size_t place_document_line(const struct place *place);
/*
 * Puts "KIND NAME (SOURCE, line N of the rendered document, input line N)" before a message about an object in
 * `place.document`, or without a source "(line N of rendered document N, input line N)", and forgets err->at. The words
 * keep a reader from looking for the line in the template. An alias without its anchor is laid to Helm 4 where that has
 * handed us the document. What is not known of kind and name (empty) is looked up, or left out. Always false.
 */
bool place_explain(struct place place, struct str kind, struct str name, struct err *err);

#endif
