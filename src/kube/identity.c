/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/identity.h"

#include "kube/words.h"
#include "yaml/marks.h"
#include "yaml/scalar.h"
#include "yaml/tree.h"

#include <string.h>

struct identity identity_read(struct node *object, struct str default_namespace)
{
	struct node *metadata = node_get(object, "metadata");
	struct identity identity = {
		.api_version = scalar_get(object, "apiVersion"),
		.kind = scalar_get(object, "kind"),
		.ns = scalar_get(metadata, "namespace"),
		.name = scalar_get(metadata, "name"),
		.annotations = node_get(metadata, "annotations"),
		.labels = node_get(metadata, "labels"),
	};

	if (identity.ns.len == 0)
		identity.ns = default_namespace;
	return identity;
}

static bool read_plain(const struct stream *stream, const struct document *document, enum reader_rules rules,
		       struct str default_namespace, struct arena *arena, struct identity *identity)
{
	struct str text = str_slice(stream->text, document->metadata), version;
	struct node *root;
	struct err ignored;

	if (!document->plain || text.len == 0 || document->api_version.to == 0)
		return false;
	if (!tree_parse(text, rules, arena, &root, &ignored) || !root)
		return false;
	*identity = identity_read(root, default_namespace);
	identity->kind = document->kind;
	version = str_trim(str_skip(str_slice(stream->text, document->api_version), strlen("apiVersion:")));
	/* What YAML might read as something else than this text is left to a parser. */
	for (size_t i = 0; i < version.len; i++)
		if (!str_is_alphanumeric(version.ptr[i]) && !strchr("./-", version.ptr[i]))
			return false;
	if (version.len == 0 || str_equal_nocase(version, str_from("null")))
		return false;
	identity->api_version = version;
	return true;
}

bool identity_read_plain(const struct stream *stream, const struct document *document, struct str default_namespace,
			 struct arena *arena, struct identity *identity)
{
	return read_plain(stream, document, READER_STRICT, default_namespace, arena, identity);
}

bool identity_read_refused(const struct stream *stream, const struct document *document, struct str default_namespace,
			   struct arena *arena, struct identity *identity)
{
	struct node *root;
	struct err ignored;

	/* Nothing behind directives in one chunk is YAML, and libyaml takes seconds for many of them. */
	if (stream_begins_with_directive(stream, document))
		return false;
	if (read_plain(stream, document, READER_LENIENT, default_namespace, arena, identity))
		return true;
	if (!tree_parse(stream_text(stream, document), READER_LENIENT, arena, &root, &ignored) || !root)
		return false;
	*identity = identity_read(root, default_namespace);
	return true;
}

bool identity_is_hook(const struct identity *identity)
{
	return node_get(identity->annotations, "helm.sh/hook") != NULL;
}

bool identity_asks_ignored(const struct identity *identity)
{
	return words_is_true(identity->annotations, WORDS_IGNORE);
}
