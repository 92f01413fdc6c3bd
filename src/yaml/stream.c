/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/stream.h"

#include "base/scan.h"
#include "base/utf8.h"

#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct str skip_blanks(struct str text)
{
	size_t n = 0;

	while (n < text.len && is_blank(text.ptr[n]))
		n++;
	return str_skip(text, n);
}

/* `line` without its line break. */
static struct str without_break(struct str line)
{
	if (line.len > 0 && line.ptr[line.len - 1] == '\n')
		line.len--;
	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

static bool is_separator(struct str line)
{
	return line.len >= 3 && line.ptr[0] == '-' && line.ptr[1] == '-' && line.ptr[2] == '-' &&
	       (line.len == 3 || is_blank(line.ptr[3]));
}

/* Length of the key `[A-Za-z][A-Za-z0-9_-]*` if a colon and then a space or nothing follow it, else 0. */
static size_t key_length(struct str line)
{
	size_t n = 0;

	if (line.len == 0 || !str_is_alphanumeric(line.ptr[0]) || str_is_digit(line.ptr[0]))
		return 0;
	while (n < line.len && (str_is_alphanumeric(line.ptr[n]) || line.ptr[n] == '_' || line.ptr[n] == '-'))
		n++;
	if (n == line.len || line.ptr[n] != ':' || (n + 1 < line.len && line.ptr[n + 1] != ' '))
		return 0;
	return n;
}

/* What is known of the document that is being read. */
struct reading {
	struct document document;
	bool maybe_plain;
	bool any_key;
	bool in_metadata;
	bool in_word; /* behind the line of `kind` or `apiVersion`, whose value may go on */
	unsigned kinds, api_versions, metadatas;
};

static void read_comment(struct document *document, struct str line)
{
	if (str_starts_with(line, "# Source: ") && document->source.len == 0 && !document->has_content)
		document->source = str_trim(str_skip(line, strlen("# Source: ")));
	else if (str_starts_with(line, "# HIDDEN: The Secret output has been suppressed"))
		document->helm_hidden = true;
}

/* A line of content that starts at column 0, at byte `at`. */
static void read_top_line(struct reading *r, struct str line, size_t at)
{
	size_t n = key_length(line);
	struct str key = { .ptr = line.ptr, .len = n };

	if (r->in_metadata) {
		r->document.metadata.to = at;
		r->in_metadata = false;
	}
	if (n == 0) {
		bool item = line.ptr[0] == '-' && (line.len == 1 || line.ptr[1] == ' ');

		r->maybe_plain = r->maybe_plain && item && r->any_key;
		return;
	}
	r->any_key = true;
	r->in_word = str_is(key, "kind") || str_is(key, "apiVersion");
	if (str_is(key, "kind")) {
		struct str value = str_trim(str_skip(line, n + 1));

		r->kinds++;
		r->document.kind = value;
		for (size_t i = 0; i < value.len; i++)
			r->maybe_plain = r->maybe_plain && str_is_alphanumeric(value.ptr[i]);
		r->maybe_plain = r->maybe_plain && value.len > 0;
	} else if (str_is(key, "apiVersion")) {
		r->api_versions++;
		r->document.api_version = (struct span){ at, at + line.len };
	} else if (str_is(key, "metadata")) {
		r->metadatas++;
		r->document.metadata = (struct span){ at, at };
		r->in_metadata = true;
	}
}

/* Most lines: nothing depends on what is indented, once there has been a line of content. */
static bool is_passed_over(const struct reading *r, struct str line)
{
	return line.ptr[0] == ' ' && r->document.has_content && !r->in_word;
}

static void read_line(struct reading *r, struct str line, size_t at)
{
	struct str content;

	content = skip_blanks(line);
	if (content.len == 0)
		return;
	if (content.ptr[0] == '#') {
		if (!r->document.has_content)
			read_comment(&r->document, content);
		return;
	}
	if (!r->document.has_content) {
		r->document.has_content = true;
		r->document.content = at;
		r->document.has_directives = r->document.has_directives || line.ptr[0] == '%';
		if (is_blank(line.ptr[0]))
			r->maybe_plain = false;
	}
	if (line.ptr[0] == '\t' || (line.ptr[0] == ' ' && r->in_word))
		r->maybe_plain = false;
	else if (line.ptr[0] != ' ')
		read_top_line(r, line, at);
}

static void start(struct reading *r, struct span separator, struct str line, bool directives)
{
	*r = (struct reading){ .maybe_plain = true };
	r->document.text.from = separator.from;
	r->document.body = separator.to;
	r->document.content = separator.to;
	r->document.has_directives = directives;
	if (line.len > 0) {
		struct str rest = skip_blanks(str_skip(line, 3));

		if (rest.len > 0 && rest.ptr[0] != '#') {
			r->maybe_plain = false;
			r->document.has_content = true;
		}
	}
}

/* CR without LF, NEL, LS and PS are line breaks for libyaml and not for us. */
static bool has_odd_breaks(struct str text, const struct utf8_facts *facts)
{
	if (facts->carriage)
		for (size_t i = str_find(text, '\r'); i < text.len; i++)
			if (text.ptr[i] == '\r' && (i + 1 == text.len || text.ptr[i + 1] != '\n'))
				return true;
	return facts->odd_breaks &&
	       (memmem(text.ptr, text.len, "\xc2\x85", 2) || memmem(text.ptr, text.len, "\xe2\x80\xa8", 3) ||
		memmem(text.ptr, text.len, "\xe2\x80\xa9", 3));
}

static struct document finish(struct reading *r, struct str text, size_t end, const struct utf8_facts *facts)
{
	struct document *document = &r->document;

