/* SPDX-License-Identifier: Apache-2.0 */
/*
 * block: our own reader of plain block text, many times as fast as the library.
 *
 * Most manifests are written by programs and use little of YAML. What is ours is read here, into the very tree that
 * libyaml's events make (tree_parse_by_library), with spans, styles and columns. Of everything else block says that it is not
 * ours, and says nothing about whether it is YAML: then libyaml reads the document, and explains what is wrong with it.
 * A wrong tree would make a wrong stamp, so the answer is "not ours" wherever there is any doubt.
 *
 * Ours is a text of valid UTF-8 without control characters but LF and tab, without NEL, LS, PS and byte order marks, that
 * is one document:
 *  - a `---` line with nothing behind it but a comment may begin it; no other line begins with `---` or `...`;
 *  - it is a block mapping or block sequence, below which are block mappings, block sequences (also those of a mapping's
 *    value that are not indented), scalars and nothing (an empty value);
 *  - a collection's entries stand at one column, and whatever is deeper than the collection belongs to its last entry. A
 *    line of content between two open columns is not ours;
 *  - keys are plain or quoted, on one line, of at most 1,000 bytes, with a colon right behind them that a space, a line
 *    break or the end follows; a plain `<<` is not ours;
 *  - plain text does not begin with an indicator, is ended by the line, by a comment with a space before it, or by the end
 *    of the text, and goes on in lines that are indented by more than the collection that it is in, which have no ": ";
 *  - quoted text ends on its line, and of escapes only JSON's and \x are ours;
 *  - literal and folded text with any indicators;
 *  - collections in brackets on one line (blockflow.h);
 *  - tabs in quoted, literal and folded text and in comments, and nowhere else;
 *  - not deeper than NODE_DEPTH, and not of more nodes than any document may have.
 *
 * So no anchors, aliases, tags, directives, complex keys and carriage returns. The rules by which libyaml takes a line
 * break inside of text for the end of a possible key, and a key for required, do not matter then: what is a key here has
 * its colon on its line, and what must be one and is not is not ours.
 *
 * The proof is in the tests: for every document of golden cases, corpora and a fuzzer's grammar that is ours, both readers
 * make the same tree.
 */
#ifndef YAML_BLOCK_H
#define YAML_BLOCK_H

#include "base/err.h"
#include "yaml/node.h"

/*
 * The tree of the document in `text`, borrowed, in `arena`. False if it is not ours; then `*root` is untouched, and the
 * arena may hold what was read of it. Never a tree without a node.
 */
CHECKED bool block_parse(struct str text, struct arena *arena, struct node **root);
/*
 * The same for who wants but the rest: of documents that have at most `limit` nodes, no other is ours then; and without the
 * entry of the first mapping that has the bytes `known`, which the caller has read as a document of its own, if there are
 * any. They are the whole lines from the entry's key, at column 0, to the next key there or to the end of the text. The
 * entry's value is empty in the tree.
 */
CHECKED bool block_parse_rest(struct str text, struct span known, size_t limit, struct arena *arena,
			      struct node **root);

#endif
