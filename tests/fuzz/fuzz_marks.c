/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marks: a code point's byte is found however it is asked for, and a parser's events lie where they should: inside the
 * text, in order, at what they are made of, and so far further on when a comment that is not ASCII is put in front.
 */
#include "check.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "yaml/marks.h"
#include "yaml/reader.h"

#include <string.h>

/* It makes every index count differently from its byte, and changes nothing else. */
#define COMMENT "# \xe2\x82\xac\n"
/* What is asked for stands in so many bytes before the text. */
#define HEADER 32

/* One code point a byte, of every length, so that any bytes are a text. */
static void add_code_point(struct buf *to, unsigned byte)
{
	static const char *const longer[] = { "\xc2\x85",         "\xc3\xa9",         "\xdf\xbf",        "\xe2\x80\xa8",
					      "\xe2\x80\xa9",     "\xef\xbb\xbf",     "\xef\xbf\xbd",    "\xe4\xb8\xad",
					      "\xf0\x9f\x98\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbd" };

	if (byte > 0 && byte < 0x80)
		buf_add_char(to, (char)byte);
	else
		buf_add_cstring(to, longer[byte % (sizeof(longer) / sizeof(*longer))]);
}

static bool is_start(struct str text, size_t at)
{
	return at == text.len || ((unsigned char)text.ptr[at] & 0xc0) != 0x80;
}

static size_t count_naively(struct str text, size_t index)
{
	size_t at = 0;

	for (size_t i = 0; i < index && at < text.len; i++)
		do
			at++;
		while (!is_start(text, at));
	return at;
}

static void check_marks(struct choices *choices, struct str text)
{
	unsigned count = choice_below(choices, HEADER);
	struct marks marks;
	size_t index = 0;

	marks_init(&marks, text);
	for (unsigned i = 0; i < count; i++) {
		unsigned step = choice_byte(choices);

		/* Mostly forward, as a parser asks; back, too; and now and then behind the end. */
		if (step < 0xc0)
			index += step;
		else
			index -= index < step - 0xc0 ? index : step - 0xc0;
		CHECK(marks_byte(&marks, (struct mark_index){ index }) == count_naively(text, index));
	}
}

static void check_place(const struct event *event, struct str text, size_t *before)
{
	struct span span = event->node.span;
	bool opens = event->type == EVENT_OPEN;

	if (event->type == EVENT_DOCUMENT_END)
		return;
	if (event->type == EVENT_CLOSE) {
		CHECK(event->close <= text.len && is_start(text, event->close));
		return;
	}
	CHECK(span.from <= span.to && span.to <= text.len);
	CHECK(is_start(text, span.from) && is_start(text, span.to));
	CHECK(*before <= span.from);
	*before = span.from;
	if (opens)
		CHECK(event->node.open == span.to);
	if (node_anchor(&event->node).len > 0)
		CHECK(text.ptr[span.from] == '&' || text.ptr[span.from] == '!');
	else if (event->node.type == NODE_ALIAS)
		CHECK(text.ptr[span.from] == '*');
	else if (!opens && node_tag(&event->node).len == 0 && event->node.style == STYLE_DOUBLE_QUOTED)
		CHECK(text.ptr[span.from] == '"' && text.ptr[span.to - 1] == '"');
	else if (!opens && node_tag(&event->node).len == 0 && event->node.style == STYLE_SINGLE_QUOTED)
		CHECK(text.ptr[span.from] == '\'' && text.ptr[span.to - 1] == '\'');
}

/* `b` is so many bytes further on. */
static void check_same(const struct event *a, const struct event *b, size_t further)
{
	CHECK(a->type == b->type);
	if (a->type == EVENT_CLOSE)
		CHECK(a->close + further == b->close);
	if (a->type == EVENT_CLOSE || a->type == EVENT_DOCUMENT_END)
		return;
	CHECK(a->is_key == b->is_key);
	CHECK(a->node.type == b->node.type && a->node.style == b->node.style);
	CHECK(a->node.span.from + further == b->node.span.from && a->node.span.to + further == b->node.span.to);
	if (a->type == EVENT_OPEN)
		CHECK(a->node.open + further == b->node.open && a->node.column == b->node.column);
	CHECK(str_equal(a->node.value, b->node.value) && str_equal(node_anchor(&a->node), node_anchor(&b->node)));
	CHECK(str_equal(node_tag(&a->node), node_tag(&b->node)));
}

static void check_events(struct str text, struct str commented, struct arena *arena)
{
	size_t before = 0, further = strlen(COMMENT);
	struct reader *reader = reader_new(text, READER_STRICT, arena);
	struct reader *other = reader_new(commented, READER_STRICT, arena);
	struct event event = { .type = EVENT_NODE }, same;
	struct err err, same_err;

	while (event.type != EVENT_DOCUMENT_END) {
		bool ok = reader_next(reader, &event, &err);

		CHECK(reader_next(other, &same, &same_err) == ok);
		if (!ok) {
			check_message(&err);
			CHECK(str_equal(str_from(err.text), str_from(same_err.text)));
			CHECK(err.at == ERR_NOWHERE || err.at <= text.len);
			CHECK(err.at == ERR_NOWHERE || err.at == 0 || err.at + further == same_err.at);
			break;
		}
		check_same(&event, &same, further);
		check_place(&event, text, &before);
	}
	reader_free(reader);
	reader_free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct choices choices = { data, size }, queries = { data, size < HEADER ? size : HEADER };
	struct str pieces[2] = { str_from(COMMENT) };
	struct buf made = { 0 };
	struct arena arena;
	struct utf8_facts facts;
	struct str text;
	struct err err;

	choices.next += queries.left;
	choices.left -= queries.left;
	while (choices.left > 0)
		add_code_point(&made, choice_byte(&choices));
	arena_init(&arena);
	text = pieces[1] = check_copy(&arena, buf_str(&made));
	buf_release(&made);
	CHECK(utf8_check(text, &facts, &err));
	check_marks(&queries, text);
	check_events(text, check_join(&arena, pieces, 2), &arena);
	arena_release(&arena);
	return 0;
}
