/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/identity.h"
#include "kube/place.h"

#include "unit.h"

static void an_identity_is_read_from_the_tree(void **state)
{
	struct identity identity = identity_read(
		unit_parse(S("apiVersion: v1\nkind: &k Secret\nmetadata:\n  name: a\n  namespace: n\n  annotations:\n"
			     "    helm.sh/hook: pre-install\n    rollstamp.io/ignore: \"true\"\n")),
		S("default"));

	(void)state;
	assert_str(identity.api_version, "v1");
	assert_str(identity.kind, "Secret");
	assert_str(identity.ns, "n");
	assert_str(identity.name, "a");
	assert_true(identity_is_hook(&identity));
	assert_true(identity_asks_ignored(&identity));
}

static void the_default_namespace_stands_in_for_none(void **state)
{
	(void)state;
	assert_str(identity_read(unit_parse(S("metadata: {name: a}")), S("d")).ns, "d");
	assert_str(identity_read(unit_parse(S("metadata: {name: a, namespace: }")), S("d")).ns, "d");
	assert_str(identity_read(unit_parse(S("metadata: {name: a, namespace: ''}")), S("d")).ns, "d");
	assert_str(identity_read(unit_parse(S("metadata: {name: a}")), (struct str){ 0 }).ns, "");
}

static void anything_has_an_identity(void **state)
{
	static const char *const texts[] = { "text", "[]", "{}", "metadata: text", "metadata: [name]", "kind: {a: b}" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct identity identity = identity_read(unit_parse(str_from(texts[i])), (struct str){ 0 });

		assert_row(identity.kind, "", texts[i]);
		assert_row(identity.name, "", texts[i]);
		assert_for(!identity_is_hook(&identity), texts[i]);
	}
}

static void only_the_string_true_asks_to_be_ignored(void **state)
{
	static const struct {
		const char *text;
		bool asks;
	} rows[] = {
		{ "metadata: {annotations: {rollstamp.io/ignore: 'true'}}", true },
		{ "metadata: {annotations: {rollstamp.io/ignore: 'false'}}", false },
		{ "metadata: {annotations: {rollstamp.io/ignore: }}", false },
		{ "metadata: {labels: {rollstamp.io/ignore: 'true'}}", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct identity identity = identity_read(unit_parse(str_from(rows[i].text)), (struct str){ 0 });

		assert_for(identity_asks_ignored(&identity) == rows[i].asks, rows[i].text);
	}
}

static bool read_plain(const char *text, struct identity *identity)
{
	struct stream *stream = unit_stream(str_from(text));

	return identity_read_plain(stream, &stream->documents[0], S("d"), &unit_arena, identity);
}

static void a_plain_document_tells_without_being_parsed(void **state)
{
	struct identity identity;

	(void)state;
	assert_true(read_plain("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata: [broken\n", &identity));
	assert_str(identity.api_version, "v1");
	assert_str(identity.kind, "ConfigMap");
	assert_str(identity.ns, "d");
	assert_str(identity.name, "a");
}

static void what_its_lines_do_not_tell_must_be_parsed(void **state)
{
	static const char *const texts[] = {
		"kind: ConfigMap\nmetadata:\n  name: a\n",
		"apiVersion: v1\nkind: ConfigMap\n",
		"apiVersion: \"v1\"\nkind: ConfigMap\nmetadata:\n  name: a\n",
		"apiVersion: v1 # c\nkind: ConfigMap\nmetadata:\n  name: a\n",
		"apiVersion: *v\nkind: ConfigMap\nmetadata:\n  name: a\n",
		"apiVersion:\n  v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
		"apiVersion: v1\n  v2\nkind: ConfigMap\nmetadata:\n  name: a\n",
		"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: *a\n",
		"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \"a\nb: \"\n",
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a,\nb: c}\n",
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {}\nmetadata: {}\n",
		"apiVersion: v1\nkind: \"ConfigMap\"\nmetadata: {}\n",
	};
	struct identity identity;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_for(!read_plain(texts[i], &identity), texts[i]);
}

