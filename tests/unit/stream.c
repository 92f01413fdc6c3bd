/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/stream.h"

#include "unit.h"

#include <string.h>

/* What a document is if nothing else is asked: its kind if it is plain, else "not plain". */
static const struct {
	const char *text, *kind;
} plain_rows[] = {
	{ "kind: ConfigMap\n", "ConfigMap" },
	{ "---\nkind: ConfigMap\n", "ConfigMap" },
	{ "--- \t\nkind: A\n", "A" },
	{ "--- # a comment\nkind: A\n", "A" },
	{ "---\t# a comment\nkind: A\n", "A" },
	{ "--- {}\nkind: A\n", "not plain" },
	{ "--- |\nkind: A\n", "not plain" },
	{ "--- !tag\nkind: A\n", "not plain" },
	{ "--- \"\nkind: A\nx: \"\n", "not plain" },
	/* Line breaks that libyaml knows and we don't. */
	{ "kind: A\r\nx: y\r\n", "A" },
	{ "kind: A\r\nx: y\n", "A" },
	{ "kind: A\nx: y\rz: a\n", "not plain" },
	{ "kind: A\nx: y\r", "not plain" },
	{ "kind: A\nx: y\r\r\n", "not plain" },
	{ "kind: A\nx: a\xc2\x85z: a\n", "not plain" },
	{ "kind: A\nx: a\xe2\x80\xa8z: a\n", "not plain" },
	{ "kind: A\nx: a\xe2\x80\xa9z: a\n", "not plain" },
	{ "kind: A\nx: \xc3\xa4\xe2\x82\xac\n", "A" },
	/* The first line of content. */
	{ "\n\n# c\n  # c\n\t# c\nkind: A\n", "A" },
	{ " kind: A\n", "not plain" },
	{ "  x: y\nkind: A\n", "not plain" },
	{ "\tx: y\nkind: A\n", "not plain" },
	{ "# c\n x\nkind: A\n", "not plain" },
	/* Lines at column 0. */
	{ "apiVersion: v1\nkind: A\nmetadata:\n  name: x\n", "A" },
	{ "kind: A\na_b-C9: x\n", "A" },
	{ "kind: A\n9a: x\n", "not plain" },
	{ "kind: A\n_a: x\n", "not plain" },
	{ "kind: A\n\"x\": y\n", "not plain" },
	{ "kind: A\n'x': y\n", "not plain" },
	{ "kind: A\n? x\n: y\n", "not plain" },
	{ "kind: A\n&a x: y\n", "not plain" },
	{ "kind: A\n*a : y\n", "not plain" },
	{ "kind: A\n<<: y\n", "not plain" },
	{ "kind: A\nx:y\n", "not plain" },
	{ "kind: A\nx:\ty\n", "not plain" },
	{ "kind: A\nx : y\n", "not plain" },
	{ "kind: A\nx\n", "not plain" },
	{ "kind: A\na.b: y\n", "not plain" },
	{ "kind: A\n\xc3\xa4: y\n", "not plain" },
	{ "kind: A\n...\n", "not plain" },
	{ "kind: A\n{}\n", "not plain" },
	{ "kind: A\n}\n", "not plain" },
	{ "kind: A\n\tx: y\n", "not plain" },
	{ "x: y\n \tz\nkind: A\n", "A" },
	{ "kind: A\n#x\n", "A" },
	{ "kind: A\nx:\n- a\n-\n- b: c\n", "A" },
	{ "- a\nkind: A\n", "not plain" },
	{ "kind: A\nx:\n-a\n", "not plain" },
	{ "kind: A\nx:\n-\ta\n", "not plain" },
	{ "kind: A\nx:\n--\n", "not plain" },
	{ "kind: A\nx: |\n  ---\n  kind: B\n", "A" },
	/* Directives change tags only. */
	{ "%YAML 1.1\n---\nkind: A\n", "A" },
	{ "%TAG ! x\nkind: A\n", "not plain" },
	/* Exactly one kind of one word. */
	{ "x: y\n", "not plain" },
	{ "kind: A\nkind: B\n", "not plain" },
	{ "kind: A\nkind: A\n", "not plain" },
	{ "kind:\n", "not plain" },
	{ "kind: \n", "not plain" },
	{ "kind:\n  A\n", "not plain" },
	{ "kind:   A  \n", "A" },
	{ "kind: A # c\n", "not plain" },
	{ "kind: A#c\n", "not plain" },
	{ "kind: \"A\"\n", "not plain" },
	{ "kind: 'A'\n", "not plain" },
	{ "kind: |\n  A\n", "not plain" },
	{ "kind: &a A\n", "not plain" },
	{ "kind: *a\n", "not plain" },
	{ "kind: !!str A\n", "not plain" },
	{ "kind: A B\n", "not plain" },
	{ "kind: A-B\n", "not plain" },
	{ "kind: A9\n", "A9" },
	{ "kinds: A\n", "not plain" },
	/* The word goes on. */
	{ "kind: Deployment\n  List\n", "not plain" },
	{ "kind: A\n\n# c\n B\n", "not plain" },
	{ "kind: A\n  # c\nx: y\n", "A" },
	{ "kind: A\nx:\n  y: z\n", "A" },
	{ "apiVersion:\n  v1\nkind: A\n", "not plain" },
	{ "x:\n  kind: B\nkind: A\n", "A" },
	/* One that hides a Deployment, from the contract. */
	{ "\"kind\": Deployment\nx: \"\nkind: CustomResourceDefinition\n \"\n", "not plain" },
	{ "kind: A", "A" },
	{ "\n", "not plain" },
	{ "# c\n", "not plain" },
};

