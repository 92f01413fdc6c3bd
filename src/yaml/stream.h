/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream: the documents of a YAML stream as byte ranges, found by looking at lines only.
 *
 * A line that begins with `---` and ends there or goes on with white space ends a document wherever it stands (YAML 1.2,
 * 9.1.2: c-forbidden), so splitting there first is right, also inside scalars. Nothing here parses YAML.
 *
 * A document is *plain* when its lines alone tell that a parser would take its top level for a block mapping and which
 * value its last `kind` has. The conditions are deliberately narrow; each looser one hides a Deployment somewhere:
 *  - its `---` line carries only blanks or a comment;
 *  - it has no CR without LF, no NEL, LS or PS;
 *  - its first content line starts at column 0;
 *  - every line that is neither blank nor a comment and starts at column 0 is `[A-Za-z][A-Za-z0-9_-]*:` followed by a
 *    space or the end of the line, or, after the first such line, `-` followed by a space or the end of the line;
 *  - exactly one of these keys is `kind`, and its value is one alphanumeric word alone on the line;
 *  - no indented content follows the lines of `kind` and `apiVersion`: a plain scalar would go on there.
 * A plain document whose kind can't matter is not parsed at all. If it is not YAML, its consumer says so.
 */
#ifndef YAML_STREAM_H
#define YAML_STREAM_H

#include "base/arena.h"
#include "base/lines.h"
#include "base/utf8.h"
#include "yaml/marks.h"

struct document {
	struct span text; /* from its `---` line, or the start, to the next document */
	size_t body;    /* where the line behind its `---` line begins; lines of the document are counted from there */
	size_t content; /* where its first line of content begins; `body` if it has none */
	size_t number;  /* from 1, as people count them */
	bool plain;     /* see above */
	bool has_content;    /* a line that is neither blank nor a comment, or something on the `---` line */
	bool has_directives; /* a `%` line stands before its `---` line, or it begins with one */
	bool helm_hidden;    /* Helm wrote a comment in place of a Secret (--hide-secret) */
	struct str kind;     /* if plain */
	struct str source;   /* what its `# Source:` comment names, or empty */
	/* If plain and the key occurs once: the line of `apiVersion`, and `metadata` with all its lines; else empty. */
	struct span api_version;
	struct span metadata;
};

struct stream {
	struct str name; /* a file's path, or "input" */
	struct str text; /* borrowed; without a BOM */
	struct utf8_facts facts;
	struct document *documents;
	size_t count;
	struct lines lines; /* an index, for reports that ask for many lines; else empty */
};

/*
 * Splits `text`, which utf8_check has accepted; the documents live in `arena`. Documents that say nothing and follow
 * each other are one in the stream, with the number of the first.
 */
void stream_split(struct stream *stream, struct str name, struct str text, struct utf8_facts facts,
		  struct arena *arena);

/*
 * The line of the input, from 1, that holds byte `at` of the stream. Counted from its begin on, or looked up in its index: the
 * documents do not know their lines, since hardly ever one is asked for.
 */
size_t stream_line(const struct stream *stream, size_t at);
/* Does `text` begin with a `---` line? */
bool stream_begins_with_separator(struct str text);
/* Is a `%` line the first content of its own chunk? */
bool stream_begins_with_directive(const struct stream *stream, const struct document *document);
/* The bytes of a document. */
struct str stream_text(const struct stream *stream, const struct document *document);

#endif
