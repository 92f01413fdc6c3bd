/*
 * verify: does the edited text say what was meant?
 *
 * Parses the edited text and compares its events with the tree: the parsed input to which shape has done what was asked
 * for. Shape writes text and tree in different ways, so a wrong offset, indentation or quote shows as a difference. That
 * would be our bug, and nothing may be printed.
 */
#ifndef YAML_VERIFY_H
#define YAML_VERIFY_H

#include "base/err.h"
#include "yaml/edit.h"
#include "yaml/node.h"

enum verify_extent {
	/*
	 * Up to the first node of the input behind all edits that is outside of every edited collection and begins
	 * where it should: from there on the parser is in the same state and has the same bytes before it.
	 */
	VERIFY_WINDOW,
	VERIFY_WHOLE,
};

/*
 * `changes` is how many places of the tree shape has changed (shape.count): the window does not end before it has seen
 * them all, so that an edit that was lost shows, too.
 *
 * Compares `text` with `edits` (sorted, offsets into `text`) against the edited tree `root`. `scratch` is used for
 * parsing. On failure the message says what differs.
 */
CHECKED bool verify_document(struct str text, const struct edits *edits, const struct node *root, size_t changes,
			     enum verify_extent extent, struct arena *scratch, struct err *err);

#endif
