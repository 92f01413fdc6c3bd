/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/reader.h"

#include "base/map.h"
#include "base/utf8.h"
#include "yaml/marks.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* Two lines of a manifest. */
#define PIECE 64

/* How many characters libyaml wants to see before it takes the first of them for something. */
#define LOOK_AHEAD 4

/* One open collection. */
struct level {
	bool is_mapping;
	bool at_key; /* the next node of the mapping is a key */
	struct node *anchored;
};

struct reader {
	yaml_parser_t parser;
	yaml_event_t event;
	struct properties properties; /* of the event's node */
	struct str text;              /* as it was given */
	struct str unread;            /* of what libyaml reads */
	size_t first_piece;           /* how much it is given first, at most */
	size_t piece;                 /* and then at a time */
	size_t *removed;              /* where bytes of `text` are missing in what libyaml reads, ascending */
	size_t removed_count;
	bool has_event;
	bool begun;
	enum reader_rules rules;
	struct marks marks;
	struct arena *arena;
	struct map anchors; /* name to struct node */
	size_t depth;
	struct level levels[NODE_DEPTH + 1];
};

/* How many rows of CRs are there that end in CR LF? */
static size_t count_rows_of_carriages(struct str text)
{
	size_t count = 0;

	for (size_t at = str_find(text, '\r'); at < text.len; at = str_find(text, '\r')) {
		text = str_skip(text, at + 1);
		count += str_starts_with(text, "\r\n");
	}
	return count;
}

/*
 * What libyaml is given: kubectl's line reader and Helm 4 drop one CR before an LF, so that CR CR LF is one line break for
 * them and two for libyaml. (kubectl also ends the last line with an LF. Helm 4 does not, so a block scalar at the very
 * end of a stream is what YAML says it is.)
 */
static struct str as_lines(struct reader *reader)
{
	struct str text = reader->text;
	size_t rows = count_rows_of_carriages(text), copied = 0;
	char *copy;

	if (rows == 0)
		return text;
	copy = arena_alloc(reader->arena, text.len);
	reader->removed = arena_array(reader->arena, rows, sizeof(*reader->removed));
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\r' && str_starts_with(str_skip(text, i + 1), "\r\n"))
			reader->removed[reader->removed_count++] = i;
		else
			copy[copied++] = text.ptr[i];
	}
	return (struct str){ .ptr = copy, .len = copied };
}

/* libyaml decodes all that it is given before it looks at the first of it. */
static int give_piece(void *context, unsigned char *buffer, size_t room, size_t *given)
{
	struct reader *reader = context;
	size_t most = reader->first_piece > 0 ? reader->first_piece : reader->piece, length = room < most ? room : most;

	reader->first_piece = 0;
	if (length > reader->unread.len)
		length = reader->unread.len;
	if (length > 0)
		memcpy(buffer, reader->unread.ptr, length);
	reader->unread = str_skip(reader->unread, length);
	*given = length;
	return 1;
}

void reader_expect_stop(struct reader *reader, size_t expected)
{
	if (expected > 0 && expected < 4 * PIECE)
		reader->first_piece = expected + LOOK_AHEAD;
	reader->piece = PIECE;
}

struct reader *reader_new(struct str text, enum reader_rules rules, struct arena *arena)
{
	struct reader *reader = malloc(sizeof(*reader));

	if (!reader)
		arena_out_of_memory();
	memset(reader, 0, offsetof(struct reader, levels));
	reader->levels[0] = (struct level){ 0 };
	if (!yaml_parser_initialize(&reader->parser))
		arena_out_of_memory();
	reader->rules = rules;
	reader->arena = arena;
	map_init(&reader->anchors, arena);
	reader->text = text;
	text = as_lines(reader);
	marks_init(&reader->marks, text);
	/* Counting depends on the encoding that libyaml detects, so it is not left to detect any. */
	yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
	reader->unread = text;
	reader->piece = SIZE_MAX;
	yaml_parser_set_input(&reader->parser, give_piece, reader);
	return reader;
}