static void a_refused_document_still_tells_its_name(void **state)
{
	static const char *const texts[] = {
		"apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata: [broken\n",
		"apiVersion: v1\nkind: Secret\nmetadata:\n  <<: *x\n  name: a\n",
		"%YAML 1.1\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n",
		"{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": \"a\", \"b\": *x}}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct stream *stream = unit_stream(str_from(texts[i]));
		struct identity identity = { .name = { 0 } };

		assert_for(identity_read_refused(stream, &stream->documents[stream->count - 1], S(""), &unit_arena,
						 &identity),
			   texts[i]);
		assert_row(identity.name, "a", texts[i]);
		assert_row(identity.kind, "Secret", texts[i]);
	}
}

static void a_place_knows_both_lines(void **state)
{
	struct stream *stream = unit_stream(S("a: b\n---\n# Source: c/d.yaml\nkind: X\ne: f\n"));
	const struct document *document = &stream->documents[1];
	struct place place = place_of(stream, document, NULL, 31);

	(void)state;
	assert_str(place.source, "c/d.yaml");
	assert_int_equal(place_document_line(&place), 3);
	assert_int_equal(place_line(&place), 5);
	place.at = 0;
	assert_int_equal(place_document_line(&place), 1);
	assert_int_equal(place_line(&place), 2);
	place = place_of(stream, &stream->documents[0], NULL, 0);
	assert_int_equal(place_line(&place), 1);
	assert_int_equal(place_document_line(&place), 1);
}

static void helm_4_names_the_source_in_an_annotation(void **state)
{
	struct stream *stream = unit_stream(S("metadata:\n  annotations:\n"
					      "    postrenderer.helm.sh/postrender-filename: c/d.yaml\n"));
	struct identity identity = identity_read(unit_parse(stream->text), (struct str){ 0 });

	(void)state;
	assert_str(place_of(stream, &stream->documents[0], &identity, 0).source, "c/d.yaml");
	assert_str(place_of(stream, &stream->documents[0], NULL, 0).source, "");
}

static void a_message_names_object_file_and_lines(void **state)
{
	struct stream *stream = unit_stream(
		S("a: b\n---\n# Source: c/d.yaml\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s\ndata: x\n"));
	struct err err;

	(void)state;
	err_set_at(&err, 70, "wrong");
	assert_false(place_explain(place_of(stream, &stream->documents[1], NULL, 0), (struct str){ 0 },
				   (struct str){ 0 }, &err));
	assert_string_equal(err.text, "Secret s (c/d.yaml, line 5 of the rendered document, input line 7): wrong");
	assert_true(err.at == ERR_NOWHERE);
	err_set_at(&err, 0, "wrong");
	place_explain(place_of(stream, &stream->documents[0], NULL, 0), (struct str){ 0 }, (struct str){ 0 }, &err);
	assert_string_equal(err.text, "document 1 (line 1 of rendered document 1, input line 1): wrong");
	err_set(&err, "wrong");
	place_explain(place_of(stream, &stream->documents[0], NULL, 0), S("Kind"), S("name"), &err);
	assert_string_equal(err.text, "Kind name (line 1 of rendered document 1, input line 1): wrong");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_identity_is_read_from_the_tree),
		TEST(the_default_namespace_stands_in_for_none),
		TEST(anything_has_an_identity),
		TEST(only_the_string_true_asks_to_be_ignored),
		TEST(a_plain_document_tells_without_being_parsed),
		TEST(what_its_lines_do_not_tell_must_be_parsed),
		TEST(a_refused_document_still_tells_its_name),
		TEST(a_place_knows_both_lines),
		TEST(helm_4_names_the_source_in_an_annotation),
		TEST(a_message_names_object_file_and_lines),
	};

	return unit_run(tests);
}
