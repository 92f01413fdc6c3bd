/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/blockscalar.h"

struct block_scalar {
	struct block_text *b;
	const char *line; /* where the line begins that is read next */
	const char *at;   /* its first byte behind the indentation */
	ptrdiff_t indent; /* 0: not known yet */
	ptrdiff_t least;  /* what it is at least */
	bool is_folded, keeps, strips;
};

/* The indicator, and what may stand behind it on its line. */
static bool read_header(struct block_scalar *s, ptrdiff_t indent)
{
	const char *at = s->b->at, *end = s->b->end, *spaces;
	bool has_chomping = false;

	s->is_folded = *at++ == '>';
	s->least = indent + 1 > 1 ? indent + 1 : 1;
	for (; at < end && *at != ' ' && *at != '\n'; at++) {
		if ((*at == '+' || *at == '-') && !has_chomping) {
			has_chomping = true;
			s->keeps = *at == '+';
			s->strips = *at == '-';
		} else if (*at >= '1' && *at <= '9' && s->indent == 0) {
			s->indent = (indent > 0 ? indent : 0) + (*at - '0');
		} else {
			return false;
		}
	}
	spaces = at;
	at = blocktext_skip_spaces(at, end);
	if (at < end && *at == '#' && at > spaces)
		at = blocktext_line_end(at, end);
	if (at < end && *at != '\n')
		return false;
	s->line = at < end ? at + 1 : end;
	return true;
}

/* Goes over blank lines, which are counted, and finds out the indentation. False for a tab in it. */
static bool skip_blank_lines(struct block_scalar *s, size_t *count)
{
	const char *end = s->b->end, *at;
	bool is_known = s->indent > 0;
	ptrdiff_t longest = 0;

	*count = 0;
	for (;;) {
		const char *bound = is_known && end - s->line > s->indent ? s->line + s->indent : end;

		at = blocktext_skip_spaces(s->line, bound);
		longest = at - s->line > longest ? at - s->line : longest;
		if (at == end || *at != '\n')
			break;
		s->line = at + 1;
		++*count;
	}
	if (!is_known)
		s->indent = longest > s->least ? longest : s->least;
	s->at = at;
	return at == end || *at != '\t' || (is_known && at - s->line >= s->indent);
}

static char *add_breaks(char *out, size_t count)
{
	if (count > 0)
		memset(out, '\n', count);
	return out + count;
}

/* Where the text ends at the latest: before the first line that is less indented and not blank. */
static const char *find_end(const struct block_scalar *s)
{
	const char *line = s->line, *end = s->b->end;

	while (line < end) {
		const char *at = blocktext_skip_spaces(line, end);

		if (at < end && *at != '\n' && at - line < s->indent)
			break;
		at = blocktext_line_end(at, end);
		line = at < end ? at + 1 : end;
	}
	return line;
}

/* A line of text begins where the indentation ends; at the end of the text there is none, however many spaces stand there. */
static bool is_text(const struct block_scalar *s)
{
	return s->at < s->b->end && s->at - s->line == s->indent;
}

static bool read_lines(struct block_scalar *s, size_t breaks, struct node *scalar)
{
	const char *end = s->b->end;
	bool has_break = false, was_spaced = false;
	/* No line is longer in the value than in the text, and a blank one is a break at most. */
	char *copy = arena_alloc(s->b->arena, breaks + (size_t)(find_end(s) - s->line)), *out = copy;

	while (is_text(s)) {
		bool is_spaced = *s->at == ' ' || *s->at == '\t';
		const char *stop = blocktext_line_end(s->at, end);

		if (s->is_folded && has_break && !was_spaced && !is_spaced) {
			if (breaks == 0)
				*out++ = ' ';
		} else if (has_break) {
			*out++ = '\n';
		}
		out = add_breaks(out, breaks);
		was_spaced = is_spaced;
		memcpy(out, s->at, (size_t)(stop - s->at));
		out += stop - s->at;
		has_break = stop < end;
		s->line = has_break ? stop + 1 : end;
		if (!skip_blank_lines(s, &breaks))
			return false;
	}
	if (has_break && !s->strips)
		*out++ = '\n';
	if (s->keeps)
		out = add_breaks(out, breaks);
	if (out > copy)
		scalar->value = (struct str){ .ptr = copy, .len = (size_t)(out - copy) };
	return true;
}

bool blockscalar_read(struct block_text *b, ptrdiff_t indent, struct node *scalar)
{
	struct block_scalar s = { .b = b };
	size_t breaks;

	if (!read_header(&s, indent) || !skip_blank_lines(&s, &breaks) || !read_lines(&s, breaks, scalar))
		return false;
	scalar->style = s.is_folded ? STYLE_FOLDED : STYLE_LITERAL;
	scalar->span.to = blocktext_offset(b, s.line);
	return blocktext_enter(b, s.line, s.at) && blocktext_skip_comments(b);
}