static void drop_event(struct reader *reader)
{
	if (reader->has_event)
		yaml_event_delete(&reader->event);
	reader->has_event = false;
}

void reader_free(struct reader *reader)
{
	drop_event(reader);
	yaml_parser_delete(&reader->parser);
	free(reader);
}

/* The byte of the text as it was given that byte `at` of what libyaml reads stands for. */
static size_t given_byte(const struct reader *reader, size_t at)
{
	size_t low = 0, high = reader->removed_count;

	/* The i-th missing byte stood before byte removed[i] - i of what is read. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (reader->removed[middle] - middle < at)
			low = middle + 1;
		else
			high = middle;
	}
	return at + low;
}

static size_t byte_of(struct reader *reader, yaml_mark_t mark)
{
	return given_byte(reader, marks_byte(&reader->marks, (struct mark_index){ mark.index }));
}

bool reader_refuse_directive(size_t at, struct err *err)
{
	return err_set_at(err, at, "a %%YAML or %%TAG directive, which kubectl and Helm refuse: remove that line");
}

/* The byte order mark, or the directive's line, that stands at or right before `at`; text.len if there is none. */
static size_t find_before(struct str text, size_t at, const char *what)
{
	size_t from = at;

	while (from > 0 && text.ptr[from - 1] != '\n')
		from--;
	if (str_starts_with(str_skip(text, from), what))
		return from;
	if (from == 0)
		return text.len;
	for (from--; from > 0 && text.ptr[from - 1] != '\n'; from--)
		;
	return str_starts_with(str_skip(text, from), what) ? from : text.len;
}

static bool refuse_byte_order_mark(size_t at, struct err *err)
{
	return err_set_at(err, at, "a byte order mark inside of the text: remove it");
}

/* Something is behind the end of the document: kubectl and Helm would drop it without a word, or fail. */
static bool second_document(struct reader *reader, yaml_mark_t mark, struct err *err)
{
	struct str text = reader->text;
	size_t at = byte_of(reader, mark), bom = find_before(text, at, UTF8_BOM);
	size_t directive = find_before(text, at, "%");

	if (bom < text.len)
		return refuse_byte_order_mark(bom, err);
	if (directive < text.len)
		return reader_refuse_directive(directive, err);
	return err_set_at(
		err, at,
		"more than one document or JSON value without a '---' line between them: put '---' on a line of its own before this one");
}

/* Does a document without a `---` line begin as JSON does? */
static bool is_json(struct str text)
{
	while (text.len > 0 && strchr(" \t\r\n", text.ptr[0]))
		text = str_skip(text, 1);
	return text.len > 0 && text.ptr[0] == '{';
}

/* libyaml speaks of "mapping values" and "block end"; say first what it most often means. */
static bool parser_failed(struct reader *reader, struct err *err)
{
	const yaml_parser_t *parser = &reader->parser;
	const char *problem = parser->problem ? parser->problem : "not YAML";

	switch (parser->error) {
	case YAML_MEMORY_ERROR:
		arena_out_of_memory();
	case YAML_READER_ERROR:
		if (parser->problem_value == 0x7f)
			return err_set_at(
				err, given_byte(reader, parser->problem_offset),
				"a raw DEL character (0x7f), which YAML does not allow: write it as \\u007f in double quotes");
		return err_set_at(err, given_byte(reader, parser->problem_offset), "not YAML: %s (0x%02x)", problem,
				  (unsigned)parser->problem_value);
	case YAML_SCANNER_ERROR:
	case YAML_PARSER_ERROR: {
		yaml_mark_t mark = parser->problem_mark;

		if (strstr(problem, "invalid Unicode character escape code"))
			return err_set_at(
				err, byte_of(reader, mark),
				"a \\u escape that is half of a surrogate pair, which JSON allows and YAML does not: "
				"write the character itself (or, if it is no JSON, \\U and its eight hex digits)");
		if (strstr(problem, "found unexpected ':'"))
			return err_set_at(
				err, byte_of(reader, mark),
				"not YAML: a colon in braces or brackets without a space behind it: write ': '");
		if (strstr(problem, "expected <document start>"))
			return second_document(reader, mark, err);
		if (strstr(problem, "unexpected end of stream") && parser->context)
			return err_set_at(err, byte_of(reader, parser->context_mark),
					  "not YAML: the quote that opens here is never closed");
		if (is_json(reader->text) && strstr(problem, "cannot start any token"))
			return err_set_at(err, byte_of(reader, mark),
					  "a tab in front of JSON, where YAML takes it for indentation: remove it");
		if (is_json(reader->text) && strstr(problem, "expected ',' or '}'"))
			return err_set_at(err, byte_of(reader, mark),
					  "not YAML: %s (in JSON a colon must stand on the line of its key)", problem);
		if (strstr(problem, "tab character") || strstr(problem, "cannot start any token"))
			return err_set_at(err, byte_of(reader, mark),
					  "not YAML: %s (a tab in the indentation, or text that needs quotes?)",
					  problem);
		if (strstr(problem, "mapping values are not allowed"))
			return err_set_at(err, byte_of(reader, mark),
					  "not YAML: %s (wrong indentation, or a ': ' in text that needs quotes?)",
					  problem);
		if (parser->context)
			return err_set_at(err, byte_of(reader, mark), "not YAML: %s %s", problem, parser->context);
		return err_set_at(err, byte_of(reader, mark), "not YAML: %s", problem);
	}
	case YAML_NO_ERROR:
	case YAML_COMPOSER_ERROR:
	case YAML_WRITER_ERROR:
	case YAML_EMITTER_ERROR:
		break;
	}
	return err_set_at(err, 0, "not YAML: %s", problem);
}

static bool parse_event(struct reader *reader, struct err *err)
{
	drop_event(reader);
	if (!yaml_parser_parse(&reader->parser, &reader->event))
		return parser_failed(reader, err);
	reader->has_event = true;
	return true;
}

static struct str bytes_of(const yaml_char_t *text)
{
	return str_from((const char *)text);
}

static enum node_style scalar_style(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return STYLE_SINGLE_QUOTED;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return STYLE_DOUBLE_QUOTED;
	case YAML_LITERAL_SCALAR_STYLE:
		return STYLE_LITERAL;
	case YAML_FOLDED_SCALAR_STYLE:
		return STYLE_FOLDED;
	case YAML_ANY_SCALAR_STYLE:
	case YAML_PLAIN_SCALAR_STYLE:
		break;
	}
	return STYLE_PLAIN;
}

