/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place: where something stands in the input, for messages and reports.
 */
#ifndef KUBE_PLACE_H
#define KUBE_PLACE_H

#include "kube/identity.h"

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
/* The line of a place in the input; and in its document, where the line behind `---` is 1. */
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