	document->text.to = end;
	if (r->in_metadata)
		document->metadata.to = end;
	document->plain = r->maybe_plain && r->any_key && r->kinds == 1 &&
			  !has_odd_breaks(str_slice(text, document->text), facts);
	if (!document->plain)
		document->kind = (struct str){ 0 };
	if (!document->plain || r->api_versions != 1)
		document->api_version = (struct span){ 0, 0 };
	if (!document->plain || r->metadatas != 1)
		document->metadata = (struct span){ 0, 0 };
	return *document;
}

/* Directives stand in the chunk before the `---` that they belong to; alone there, they are part of that document. */
static bool is_directives_only(const struct document *document, struct str text)
{
	struct str rest = str_slice(text, (struct span){ document->body, document->text.to });

	if (!document->has_directives)
		return false;
	while (rest.ptr) {
		struct str line = skip_blanks(without_break(str_cut(&rest, '\n')));

		if (line.len > 0 && line.ptr[0] != '%' && line.ptr[0] != '#')
			return false;
	}
	return true;
}

/* Behind so many documents there is room for all at once: room that doubles would be most of the memory. */
#define MANY 64

/* How many documents begin in `text`, at most: only lines at column 0 are looked at. */
static size_t count_separators(struct str text)
{
	const char *end = text.ptr + text.len;
	size_t count = 0;

	for (const char *at = text.ptr; at < end; at = scan_top(at, end))
		count += end - at >= 3 && memcmp(at, "---", 3) == 0;
	return count;
}

static bool says_nothing(const struct document *document)
{
	return !document->has_content && !document->has_directives && !document->helm_hidden &&
	       document->source.len == 0;
}

/* Documents that are being split. */
struct splitting {
	struct arena *arena;
	struct document *documents;
	size_t count, room;
	size_t number; /* of the last */
};

/*
 * How many more documents to make room for, where `count` took `length` bytes, and `rest` is behind the next one. As many as
 * those before let expect, and some more. Where that would take more memory than half of what is still to be read, they are
 * counted. Never much fewer than there are already, so that they are not moved again and again.
 */
static size_t guess_more(size_t count, size_t length, struct str rest)
{
	size_t guess = (size_t)((double)rest.len / (double)length * (double)count * 1.125);

	if (guess > rest.len / (2 * sizeof(struct document)))
		guess = count_separators(rest);
	/* This one, and what is not told apart from a separator there. */
	return 2 + (guess > count / 2 ? guess : count / 2);
}

/* Adds a document; `rest` is what comes behind it. */
static void add(struct splitting *s, struct document document, struct str rest)
{
	struct document *last = s->count > 0 ? &s->documents[s->count - 1] : NULL;

	document.number = ++s->number;
	if (last && says_nothing(last) && says_nothing(&document)) {
		last->text.to = document.text.to;
		return;
	}
	if (s->count == s->room && s->count >= MANY) {
		struct document *larger;
		size_t before = s->room;

		s->room += guess_more(s->count, last->text.to, rest);
		larger = arena_array(s->arena, s->room, sizeof(*larger));
		memcpy(larger, s->documents, s->count * sizeof(*larger));
		arena_drop(s->arena, s->documents, before * sizeof(*larger));
		s->documents = larger;
	}
	s->documents = arena_grow(s->arena, s->documents, s->count, &s->room, sizeof(*s->documents));
	s->documents[s->count++] = document;
}

void stream_split(struct stream *stream, struct str name, struct str text, struct utf8_facts facts, struct arena *arena)
{
	struct splitting s = { .arena = arena };
	size_t at = 0;
	struct reading r;

	start(&r, (struct span){ 0, 0 }, (struct str){ 0 }, false);
	while (at < text.len) {
		const char *lf = memchr(text.ptr + at, '\n', text.len - at);
		size_t next = lf ? (size_t)(lf - text.ptr) + 1 : text.len;
		struct str line = without_break(str_slice(text, (struct span){ at, next }));

		if (is_separator(line)) {
			bool directives = false;

			if (at > 0) {
				struct document before = finish(&r, text, at, &facts);

				directives = is_directives_only(&before, text);
				if (directives)
					before.has_content = false;
				add(&s, before, str_skip(text, at));
			}
			start(&r, (struct span){ at, next }, line, directives);
		} else if (line.len > 0 && is_passed_over(&r, line)) {
			/* So are all up to the next one that begins at column 0. */
			next = (size_t)(scan_top(text.ptr + next - 1, text.ptr + text.len) - text.ptr);
		} else if (line.len > 0) {
			read_line(&r, line, at);
		}
		at = next;
	}
	if (text.len > 0) {
		add(&s, finish(&r, text, at, &facts), (struct str){ 0 });
	}
	*stream = (struct stream){
		.name = name,
		.text = text,
		.facts = facts,
		.documents = s.documents,
		.count = s.count,
	};
}

struct str stream_text(const struct stream *stream, const struct document *document)
{
	return str_slice(stream->text, document->text);
}

size_t stream_line(const struct stream *stream, size_t at)
{
	return stream->lines.starts ? lines_find(&stream->lines, at) : lines_number(stream->text, at);
}

bool stream_begins_with_directive(const struct stream *stream, const struct document *document)
{
	return document->content < document->text.to && stream->text.ptr[document->content] == '%';
}

bool stream_begins_with_separator(struct str text)
{
	struct str line = { .ptr = text.ptr, .len = str_find(text, '\n') };

	return is_separator(without_break(line));
}