static void set_properties(struct reader *reader, struct node *node, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (!anchor && !tag)
		return;
	reader->properties = (struct properties){ .anchor = bytes_of(anchor), .tag = bytes_of(tag) };
	node->properties = &reader->properties;
}

/* What YAML 1.1 takes for a line break and JSON for any character. */
static const struct {
	const char *bytes, *digits;
} odd_breaks[] = { { "\xc2\x85", "0085" }, { "\xe2\x80\xa8", "2028" }, { "\xe2\x80\xa9", "2029" } };

static bool starts_line(struct str text, size_t at)
{
	struct str before = { .ptr = text.ptr, .len = at };

	for (size_t i = 0; i < sizeof(odd_breaks) / sizeof(*odd_breaks); i++)
		if (str_ends_with(before, odd_breaks[i].bytes))
			return true;
	return at == 0 || text.ptr[at - 1] == '\n' || text.ptr[at - 1] == '\r';
}

/*
 * Refuses what libyaml takes for something else than kubectl does. For go-yaml a byte order mark at the start of a line is
 * nothing, for libyaml a part of the text. A stream that begins with a brace is JSON for kubectl, if it can be read so:
 * then NEL, LS and PS in a string stand for themselves; and only the first document can begin without a `---` line.
 */
static bool check_text(struct str text, struct err *err)
{
	size_t at;

	if (str_is_ascii(text))
		return true;
	for (size_t i = 0; is_json(text) && i < sizeof(odd_breaks) / sizeof(*odd_breaks); i++) {
		at = str_find_text(text, odd_breaks[i].bytes);
		if (at < text.len)
			return err_set_at(
				err, at,
				"a raw U+%s in JSON, which kubectl takes for itself and YAML readers for a line "
				"break: write it as \\u%s, or leave the object alone with --ignore",
				odd_breaks[i].digits, odd_breaks[i].digits);
	}
	for (at = str_find_text(text, UTF8_BOM); at < text.len;
	     at += 1 + str_find_text(str_skip(text, at + 1), UTF8_BOM))
		if (starts_line(text, at))
			return refuse_byte_order_mark(at, err);
	return true;
}

