/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocktext: the lines of a document, for `block` and its parts.
 *
 * A place in the text and the steps from one line of content to the next. Every function that returns bool returns false
 * for what is not ours (see block.h); then nobody reads on.
 */
#ifndef YAML_BLOCKTEXT_H
#define YAML_BLOCKTEXT_H

#include "base/scan.h"
#include "yaml/node.h"

/* The column behind the end of the text: less than any other. */
#define BLOCKTEXT_END (-1)

struct block_text {
	const char *start, *end;  /* of the text, borrowed */
	const char *at;           /* what is read next */
	const char *line;         /* where the line of `at` begins */
	ptrdiff_t column;         /* of `at`, where a line has been entered */
	const char *known;        /* the entry that is passed over, or NULL */
	const char *behind_known; /* the line behind it */
	bool is_ascii;
	size_t depth;      /* of open collections */
	size_t nodes_left; /* that the document may still have */
	struct arena *arena;
	struct node *spare; /* nodes that have been allocated together */
	size_t spare_count;
};

/*
 * Begins to read `text`, which may have `limit` nodes: goes to its first content, behind its `---` line if it has one. False if
 * it has characters that libyaml refuses or takes for line breaks, or is not UTF-8.
 */
bool blocktext_begin(struct block_text *b, struct str text, size_t limit, struct arena *arena);

/* Does a text hold but line feeds, tabs and characters that libyaml takes for nothing but themselves? It has to be UTF-8. */
bool blocktext_is_simple(struct str text, bool *is_ascii);

/* The first byte from `at` on that is no space. */
static inline const char *blocktext_skip_spaces(const char *at, const char *end)
{
	return scan_find(SCAN_NO_SPACE, at, end);
}

/* The next line feed from `at` on, or the end. */
const char *blocktext_line_end(const char *at, const char *end);

/* Is it the end of a word: a space, a line feed, or the end of the text? */
static inline bool blocktext_is_gap(const struct block_text *b, const char *at)
{
	return at == b->end || *at == ' ' || *at == '\n';
}

/* Is it a line that ends a document, `---` or `...`? */
bool blocktext_is_mark(const struct block_text *b, const char *line);

/* Enters the line that begins at `line` and has its first byte that is no space at `at`, or has none: the end. */
static inline bool blocktext_enter(struct block_text *b, const char *line, const char *at)
{
	b->line = line;
	b->at = at;
	b->column = at < b->end ? at - line : BLOCKTEXT_END;
	return at == b->end || (*at != '\t' && !(at == line && blocktext_is_mark(b, at)));
}

/*
 * From the end of a line to the first byte that is no space, over blank lines, which are counted in `*breaks` with the
 * line's own break. It may begin a comment.
 */
static inline bool blocktext_next_line(struct block_text *b, size_t *breaks)
{
	const char *line = b->line, *at = b->at;
	size_t count = 0;

	while (at < b->end && *at == '\n') {
		count++;
		line = at + 1;
		at = blocktext_skip_spaces(line, b->end);
	}
	*breaks = count;
	return blocktext_enter(b, line, at);
}

/* Goes over comments, of which one begins at b->at. */
bool blocktext_pass_comments(struct block_text *b);

/* From a first byte that may begin a comment to the next content. */
static inline bool blocktext_skip_comments(struct block_text *b)
{
	return b->column == BLOCKTEXT_END || *b->at != '#' || blocktext_pass_comments(b);
}

/* Goes to the end of the line if nothing but spaces and a comment is left of it. */
bool blocktext_pass_rest(struct block_text *b);

/* The same, and then to the next content. */
static inline bool blocktext_finish_line(struct block_text *b)
{
	size_t breaks;

	return ((b->at < b->end && *b->at == '\n') || blocktext_pass_rest(b)) && blocktext_next_line(b, &breaks) &&
	       blocktext_skip_comments(b);
}

static inline size_t blocktext_offset(const struct block_text *b, const char *at)
{
	return (size_t)(at - b->start);
}

/* Makes spare nodes. False if the document has more nodes than it may. */
bool blocktext_add_spare(struct block_text *b);

/* A node of `type` that begins at `at`; NULL if the document has more nodes than it may. */
static inline struct node *blocktext_node(struct block_text *b, enum node_type type, const char *at)
{
	struct node *node;

	if (b->spare_count == 0 && !blocktext_add_spare(b))
		return NULL;
	b->spare_count--;
	node = b->spare++;
	node->type = type;
	node->span.from = node->span.to = blocktext_offset(b, at);
	return node;
}

/* Is it the dash of a sequence's item? */
static inline bool blocktext_is_dash(const struct block_text *b, const char *at)
{
	return at < b->end && *at == '-' && blocktext_is_gap(b, at + 1);
}

#endif
