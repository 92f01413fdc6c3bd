/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/removal.h"

#include "base/buf.h"
#include "yaml/scalar.h"

#include <assert.h>
#include <string.h>

static char at_byte(struct str text, size_t at)
{
	return at < text.len ? text.ptr[at] : '\n';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t skip_blanks(struct str text, size_t at)
{
	while (at < text.len && is_blank(text.ptr[at]))
		at++;
	return at;
}

static size_t back_over_blanks(struct str text, size_t at)
{
	while (at > 0 && is_blank(text.ptr[at - 1]))
		at--;
	return at;
}

static bool is_line_start(struct str text, size_t at)
{
	return at == 0 || text.ptr[at - 1] == '\n';
}

/* Behind the line break at `at`; or `at` if there is none. */
static size_t skip_break(struct str text, size_t at)
{
	if (at < text.len && text.ptr[at] == '\r' && at_byte(text, at + 1) == '\n')
		at++;
	return at < text.len && text.ptr[at] == '\n' ? at + 1 : at;
}

/* Does a line end at `at`, or the text? */
static bool is_line_end(struct str text, size_t at)
{
	return at >= text.len || skip_break(text, at) > at;
}

/* To the next byte that is neither white space nor, unless `stops` at one, part of a comment. */
static size_t skip_space(struct str text, size_t at, bool *has_comment)
{
	while (at < text.len && strchr(" \t\r\n#", text.ptr[at])) {
		if (text.ptr[at] != '#') {
			at++;
			continue;
		}
		*has_comment = true;
		while (at < text.len && text.ptr[at] != '\n')
			at++;
	}
	return at;
}

/* From the key to the end of its value. */
static struct span span_of(struct str text, const struct node *key)
{
	const struct node *value = key->next;
	struct span at = { key->span.from, value->span.to };

	/* A value that is nothing has no place: its entry ends with the colon. */
	if (value->span.from == value->span.to) {
		at.to = skip_blanks(text, key->span.to);
		at.to += at_byte(text, at.to) == ':';
	}
	at.to = at.from + str_trim_end(str_slice(text, at)).len;
	return at;
}

/* Does a comment stand between the colon behind `key` and the value, or behind the value's anchor or tag? */
static bool has_comment_inside(struct str text, const struct node *key)
{
	const struct node *value = key->next;
	size_t at = skip_blanks(text, key->span.to) + 1;
	bool has_comment = false;

	at = skip_space(text, at, &has_comment);
	while (at < value->span.to && !has_comment && (text.ptr[at] == '&' || text.ptr[at] == '!')) {
		while (at < value->span.to && !strchr(" \t\r\n", text.ptr[at]))
			at++;
		at = skip_space(text, at, &has_comment);
	}
	return has_comment && at < value->span.to;
}

static const char *refuses_block(struct str text, struct span at)
{
	size_t after = skip_blanks(text, at.to);

	if (!is_line_start(text, back_over_blanks(text, at.from)))
		return "it does not begin its line";
	if (!is_line_end(text, after) && (text.ptr[after] != '#' || after == at.to))
		return "something stands behind it on its line";
	return NULL;
}

const char *removal_refuses(struct str text, const struct node *mapping, const struct node *key)
{
	const struct node *value = key->next;
	bool has_comment = false;
	struct span at;

	if (key->generated)
		return NULL;
	at = span_of(text, key);
	if (value->type == NODE_MAPPING || value->type == NODE_SEQUENCE)
		return "its value is no text";
	if (value->type == NODE_SCALAR && (value->style == STYLE_LITERAL || value->style == STYLE_FOLDED))
		return "its value is a block of lines";
	if ((node_anchor(key).len > 0 && key->aliases > 0) || (node_anchor(value).len > 0 && value->aliases > 0))
		return "an alias repeats it elsewhere";
	if (key->type != NODE_SCALAR || at_byte(text, skip_blanks(text, key->span.to)) != ':' ||
	    at_byte(text, back_over_blanks(text, at.from) - 1) == '?')
		return "it is not written as 'key: value'";
	if (has_comment_inside(text, key))
		return "a comment stands in front of its value";
	if (mapping->style != STYLE_FLOW)
		return refuses_block(text, at);
	if (!strchr(",}", at_byte(text, skip_space(text, at.to, &has_comment))))
		return "something stands behind it";
	return has_comment ? "a comment stands in front of its comma" : NULL;
}

struct removal *removal_new(struct str text, const struct node *owner, const struct node *mapping, struct arena *arena)
{
	struct removal *removal = ARENA_NEW(arena, struct removal);
	size_t room = 0;

	removal->text = text;
	removal->mapping = mapping;
	removal->colon = skip_blanks(text, owner->span.to) + 1;
	for (const struct node *key = mapping->child; key; key = key->next->next) {
		if (key->generated)
			continue;
		removal->entries =
			arena_grow(arena, removal->entries, removal->count, &room, sizeof(*removal->entries));
		removal->entries[removal->count++] = (struct removal_entry){ .at = span_of(text, key) };
	}
	return removal;
}

void removal_add(struct removal *removal, const struct node *key)
{
	for (size_t i = 0; i < removal->count; i++)
		if (removal->entries[i].at.from == key->span.from) {
			removal->entries[i].is_gone = true;
			removal->gone_count++;
			return;
		}
	assert(!"the entry stands in the text");
}

/* Edits in the order of the text, of which those that touch become one. */
struct chain {
	struct edits *edits;
	struct edit last;
	struct buf text; /* of the last one */
	bool has_last;
};

static void chain_end(struct chain *chain)
{
	if (chain->has_last)
		edits_add(chain->edits, chain->last.at, arena_dup(chain->edits->arena, buf_str(&chain->text)));
	chain->has_last = false;
	chain->text.len = 0;
}

static void chain_add(struct chain *chain, struct span at, struct str text)
{
	if (chain->has_last && at.from > chain->last.at.to)
		chain_end(chain);
	if (!chain->has_last)
		chain->last.at = at;
	chain->has_last = true;
	if (chain->last.at.to < at.to)
		chain->last.at.to = at.to;
	buf_add(&chain->text, text);
}

static void chain_release(struct chain *chain)
{
	chain_end(chain);
	buf_release(&chain->text);
}

/* The lines of an entry, or what stands on them in front of a comment. */
static struct span lines_of(struct str text, struct span at, bool takes_lines)
{
	size_t after = skip_blanks(text, at.to);

	if (after < text.len && text.ptr[after] == '#')
		return (struct span){ at.from, after };
	if (!takes_lines)
		return (struct span){ at.from, after };
	return (struct span){ back_over_blanks(text, at.from), skip_break(text, after) };
}

/* The last lines of a text without a line break at its end take the break in front of them along. */
static void drop_break_before(struct chain *chain, struct str text)
{
	struct span *at = &chain->last.at;

	if (!chain->has_last || at->to < text.len || text.ptr[text.len - 1] == '\n' || at->from == 0 ||
	    text.ptr[at->from - 1] != '\n')
		return;
	at->from -= at->from > 1 && text.ptr[at->from - 2] == '\r' ? 2 : 1;
}

/* Behind the colon, in front of all that is gone. */
static void add_braces(struct chain *chain, size_t colon)
{
	if (chain->last.at.from == colon)
		buf_add_cstring(&chain->text, " {}");
	else
		edits_add(chain->edits, (struct span){ colon, colon }, str_from(" {}"));
}

/* What is inserted, in the place of the first entry. */
static void replace_first(struct chain *chain, struct str text, struct span first, struct str inserted, size_t at,
			  const char *newline)
{
	struct span gone = lines_of(text, first, false);
	size_t indent = at - back_over_blanks(text, at);

	/* In front of a comment the lines end and the indentation comes again; else the line's own break ends them. */
	if (!is_line_end(text, gone.to)) {
		chain_add(chain, gone, inserted);
		chain_add(chain, (struct span){ gone.to, gone.to }, str_slice(text, (struct span){ at - indent, at }));
		return;
	}
	assert(str_ends_with(inserted, newline));
	inserted.len -= strlen(newline);
	chain_add(chain, gone, inserted);
}

void removal_block(const struct removal *removal, size_t at, struct str inserted, const char *newline,
		   struct edits *edits)
{
	struct str text = removal->text;
	const struct node *mapping = removal->mapping;
	bool is_emptied = removal->gone_count == removal->count && inserted.len == 0;
	bool in_place = is_emptied && (node_anchor(mapping).len > 0 || node_tag(mapping).len > 0);
	struct chain chain = { .edits = edits };
	size_t i = 0;

	if (in_place) {
		chain_add(&chain, removal->entries[i++].at, str_from("{}"));
	} else if (inserted.len > 0 && removal->entries[0].is_gone) {
		replace_first(&chain, text, removal->entries[i++].at, inserted, at, newline);
	} else if (inserted.len > 0) {
		chain_add(&chain, (struct span){ at, at }, inserted);
		chain_add(&chain, (struct span){ at, at },
			  str_slice(text, (struct span){ back_over_blanks(text, at), at }));
	}
	for (; i < removal->count; i++)
		if (removal->entries[i].is_gone)
			chain_add(&chain, lines_of(text, removal->entries[i].at, true), (struct str){ 0 });
	drop_break_before(&chain, text);
	if (is_emptied && !in_place)
		add_braces(&chain, removal->colon);
	chain_release(&chain);
}

/* The comma behind an entry; its closing brace if there is none. */
static size_t behind(struct str text, struct span at)
{
	bool ignored = false;

	return skip_space(text, at.to, &ignored);
}

/* An entry with another one behind it: with its comma, and its line if nothing else stands there. */
static struct span with_comma(struct str text, struct span at)
{
	size_t after = skip_blanks(text, behind(text, at) + 1), before = back_over_blanks(text, at.from);

	if (!is_line_end(text, after))
		return (struct span){ at.from, after };
	if (is_line_start(text, before))
		return (struct span){ before, skip_break(text, after) };
	/* What stands in front of it keeps its line, and the blanks between the two go. */
	return (struct span){ before, behind(text, at) + 1 };
}

/* Behind an entry, and its comma if it has one. */
static size_t end_of(struct str text, struct span at)
{
	size_t next = behind(text, at);

	return at_byte(text, next) == ',' ? next + 1 : at.to;
}

/* Is there a comment behind entry `from` and in front of the last one? */
static bool has_comments(const struct removal *removal, struct str text, size_t from)
{
	bool has_comment = false;

	for (size_t i = from; i + 1 < removal->count; i++) {
		size_t comma = skip_space(text, removal->entries[i].at.to, &has_comment);

		skip_space(text, comma + 1, &has_comment);
	}
	return has_comment;
}

/* Entries at the end, from index `from` on: with the comma in front of them. */
static void remove_end(const struct removal *removal, struct str text, size_t from, struct chain *chain)
{
	const struct removal_entry *entries = removal->entries;
	size_t comma = behind(text, entries[from - 1].at);

	if (!has_comments(removal, text, from - 1)) {
		chain_add(chain, (struct span){ entries[from - 1].at.to, end_of(text, entries[removal->count - 1].at) },
			  (struct str){ 0 });
		return;
	}
	chain_add(chain, (struct span){ comma, comma + 1 }, (struct str){ 0 });
	for (size_t i = from; i < removal->count; i++) {
		size_t before = back_over_blanks(text, entries[i].at.from), end = end_of(text, entries[i].at);

		/* A brace behind it gets its indentation: one at the start of a line is not YAML for every reader. */
		if (is_line_start(text, before) && !is_line_end(text, skip_blanks(text, end)))
			before = entries[i].at.from;
		chain_add(chain, (struct span){ before, end }, (struct str){ 0 });
	}
}

/* All of them: what is inserted stands in their place. */
static void remove_all(const struct removal *removal, struct str text, const struct node *mapping, struct str inserted,
		       struct chain *chain)
{
	const struct removal_entry *entries = removal->entries;
	size_t open = mapping->open, close = mapping->span.to - 1;
	bool has_comment = has_comments(removal, text, 0);

	skip_space(text, open, &has_comment);
	skip_space(text, end_of(text, entries[removal->count - 1].at), &has_comment);
	if (inserted.len == 0 && !has_comment) {
		chain_add(chain, (struct span){ open, close }, (struct str){ 0 });
		return;
	}
	if (!has_comment) {
		chain_add(chain, (struct span){ entries[0].at.from, end_of(text, entries[removal->count - 1].at) },
			  inserted);
		return;
	}
	for (size_t i = 0; i < removal->count; i++)
		chain_add(chain, (struct span){ entries[i].at.from, end_of(text, entries[i].at) },
			  i == 0 ? inserted : (struct str){ 0 });
}

void removal_flow(const struct removal *removal, size_t at, struct str inserted, struct edits *edits)
{
	struct str text = removal->text;
	struct chain chain = { .edits = edits };
	size_t kept = removal->count; /* behind the last one that stays */

	while (kept > 0 && removal->entries[kept - 1].is_gone)
		kept--;
	if (kept == 0) {
		remove_all(removal, text, removal->mapping, inserted, &chain);
		chain_release(&chain);
		return;
	}
	if (inserted.len > 0) {
		struct span first = with_comma(text, removal->entries[0].at);
		size_t next = removal->entries[0].is_gone && first.from == at ? first.to : at;

		chain_add(&chain, (struct span){ at, at }, inserted);
		chain_add(&chain, (struct span){ at, at },
			  strchr(" \t\r\n", at_byte(text, next)) ? str_from(",") : str_from(", "));
	}
	for (size_t i = 0; i < kept; i++)
		if (removal->entries[i].is_gone)
			chain_add(&chain, with_comma(text, removal->entries[i].at), (struct str){ 0 });
	if (kept < removal->count)
		remove_end(removal, text, kept, &chain);
	chain_release(&chain);
}
