/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/part.h"

#include "kube/podenv.h"

/* The place of a piece in the word's text as it is now. */
static struct span span_of(const struct word *word, size_t i)
{
	struct span at = word->pieces[i].at;

	at.from = at.from > word->cut ? at.from - word->cut : 0;
	at.to = at.to > word->cut ? at.to - word->cut : 0;
	if (at.to > word->text.len)
		at.to = word->text.len;
	if (at.from > at.to)
		at.from = at.to;
	return at;
}

struct part part_of(const struct word *word, const void *origin)
{
	struct part part = { .text = { .value = word->text, .reason = word->reason }, .variable = word->variable };

	if (word->reason)
		part.text.state = TEXT_UNKNOWN;
	else
		part.text.state = word->text.len > 0 ? TEXT_KNOWN : TEXT_ABSENT;
	/* What is secret in it counts before where the rest of it came from. */
	for (size_t i = 0; i < word->piece_count; i++) {
		struct span at = span_of(word, i);

		if (word->pieces[i].kind == PIECE_SECRET && at.to > at.from)
			origin = word->pieces[i].origin;
	}
	part.text.origin = origin;
	return part;
}

void part_set_unknown(struct part *part, const char *reason)
{
	text_set_unknown(&part->text, reason);
	part->variable = (struct str){ 0 };
}

/* The text with `instead` in the place of each piece of a Secret. */
static struct str without_secrets(const struct word *word, struct str instead, struct arena *arena)
{
	struct buf text;
	size_t from = 0;

	buf_init(&text);
	for (size_t i = 0; i < word->piece_count; i++) {
		struct span at = span_of(word, i);

		if (word->pieces[i].kind != PIECE_SECRET || at.to == at.from)
			continue;
		buf_add(&text, str_slice(word->text, (struct span){ from, at.from }));
		buf_add(&text, instead);
		from = at.to;
	}
	buf_add(&text, str_skip(word->text, from));
	return buf_keep(&text, arena);
}

struct str part_script(const struct word *word, struct arena *arena)
{
	static const char hidden[] = { PODENV_HIDDEN };

	return without_secrets(word, (struct str){ hidden, sizeof(hidden) }, arena);
}

struct str part_shown(const struct word *word, struct arena *arena)
{
	return without_secrets(word, str_from("(Secret)"), arena);
}

/* The piece that the byte at `i` is in, or the number of pieces. */
static size_t piece_at(const struct word *word, size_t i)
{
	size_t n = 0;

	while (n < word->piece_count && !(span_of(word, n).from <= i && i < span_of(word, n).to))
		n++;
	return n;
}

/* Where the host begins: behind the last @ of what is before the first slash; `from` if there is none. */
static size_t find_host(const struct word *word, size_t from, const char *ends)
{
	size_t host = from;

	for (size_t i = from; i < word->text.len; i++) {
		size_t piece = piece_at(word, i);

		if (piece < word->piece_count) {
			i = span_of(word, piece).to - 1;
			continue;
		}
		if (word->text.ptr[i] == '\0' || strchr(ends, word->text.ptr[i]))
			break;
		if (word->text.ptr[i] == '@')
			host = i + 1;
	}
	return host;
}

static bool has_piece(const struct word *word, struct span at)
{
	for (size_t i = 0; i < word->piece_count; i++)
		if (span_of(word, i).from < at.to && span_of(word, i).to > at.from)
			return true;
	return false;
}

struct word part_without_userinfo(const struct word *url, struct arena *arena)
{
	struct str known = { .ptr = url->text.ptr, .len = url->text.len };
	const char *scheme_end = known.len > 0 ? memmem(known.ptr, known.len, "://", 3) : NULL;
	size_t from = scheme_end ? (size_t)(scheme_end - known.ptr) + 3 : 0;
	size_t host = find_host(url, from, scheme_end ? "/?#" : "/:");
	bool is_ssh = !scheme_end || memmem(known.ptr, from, "ssh", 3);
	struct word bare = *url;
	struct piece *pieces;

	if (url->fixed_reason || host == from || !has_piece(url, (struct span){ from, host }) ||
	    has_piece(url, (struct span){ 0, from }))
		return *url;
	/* Without a scheme it is a url only if a colon comes before the first slash. */
	if (!scheme_end && !(str_find(str_skip(known, host), ':') < str_find(str_skip(known, host), '/')))
		return *url;
	bare.text = arena_printf(arena, "%.*s%s%.*s", (int)from, known.ptr, is_ssh ? "git@" : "",
				 STR_ARG(str_skip(known, host)));
	bare.cut = bare.piece_count = 0;
	bare.pieces = pieces = arena_array(arena, url->piece_count, sizeof(*pieces));
	bare.reason = NULL;
	bare.known_len = bare.text.len;
	bare.may_split = false;
	for (size_t i = 0; i < url->piece_count; i++) {
		struct span at = span_of(url, i);
		size_t shift = url->text.len - bare.text.len;

		if (at.from < host)
			continue;
		pieces[bare.piece_count] = url->pieces[i];
		pieces[bare.piece_count++].at = (struct span){ at.from - shift, at.to - shift };
		if (url->pieces[i].kind != PIECE_SECRET && !bare.reason) {
			bare.reason = url->pieces[i].reason;
			bare.known_len = at.from - shift;
			bare.may_split = url->may_split;
		}
	}
	return bare;
}

bool part_is_url(const struct word *word)
{
	struct str known = word_known(word);
	size_t colon = str_find(known, ':');

	return colon < known.len && colon < str_find(known, '/');
}

bool part_directory(const struct word *url, struct word *directory)
{
	struct str text = url->text;
	size_t from;

	while (text.len > 0 && text.ptr[text.len - 1] == '/')
		text.len--;
	if (str_ends_with(text, "/.git"))
		text.len -= 5;
	while (text.len > 0 && text.ptr[text.len - 1] == '/')
		text.len--;
	from = text.len;
	while (from > 0 && text.ptr[from - 1] != '/' && text.ptr[from - 1] != ':')
		from--;
	text = str_skip(text, from);
	if (str_ends_with(text, ".git"))
		text.len -= 4;
	if (url->reason || text.len == 0)
		return false;
	*directory = (struct word){ .text = text, .known_len = text.len, .at = url->at };
	return true;
}