/* The first document's start, or the end of a text that has none. */
static bool begin(struct reader *reader, bool *empty, struct err *err)
{
	if (reader->rules == READER_STRICT && !check_text(reader->text, err))
		return false;
	if (!parse_event(reader, err)) /* the stream's start */
		return false;
	if (!parse_event(reader, err))
		return false;
	*empty = reader->event.type == YAML_STREAM_END_EVENT;
	if (reader->rules == READER_STRICT && !*empty &&
	    (reader->event.data.document_start.version_directive ||
	     reader->event.data.document_start.tag_directives.start !=
		     reader->event.data.document_start.tag_directives.end))
		return reader_refuse_directive(0, err);
	return true;
}

static bool end(struct reader *reader, struct err *err)
{
	const yaml_parser_t *parser = &reader->parser;

	drop_event(reader);
	if (!yaml_parser_parse(&reader->parser, &reader->event)) {
		/* Whether what follows is YAML does not matter: it stands behind the end of the document. */
		if (parser->error == YAML_SCANNER_ERROR || parser->error == YAML_PARSER_ERROR)
			return second_document(reader, parser->problem_mark, err);
		return parser_failed(reader, err);
	}
	reader->has_event = true;
	return reader->event.type == YAML_STREAM_END_EVENT || second_document(reader, reader->event.start_mark, err);
}

/* As go-yaml has it: `<<` without quotes, or behind a lone `!` or the tag of merge keys in whatever quotes. */
static bool is_merge_key(const struct node *node)
{
	if (node->type != NODE_SCALAR || !str_is(node->value, "<<"))
		return false;
	return (node->style == STYLE_PLAIN && node_tag(node).len == 0) || str_is(node_tag(node), "!") ||
	       str_is(node_tag(node), "tag:yaml.org,2002:merge");
}

static bool enter_node(struct reader *reader, struct event *event, struct err *err)
{
	struct level *level = &reader->levels[reader->depth];
	struct node *node = &event->node;

	event->is_key = level->is_mapping && level->at_key;
	level->at_key = !level->at_key;
	if (reader->rules == READER_STRICT && event->is_key && is_merge_key(node))
		return err_set_at(
			err, node->span.from,
			"a merge key '<<', which kubectl and other YAML readers resolve differently: write the merged entries out, or leave the object alone with --ignore");
	return true;
}

static void remember_anchor(struct reader *reader, const struct node *node, struct node **kept)
{
	*kept = NULL;
	if (node_anchor(node).len == 0)
		return;
	*kept = ARENA_NEW(reader->arena, struct node);
	(*kept)->closed = node->type == NODE_SCALAR;
	map_set(&reader->anchors, arena_dup(reader->arena, node_anchor(node)), *kept);
}

static const char no_anchor[] =
	"an alias (*...) that has no anchor before it in this document: text that begins with * needs quotes";

bool reader_lacks_anchor(const struct err *err)
{
	return strcmp(err->text, no_anchor) == 0;
}

static bool check_alias(struct reader *reader, const struct node *node, struct err *err)
{
	const struct node *target = map_get(&reader->anchors, node->value);

	if (reader->rules == READER_LENIENT)
		return true;
	/* The name of the alias is not shown: it may be a password that lacks quotes. */
	if (!target)
		return err_set_at(err, node->span.from, "%s", no_anchor);
	if (!target->closed)
		return err_set_at(err, node->span.from,
				  "an alias (*...) that stands inside the node that it refers to");
	return true;
}

