/* SPDX-License-Identifier: Apache-2.0 */
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
#include "yaml/shape.h"

enum verify_extent {
	/*
	 * Ends with the first node of the input behind all edits that is outside of every edited collection and begins
	 * where it should: from there on the parser is in the same state and has the same bytes before it. A key of a
	 * block mapping that has got entries in front is such a node, too, if the mapping begins at its old column and
	 * nothing around it is edited.
	 *
	 * Begins with the entry that holds the first edit, of a block mapping as far inside as possible, if its key is
	 * the first thing on its line. Everything before that line is the input's, as the tree says it; so a parser that
	 * gets there is about to read an entry of a block mapping at that column: no simple key is pending, a line break
	 * allows a new one, and of all that is open its rules look at nothing but that column until the mapping ends. A
	 * parser that begins there with a document's first mapping is in that state, too, and sees the same until then.
	 * Where the first edit puts entries in front of such a mapping's first one, whose key is the first thing on its
	 * line, the window begins with that line. Before it stands the input's text, behind which a parser was about to
	 * open a block mapping at that column, as the tree says: all that is open is further to the left, no simple key is
	 * pending, and a line break allows a new one. A key at that column opens the mapping, whichever key it is, and a
	 * document's first mapping likewise.
	 *
	 * Where the mapping ends before the window does, or an alias needs an anchor before it, nothing is decided, and
	 * all from the document's start on is compared.
	 *
	 * That the tree is right before that line is the reader's word: libyaml's, which has read those bytes, or the
	 * word of `block`, which says nothing of what is not plain block text.
	 */
	VERIFY_WINDOW,
	VERIFY_WHOLE,
};

/*
 * Compares the text of `shape` with `edits` (sorted, offsets into that text) against its edited tree. The window does not
 * end before it has seen all of shape.count places of the tree that shape has changed, so that an edit that was lost
 * shows, too. `scratch` is used for parsing. On failure the message says what differs.
 */
CHECKED bool verify_document(const struct shape *shape, const struct edits *edits, enum verify_extent extent,
			     struct arena *scratch, struct err *err);

/*
 * Do the edits (sorted) take nothing out of the text of `shape` but what shape.taken says, and white space and commas around
 * that? A tree has no comments, so that one that is lost would show nowhere else. On failure the message says where.
 */
CHECKED bool verify_taken(const struct shape *shape, const struct edits *edits, struct arena *scratch, struct err *err);

#endif