static void a_document_is_plain_under_narrow_conditions_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(plain_rows); i++) {
		struct stream *stream = unit_stream(str_from(plain_rows[i].text));
		const struct document *last;

		assert_true(stream->count > 0);
		last = &stream->documents[stream->count - 1];
		assert_row(last->plain ? last->kind : S("not plain"), plain_rows[i].kind, plain_rows[i].text);
		assert_for(last->plain || last->kind.len == 0, plain_rows[i].text);
	}
}

/* Documents of `text`, each in brackets. */
static struct str bracketed(struct str text)
{
	struct stream *stream = unit_stream(text);
	struct str *pieces = arena_array(&unit_arena, 3 * stream->count + 1, sizeof(*pieces));
	size_t n = 0, at = 0;

	for (size_t i = 0; i < stream->count; i++) {
		/* They follow each other without a gap. */
		assert_int_equal(stream->documents[i].text.from, at);
		at = stream->documents[i].text.to;
		pieces[n++] = S("[");
		pieces[n++] = stream_text(stream, &stream->documents[i]);
		pieces[n++] = S("]");
	}
	assert_int_equal(at, text.len);
	return unit_join(pieces, n);
}

static void a_separator_at_column_0_ends_a_document_wherever_it_stands(void **state)
{
	static const struct {
		const char *text, *documents;
	} rows[] = {
		{ "", "" },
		{ "a", "[a]" },
		{ "---", "[---]" },
		{ "---\n", "[---\n]" },
		{ "a\n---\nb\n", "[a\n][---\nb\n]" },
		{ "a\n---", "[a\n][---]" },
		{ "a\n--- \nb\n---\tc\n", "[a\n][--- \nb\n][---\tc\n]" },
		/* Those that say nothing are one. */
		{ "---\n---\n", "[---\n---\n]" },
		{ "---\n# c\n---\n\n---\nb\n---\n---", "[---\n# c\n---\n\n][---\nb\n][---\n---]" },
		{ "a\r\n---\r\nb\r\n", "[a\r\n][---\r\nb\r\n]" },
		{ "a\n----\n", "[a\n----\n]" },
		{ "a\n---b\n", "[a\n---b\n]" },
		{ "a\n ---\nb\n", "[a\n ---\nb\n]" },
		{ "a: \"\n---\n\"\n", "[a: \"\n][---\n\"\n]" },
		{ "a: |\n---\n", "[a: |\n][---\n]" },
		{ "a\r---\rb", "[a\r---\rb]" },
		{ "a\n...\nb\n", "[a\n...\nb\n]" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_row(bracketed(str_from(rows[i].text)), rows[i].documents, rows[i].text);
}

static void lines_are_counted_from_the_one_behind_the_separator(void **state)
{
	struct stream *stream = unit_stream(S("a\nb\n---\nc\n---\n---\nd"));
	static const size_t bodies[] = { 0, 8, 14, 18 }, lines[] = { 1, 4, 6, 7 };

	(void)state;
	assert_int_equal(stream->count, 4);
	for (size_t i = 0; i < stream->count; i++) {
		assert_int_equal(stream->documents[i].body, bodies[i]);
		assert_int_equal(stream_line(stream, stream->documents[i].body), lines[i]);
	}
}

static void documents_are_numbered_as_people_count_them(void **state)
{
	struct stream *stream = unit_stream(S("a\n---\n---\n---\n---\nb\n---\nc\n"));
	struct buf many = { 0 };

	(void)state;
	assert_int_equal(stream->count, 4);
	assert_int_equal(stream->documents[1].number, 2);
	assert_int_equal(stream->documents[2].number, 5);
	assert_int_equal(stream->documents[3].number, 6);
	for (size_t i = 0; i < 5000; i++)
		buf_add_cstring(&many, i % 3 == 0 ? "---\n" : "--- a\n");
	stream = unit_stream(arena_dup(&unit_arena, buf_str(&many)));
	buf_release(&many);
	assert_int_equal(stream->count, 5000);
	assert_int_equal(stream->documents[4999].number, 5000);
}

/* Room is made for as many as those before let expect. */
static void documents_come_in_any_number_and_length(void **state)
{
	static const struct {
		size_t count, length;
	} rows[][2] = {
		{ { 70, 5000 }, { 3000, 0 } },
		{ { 3000, 0 }, { 70, 5000 } },
		{ { 64, 0 }, { 1, 0 } },
		{ { 65, 0 }, { 500, 300 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf text = { 0 };
		struct stream *stream;
		size_t count = 0;

		for (size_t part = 0; part < 2; part++)
			for (size_t k = 0; k < rows[i][part].count; k++, count++) {
				buf_printf(&text, "---\na: %zu\n", count);
				buf_add_repeated(&text, '#', rows[i][part].length);
				buf_add_char(&text, '\n');
			}
		stream = unit_stream(arena_dup(&unit_arena, buf_str(&text)));
		assert_int_equal(stream->count, count);
		for (size_t k = 0; k < count; k++) {
			assert_int_equal(stream->documents[k].number, k + 1);
			assert_int_equal(stream->documents[k].text.from, k > 0 ? stream->documents[k - 1].text.to : 0);
		}
		assert_int_equal(stream->documents[count - 1].text.to, text.len);
		buf_release(&text);
	}
}

static void the_source_stands_before_the_content(void **state)
{
	static const struct {
		const char *text, *source;
	} rows[] = {
		{ "---\n# Source: chart/templates/a.yaml\nkind: A\n", "chart/templates/a.yaml" },
		{ "---\n# Source: a b.yaml \r\nkind: A\n", "a b.yaml" },
		{ "---\n# c\n\n# Source: first\n# Source: second\nkind: A\n", "first" },
		{ "---\nkind: A\n# Source: late\n", "" },
		{ "---\n#Source: tight\nkind: A\n", "" },
		{ "---\nkind: A\nx: |\n  # Source: text\n", "" },
		{ "--- # Source: beside\nkind: A\n", "" },
		{ "--- {}\n# Source: late\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_row(unit_stream(str_from(rows[i].text))->documents[0].source, rows[i].source, rows[i].text);
}

static void comments_and_blank_lines_are_no_content(void **state)
{
	static const struct {
		const char *text;
		bool has_content;
	} rows[] = {
		{ "---\n", false },     { "\n \n\t\n# c\n  # c\n", false },
		{ "--- # c\n", false }, { "a", true },
		{ "--- a\n", true },    { "---\n  a\n", true },
		{ "...\n", true },      { "{}\n", true },
		{ "\r\n\r\n", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(unit_stream(str_from(rows[i].text))->documents[0].has_content == rows[i].has_content,
			   rows[i].text);
}

static void directives_belong_to_the_document_behind_them(void **state)
{
	struct stream *stream = unit_stream(S("%YAML 1.1\n# c\n\n---\na: b\n---\nc: d\n"));

	(void)state;
	assert_int_equal(stream->count, 3);
	assert_false(stream->documents[0].has_content);
	assert_true(stream->documents[1].has_directives);
	assert_false(stream->documents[2].has_directives);
	/* No directive: it stands behind content, in text, or not at column 0. */
	stream = unit_stream(S("a: |\n  %b\n%c\n---\n %d: e\n"));
	assert_false(stream->documents[0].has_directives);
	assert_false(stream->documents[1].has_directives);
	/* One without its separator is a document with one. */
	stream = unit_stream(S("%TAG ! x\na: b\n---\nc: d\n"));
	assert_true(stream->documents[0].has_directives);
	assert_true(stream->documents[0].has_content);
	assert_false(stream->documents[1].has_directives);
}

static void a_secret_that_helm_blanked_is_seen(void **state)
{
#define HIDDEN "# HIDDEN: The Secret output has been suppressed\n"
	(void)state;
	assert_true(unit_stream(S("---\n# Source: a/b.yaml\n" HIDDEN))->documents[0].helm_hidden);
	assert_false(unit_stream(S("---\n# HIDDEN: something\n"))->documents[0].helm_hidden);
	assert_false(unit_stream(S("---\nkind: A\nx: |\n  " HIDDEN))->documents[0].helm_hidden);
	assert_false(unit_stream(S(HIDDEN "---\n"))->documents[1].helm_hidden);
}

static struct str api_version(const struct stream *stream)
{
	return str_slice(stream->text, stream->documents[0].api_version);
}

static struct str metadata(const struct stream *stream)
{
	return str_slice(stream->text, stream->documents[0].metadata);
}

static void a_plain_document_tells_where_its_metadata_is(void **state)
{
	struct stream *stream;

	(void)state;
	stream = unit_stream(
		S("apiVersion: v1\r\nkind: A\nmetadata:\n  name: x\n# c\n\n  y: z\ndata:\n  metadata: q\n"));
	assert_str(api_version(stream), "apiVersion: v1");
	assert_str(metadata(stream), "metadata:\n  name: x\n# c\n\n  y: z\n");
	stream = unit_stream(S("kind: A\nmetadata: {name: x}\n"));
	assert_str(api_version(stream), "");
	assert_str(metadata(stream), "metadata: {name: x}\n");
	stream = unit_stream(S("kind: A\nmetadata:\n  name: x"));
	assert_str(metadata(stream), "metadata:\n  name: x");
	/* Twice is once too often to know. */
	stream = unit_stream(S("kind: A\nmetadata: {}\napiVersion: v1\nmetadata: {}\napiVersion: v1\n"));
	assert_true(stream->documents[0].plain);
	assert_str(api_version(stream), "");
	assert_str(metadata(stream), "");
	/* Nor is anything known of one that is not plain. */
	stream = unit_stream(S("apiVersion: v1\nkind: \"A\"\nmetadata: {}\n"));
	assert_str(api_version(stream), "");
	assert_str(metadata(stream), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_document_is_plain_under_narrow_conditions_only),
		TEST(a_separator_at_column_0_ends_a_document_wherever_it_stands),
		TEST(lines_are_counted_from_the_one_behind_the_separator),
		TEST(documents_are_numbered_as_people_count_them),
		TEST(documents_come_in_any_number_and_length),
		TEST(the_source_stands_before_the_content),
		TEST(comments_and_blank_lines_are_no_content),
		TEST(directives_belong_to_the_document_behind_them),
		TEST(a_secret_that_helm_blanked_is_seen),
		TEST(a_plain_document_tells_where_its_metadata_is),
	};

	return unit_run(tests);
}