static bool open_collection(struct reader *reader, struct event *event, struct err *err)
{
	event->type = EVENT_OPEN;
	event->node.open = event->node.span.to;
	event->node.column = (unsigned)reader->event.end_mark.column;
	if (reader->depth == NODE_DEPTH)
		return err_set_at(
			err, event->node.span.from,
			"nested more than %d levels deep: leave the object alone with --ignore if that is meant",
			NODE_DEPTH);
	if (!enter_node(reader, event, err))
		return false;
	reader->depth++;
	reader->levels[reader->depth] = (struct level){
		.is_mapping = event->node.type == NODE_MAPPING,
		.at_key = true,
	};
	remember_anchor(reader, &event->node, &reader->levels[reader->depth].anchored);
	return true;
}

/* In braces, libyaml takes a comma for the end of a tag, and go-yaml for a part of it. */
static bool check_tag(const struct reader *reader, const struct node *node, struct err *err)
{
	if (reader->rules == READER_LENIENT || node_tag(node).len == 0 || node->value.len > 0 ||
	    node->style != STYLE_PLAIN || node->span.to >= reader->text.len || reader->text.ptr[node->span.to] != ',')
		return true;
	return err_set_at(
		err, node->span.to,
		"a comma right behind a tag, which kubectl takes for a part of it: write a space between them");
}

bool reader_next(struct reader *reader, struct event *event, struct err *err)
{
	yaml_event_t *raw = &reader->event;
	struct node *node = &event->node;
	struct node *kept;

	if (!reader->begun) {
		bool empty;

		if (!begin(reader, &empty, err))
			return false;
		reader->begun = true;
		if (empty) {
			event->type = EVENT_DOCUMENT_END;
			return true;
		}
	}
	if (!parse_event(reader, err))
		return false;
	*event = (struct event){ .type = EVENT_NODE };
	node->span = (struct span){ byte_of(reader, raw->start_mark), byte_of(reader, raw->end_mark) };
	switch (raw->type) {
	case YAML_SCALAR_EVENT:
		node->type = NODE_SCALAR;
		node->style = scalar_style(raw->data.scalar.style);
		set_properties(reader, node, raw->data.scalar.anchor, raw->data.scalar.tag);
		node->value = (struct str){ (const char *)raw->data.scalar.value, raw->data.scalar.length };
		remember_anchor(reader, node, &kept);
		return check_tag(reader, node, err) && enter_node(reader, event, err);
	case YAML_ALIAS_EVENT:
		node->type = NODE_ALIAS;
		node->value = bytes_of(raw->data.alias.anchor);
		return check_alias(reader, node, err) && enter_node(reader, event, err);
	case YAML_MAPPING_START_EVENT:
		node->type = NODE_MAPPING;
		node->style = raw->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE ? STYLE_FLOW : STYLE_BLOCK;
		set_properties(reader, node, raw->data.mapping_start.anchor, raw->data.mapping_start.tag);
		return open_collection(reader, event, err);
	case YAML_SEQUENCE_START_EVENT:
		node->type = NODE_SEQUENCE;
		node->style = raw->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE ? STYLE_FLOW : STYLE_BLOCK;
		set_properties(reader, node, raw->data.sequence_start.anchor, raw->data.sequence_start.tag);
		return open_collection(reader, event, err);
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		event->type = EVENT_CLOSE;
		event->close = node->span.to;
		if (reader->levels[reader->depth].anchored)
			reader->levels[reader->depth].anchored->closed = true;
		reader->depth--;
		return true;
	case YAML_DOCUMENT_END_EVENT:
		event->type = EVENT_DOCUMENT_END;
		return end(reader, err);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
		break;
	}
	return err_set_at(err, node->span.from, "not YAML: an event that does not belong here");
}

const char *reader_library_version(void)
{
	return yaml_get_version_string();
}
