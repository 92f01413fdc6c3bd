/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stream: the documents tile the text, and what the lines of a plain document tell is what a parser makes of it.
 *
 * That is the proof that documents may be skipped: one is skipped if it is plain and its kind can't matter, and then a
 * full parse must fail or give one document whose last `kind` can't matter. The first byte of the input says whether
 * the rest is text, or choices for a grammar of lines that knows where the rule has its edges.
 */
#include "check.h"
#include "grammar.h"

#include "base/utf8.h"
#include "kube/kinds.h"
#include "kube/manifest.h"
#include "yaml/scalar.h"
#include "yaml/stream.h"
#include "yaml/tree.h"

static void check_tiles(const struct stream *stream, struct str text)
{
	size_t at = 0, line = 1;

	CHECK((stream->count == 0) == (text.len == 0));
	for (size_t i = 0; i < stream->count; i++) {
		const struct document *document = &stream->documents[i];

		CHECK(document->text.from == at && document->text.to > at);
		CHECK(document->body >= document->text.from && document->body <= document->text.to);
		CHECK(i == 0 || str_starts_with(stream_text(stream, document), "---"));
		for (; at < document->body; at++)
			line += text.ptr[at] == '\n';
		CHECK(stream_line(stream, document->body) == line);
		for (; at < document->text.to; at++)
			line += text.ptr[at] == '\n';
	}
	CHECK(at == text.len);
}

static void check_fields(const struct stream *stream, const struct document *document)
{
	struct span metadata = document->metadata, version = document->api_version;

	if (!document->plain) {
		CHECK(document->kind.len == 0 && metadata.to == 0 && version.to == 0);
		return;
	}
	CHECK(document->has_content && document->kind.len > 0);
	CHECK(metadata.from <= metadata.to && metadata.to <= document->text.to);
	CHECK(version.from <= version.to && version.to <= document->text.to);
	if (metadata.to > 0)
		CHECK(str_starts_with(str_slice(stream->text, metadata), "metadata:"));
	if (version.to > 0)
		CHECK(str_starts_with(str_slice(stream->text, version), "apiVersion:"));
}

/* A plain document's `kind` is what its line says; if a parser sees none, that line was text. */
static void check_kind(const struct document *document, struct node *root, struct str text)
{
	struct arena arena;
	struct kinds kinds;
	struct str kind;

	CHECK_OF(node_is_mapping(root), text);
	kind = scalar_get(root, "kind");
	arena_init(&arena);
	kinds_init(&kinds, &arena);
	if (!kinds_matters(&kinds, document->kind))
		CHECK_OF(!kinds_matters(&kinds, kind), text);
	arena_release(&arena);
}

/* What was read of the lines of `metadata` and `apiVersion` alone is what a full parse finds, where it finds them. */
static void check_identity(const struct stream *stream, const struct document *document, struct node *root,
			   struct arena *arena)
{
	struct str text = stream_text(stream, document), none = { 0 };
	struct identity quick, full;

	if (!identity_read_plain(stream, document, none, arena, &quick))
		return;
	full = identity_read(root, none);
	if (node_find(root, str_from("metadata"))) {
		CHECK_OF(str_equal(quick.name, full.name), text);
		CHECK_OF(str_equal(quick.ns, full.ns), text);
	}
	if (node_find(root, str_from("apiVersion")))
		CHECK_OF(str_equal(quick.api_version, full.api_version), text);
	if (node_find(root, str_from("kind")))
		CHECK_OF(str_equal(quick.kind, full.kind), text);
}

static void check_document(const struct stream *stream, const struct document *document)
{
	struct arena arena;
	struct node *root = NULL;
	struct err err;
	struct str text;

	check_fields(stream, document);
	if (!document->plain)
		return;
	arena_init(&arena);
	text = check_copy(&arena, stream_text(stream, document));
	/* Leniently: what only we refuse is not refused by whoever reads a document that was skipped. */
	if (tree_parse(text, READER_LENIENT, &arena, &root, &err)) {
		check_kind(document, root, text);
		check_identity(stream, document, root, &arena);
	} else {
		check_message(&err);
	}
	arena_release(&arena);
}

static void check_stream(struct str text)
{
	struct utf8_facts facts;
	struct stream stream;
	struct arena arena;
	struct err err;

	if (!utf8_check(text, &facts, &err)) {
		CHECK(err.at < text.len);
		check_message(&err);
		return;
	}
	arena_init(&arena);
	stream_split(&stream, str_from("input"), text, facts, &arena);
	check_tiles(&stream, text);
	for (size_t i = 0; i < stream.count; i++)
		check_document(&stream, &stream.documents[i]);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct choices choices = { data, size };
	bool made = choice_byte(&choices) & 1;
	struct buf text = { 0 };
	struct arena arena;

	if (made)
		grammar_stream(&choices, &text);
	else
		buf_add(&text, choice_rest(&choices));
	arena_init(&arena);
	check_stream(check_copy(&arena, buf_str(&text)));
	arena_release(&arena);
	buf_release(&text);
	return 0;
}
