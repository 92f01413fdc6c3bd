/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/place.h"

#include "base/lines.h"
#include "yaml/reader.h"
#include "yaml/scalar.h"

struct place place_of(const struct stream *stream, const struct document *document, const struct identity *identity,
		      size_t at)
{
	struct place place = { .stream = stream, .document = document, .source = document->source, .at = at };

	if (place.source.len == 0 && identity)
		place.source = scalar_get(identity->annotations, IDENTITY_HELM4_FILENAME);
	return place;
}

/* The line of the input at which the document's body begins. */
static size_t first_line(const struct place *place)
{
	return stream_line(place->stream, place->document->body);
}

static bool is_before_body(const struct place *place)
{
	return place->document->text.from + place->at < place->document->body;
}

size_t place_document_line(const struct place *place)
{
	return is_before_body(place) ? 1 : place_line(place) - first_line(place) + 1;
}

int place_compare(const struct place *a, const struct place *b)
{
	if (a->stream != b->stream)
		return a->stream < b->stream ? -1 : 1;
	if (a->document != b->document)
		return a->document < b->document ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

size_t place_line(const struct place *place)
{
	return stream_line(place->stream, place->document->text.from + place->at);
}

/* "Deployment web", "Deployment", or nothing, as far as it is known. */
static struct str describe(struct arena *arena, struct str kind, struct str name)
{
	/* No name is longer, and the place behind it must not be cut off. */
	if (name.len > 253)
		name.len = 253;
	if (kind.len > 253)
		kind.len = 253;
	if (kind.len > 0 && name.len > 0)
		return arena_printf(arena, "%.*s %.*s", STR_ARG(kind), STR_ARG(name));
	return kind;
}

/*
 * Helm 4 takes the items of a List apart before a post-renderer sees them, and leaves the anchor with the first one
 * (helm/helm, issue 32203). The chart is right then.
 */
static void blame_helm4(const struct identity *identity, struct err *err)
{
	size_t at = err->at;

	if (!reader_lacks_anchor(err) || scalar_get(identity->annotations, IDENTITY_HELM4_FILENAME).len == 0)
		return;
	err_set_at(err, at,
		   "an alias (*...) whose anchor Helm 4 has left in another object: it takes the items of a List apart "
		   "before a post-renderer gets them (helm/helm issue 32203). The chart is not wrong: write the alias "
		   "out in it, or use Helm 3, or a pipe: helm template ... | rollstamp");
}

bool place_explain(struct place place, struct str kind, struct str name, struct err *err)
{
	size_t number = place.document->number;
	struct arena arena = { 0 };
	struct identity identity;
	struct str who;

	if (err->at != ERR_NOWHERE)
		place.at = err->at;
	if ((kind.len == 0 || name.len == 0 || place.source.len == 0 || reader_lacks_anchor(err)) &&
	    identity_read_refused(place.stream, place.document, (struct str){ 0 }, &arena, &identity)) {
		kind = kind.len > 0 ? kind : identity.kind;
		name = name.len > 0 ? name : identity.name;
		place.source = place_of(place.stream, place.document, &identity, 0).source;
		blame_helm4(&identity, err);
	}
	who = describe(&arena, kind.len > 0 ? kind : place.document->kind, name);
	if (who.len == 0)
		who = arena_printf(&arena, "document %zu", number);
	if (place.source.len > 0)
		err_prefix(err, "%.*s (%.*s, line %zu of the rendered document, %.*s line %zu)", STR_ARG(who),
			   STR_ARG(place.source), place_document_line(&place), STR_ARG(place.stream->name),
			   place_line(&place));
	else
		err_prefix(err, "%.*s (line %zu of rendered document %zu, %.*s line %zu)", STR_ARG(who),
			   place_document_line(&place), number, STR_ARG(place.stream->name), place_line(&place));
	err->at = ERR_NOWHERE;
	arena_release(&arena);
	return false;
}
