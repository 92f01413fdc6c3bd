/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/reader.h"
#include "yaml/tree.h"

#include "unit.h"

#include <assert.h>
#include <string.h>

/*
 * A tree as text: every node with its style (p ' " | > for scalars, then the value), its span, and for collections
 * the offset of `open` and the column.
 */
static void dump(struct buf *out, const struct node *node)
{
	static const char styles[] = "p'\"|>bf";

	if (node_anchor(node).len > 0)
		buf_printf(out, "&%.*s ", STR_ARG(node_anchor(node)));
	if (node_tag(node).len > 0)
		buf_printf(out, "!(%.*s) ", STR_ARG(node_tag(node)));
	if (node->type == NODE_ALIAS || node->type == NODE_SCALAR)
		buf_add_char(out, node->type == NODE_ALIAS ? '*' : styles[node->style]);
	else
		buf_printf(out, "%c%c", node->type == NODE_MAPPING ? 'M' : 'S', styles[node->style]);
	buf_add(out, node->value);
	buf_printf(out, "[%zu,%zu", node->span.from, node->span.to);
	if (node->type == NODE_MAPPING || node->type == NODE_SEQUENCE)
		buf_printf(out, ";%zu@%u", node->open, node->column);
	buf_add_char(out, ']');
	if (!node_child(node))
		return;
	buf_add_char(out, '(');
	for (const struct node *child = node_child(node); child; child = child->next) {
		if (child != node_child(node))
			buf_add_char(out, ' ');
		dump(out, child);
	}
	buf_add_char(out, ')');
}

static struct str dumped(const struct node *node)
{
	struct buf out = { 0 };
	struct str copy;

	if (node)
		dump(&out, node);
	copy = arena_dup(&unit_arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

static const struct {
	const char *text, *tree;
} trees[] = {
	{ "", "" },
	{ "# c\n\n", "" },
	{ "# c\n---\n", "p[8,8]" },
	/* Scalars. */
	{ "abc", "pabc[0,3]" },
	{ "--- abc # c\n", "pabc[4,7]" },
	{ "'a''b'", "'a'b[0,6]" },
	{ "\"a\\tb\"", "\"a\tb[0,6]" },
	{ "a\n b\n", "pa b[0,4]" },
	{ "k: |\n  a\n  b\n", "Mb[0,13;0@0](pk[0,1] |a\nb\n[3,13])" },
	{ "k: >-\n  a\n  b\n", "Mb[0,14;0@0](pk[0,1] >a b[3,14])" },
	/* Anchor and tag belong to the span. */
	{ "&a x", "&a px[0,4]" },
	{ "!!str x", "!(tag:yaml.org,2002:str) px[0,7]" },
	{ "k: &a !!int '1'", "Mb[0,15;0@0](pk[0,1] &a !(tag:yaml.org,2002:int) '1[3,15])" },
	/* Block mappings open before their first key, behind what belongs to the mapping. */
	{ "a: b\nc: d\n", "Mb[0,9;0@0](pa[0,1] pb[3,4] pc[5,6] pd[8,9])" },
	{ "a:\n  b: c\n\n# c\nd: e\n", "Mb[0,19;0@0](pa[0,1] Mb[5,9;5@2](pb[5,6] pc[8,9]) pd[15,16] pe[18,19])" },
	{ "--- # c\n&a\nb: c\n", "&a Mb[8,15;11@0](pb[11,12] pc[14,15])" },
	{ "x: !!map\n  b: c\n", "Mb[0,15;0@0](px[0,1] !(tag:yaml.org,2002:map) Mb[3,15;11@2](pb[11,12] pc[14,15]))" },
	{ "? a\n: b\n", "Mb[0,7;0@0](pa[2,3] pb[6,7])" },
	/* Empty values have no width: behind the colon, or at the next token. */
	{ "a:\nb:   # c\n", "Mb[0,5;0@0](pa[0,1] p[2,2] pb[3,4] p[5,5])" },
	{ "? a\nb: c\n", "Mb[0,8;0@0](pa[2,3] p[4,4] pb[4,5] pc[7,8])" },
	{ "{a}", "Mf[0,3;1@1](pa[1,2] p[2,2])" },
	{ "- \n- a", "Sb[0,6;0@0](p[1,1] pa[5,6])" },
	/* Block sequences open before their first dash; behind it, when they are not indented. */
	{ "- a\n- b\n", "Sb[0,7;0@0](pa[2,3] pb[6,7])" },
	{ "k:\n  - a\n", "Mb[0,8;0@0](pk[0,1] Sb[5,8;5@2](pa[7,8]))" },
	{ "k:\n- a\n- b\nl: c\n", "Mb[0,15;0@0](pk[0,1] Sb[3,10;4@1](pa[5,6] pb[9,10]) pl[11,12] pc[14,15])" },
	{ "- a: b\n  c: d\n", "Sb[0,13;0@0](Mb[2,13;2@2](pa[2,3] pb[5,6] pc[9,10] pd[12,13]))" },
	{ "- - a\n", "Sb[0,5;0@0](Sb[2,5;2@2](pa[4,5]))" },
	/* Flow collections open behind their bracket and end with it. */
	{ "{}", "Mf[0,2;1@1]" },
	{ "x: [ a, 'b' ] # c\n", "Mb[0,13;0@0](px[0,1] Sf[3,13;4@4](pa[5,6] 'b[8,11]))" },
	{ "{\"a\": {\"b\": [1]}}", "Mf[0,17;1@1](\"a[1,4] Mf[6,16;7@7](\"b[7,10] Sf[12,15;13@13](p1[13,14])))" },
	{ "[a: b]", "Sf[0,6;1@1](Mf[1,5;1@1](pa[1,2] pb[4,5]))" },
	{ "x: &a { # c\n b: c }\n", "Mb[0,19;0@0](px[0,1] &a Mf[3,19;7@7](pb[13,14] pc[16,17]))" },
	/* Aliases. */
	{ "a: &x b\nc: *x\n", "Mb[0,13;0@0](pa[0,1] &x pb[3,7] pc[8,9] *x[11,13])" },
	/* Offsets are bytes, columns are code points. */
	{ "\xc3\xa4: \xe2\x82\xac\nb: {\xf0\x9f\x98\x80: c}\n",
	  "Mb[0,20;0@0](p\xc3\xa4[0,2] p\xe2\x82\xac[4,7] pb[8,9] Mf[11,20;12@4](p\xf0\x9f\x98\x80[12,16] pc[18,19]))" },
	{ "\xc3\xa4: {b: \xc3\xa4}", "Mb[0,11;0@0](p\xc3\xa4[0,2] Mf[4,11;5@4](pb[5,6] p\xc3\xa4[8,10]))" },
	/* CRLF. */
	{ "a:\r\n  b: c\r\nd: e\r\n", "Mb[0,16;0@0](pa[0,1] Mb[6,10;6@2](pb[6,7] pc[9,10]) pd[12,13] pe[15,16])" },
	/* A quoted << is an ordinary key. */
	{ "\"<<\": a\n", "Mb[0,7;0@0](\"<<[0,4] pa[6,7])" },
	{ "- <<\n", "Sb[0,4;0@0](p<<[2,4])" },
	{ "a: <<\n", "Mb[0,5;0@0](pa[0,1] p<<[3,5])" },
	/* Of CR CR LF the first CR is not read, and counts. */
	{ "a: b\r\r\nc: d\r\r\r\ne: f\r\r\n", "Mb[0,19;0@0](pa[0,1] pb[3,4] pc[7,8] pd[10,11] pe[15,16] pf[18,19])" },
};

static void every_node_knows_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(trees); i++)
		assert_row(dumped(unit_parse(str_from(trees[i].text))), trees[i].tree, trees[i].text);
}

static const struct {
	const char *text, *message;
	size_t at;
} refusals[] = {
	{ "a: [\n", "not YAML", 5 },
	{ "a: \"b\n", "not YAML", 3 },
	{ "a: b: c\n", "not YAML", 4 },
	{ "a:\n\t- b\n", "a tab in the indentation", 3 },
	{ "a: @b\n", "cannot start any token", 3 },
	/* What libyaml lets pass. */
	{ "a: *x\n", "has no anchor before it", 3 },
	{ "a: *x\nb: &x c\n", "has no anchor before it", 3 },
	{ "&x [*x]", "stands inside the node that it refers to", 4 },
	{ "a: &x\n  b: *x\n", "stands inside the node", 11 },
	{ "&x a: *x\n&x b: c\n", NULL, 0 },
	{ "a: &x [b]\nc: *x\n", NULL, 0 },
	{ "<<: a\n", "a merge key '<<'", 0 },
	{ "a:\n  b: c\n  <<: d\n", "a merge key '<<'", 12 },
	{ "a: {<<: b}\n", "a merge key '<<'", 4 },
	{ "!!merge <<: a\n", "a merge key '<<'", 0 },
	{ "- <<: a\n", "a merge key '<<'", 2 },
	{ "%YAML 1.1\n---\na: b\n", "directive", 0 },
	{ "%TAG !e! tag:e,2000:\n---\na: b\n", "directive", 0 },
	{ "a: b\n...\nc: d\n", "more than one document", 9 },
	{ "a: b\n...\n---\nc: d\n", "more than one document", 9 },
	{ "a: b\n--- c\n", "more than one document", 5 },
	{ "{\"a\": 1}\n{\"b\": 2}\n", "put '---' on a line of its own", 9 },
	{ "{\"a\": 1} {\"b\": 2}\n", "put '---' on a line of its own", 9 },
	{ "{\"a\": \"\\ud83d\\ude00\"}", "half of a surrogate pair", 9 },
	{ "a: \"\x7f\"\n", "a raw DEL character", 4 },
	{ "\xc3\xa4: \"\x7f\"\n", "a raw DEL character", 5 },
	{ "\xc3\xa4: *x\n", "has no anchor before it", 4 },
	{ "a: \x01\n", "not YAML", 3 },
	{ "! \"<<\": a\n", "a merge key '<<'", 0 },
	{ "! <<: a\n", "a merge key '<<'", 0 },
	{ "!!str <<: a\n", NULL, 0 },
	{ "{&x !,b: c}\n", "a comma right behind a tag", 5 },
	{ "[!!str, a]\n", "a comma right behind a tag", 6 },
	{ "[!!str , a]\n", NULL, 0 },
	{ "[!!str '', !!str \"\", a]\n", NULL, 0 },
	{ "a: b\n...\n{|\n", "more than one document", 10 },
	{ "{a:}\n", "without a space behind it", 2 },
	/* A byte order mark at the start of a line, which is nothing for go-yaml. */
	{ "\xef\xbb\xbf"
	  "a: b\n",
	  "a byte order mark", 0 },
	{ "---\n\xef\xbb\xbf"
	  "a: b\n",
	  "a byte order mark", 4 },
	{ "a:\n\xef\xbb\xbf  b: c\n", "a byte order mark", 3 },
	{ "a: b\r\xef\xbb\xbf"
	  "c: d\n",
	  "a byte order mark", 5 },
	{ "a: b\xe2\x80\xa8\xef\xbb\xbf"
	  "c: d\n",
	  "a byte order mark", 7 },
	{ "a: |\n  \xef\xbb\xbfx\nb: \xef\xbb\xbf\n", NULL, 0 },
	/* What is a line break for YAML alone, in JSON. */
	{ "{\"a\": \"b\xe2\x80\xa8\"}", "a raw U+2028 in JSON", 8 },
	{ "\n {\"a\": \"b\xe2\x80\xa9\"}", "a raw U+2029 in JSON", 10 },
	{ "{\"\xc2\x85\": 1}", "a raw U+0085 in JSON", 2 },
	{ "---\n{\"a\": \"b\xe2\x80\xa8\"}", NULL, 0 },
	{ "a: \"b\xe2\x80\xa8\"\n", NULL, 0 },
	{ "{\"a\"\n: 1}", "a colon must stand on the line of its key", 5 },
	{ "\t{\"a\": 1}", "a tab in front of JSON", 0 },
	/* Places count in the text as it was given. */
	{ "a: b\r\r\nc: *x\r\r\n", "has no anchor", 10 },
	{ "a: b\r\r\n\xc3\xa4: \x7f\n", "a raw DEL character", 11 },
};

static void what_kubernetes_refuses_is_refused_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		struct str text = str_from(refusals[i].text);
		struct node *root;
		bool ok = tree_parse(text, READER_STRICT, &unit_arena, &root, &unit_err);

		if (!refusals[i].message) {
			unit_assert_succeeds(ok, refusals[i].text, __FILE__, __LINE__);
			continue;
		}
		unit_assert_fails(ok, refusals[i].message, refusals[i].text, __FILE__, __LINE__);
		if (unit_err.at != refusals[i].at) {
			print_error("'%s': at %zu, not at %zu\n", refusals[i].text, unit_err.at, refusals[i].at);
			fail();
		}
	}
}

/* `depth` times `open`, then `close` as often. */
static struct str nested(const char *open, const char *close, size_t depth)
{
	struct buf out = { 0 };
	struct str copy;

	for (size_t i = 0; i < depth; i++)
		buf_add_cstring(&out, open);
	for (size_t i = 0; i < depth; i++)
		buf_add_cstring(&out, close);
	copy = arena_dup(&unit_arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

static void a_hundred_levels_are_the_limit(void **state)
{
	static const enum reader_rules rules[] = { READER_STRICT, READER_LENIENT };
	struct node *root;

	(void)state;
	for (size_t i = 0; i < COUNT(rules); i++) {
		assert_succeeds(tree_parse(nested("[", "]", 100), rules[i], &unit_arena, &root, &unit_err));
		assert_succeeds(tree_parse(nested("- ", "", 100), rules[i], &unit_arena, &root, &unit_err));
		assert_fails(tree_parse(nested("[", "]", 101), rules[i], &unit_arena, &root, &unit_err),
			     "nested more than 100 levels deep");
		assert_int_equal(unit_err.at, 100);
		assert_fails(tree_parse(nested("{a: ", "}", 101), rules[i], &unit_arena, &root, &unit_err), "nested");
		assert_fails(tree_parse(nested("- ", "", 101), rules[i], &unit_arena, &root, &unit_err), "nested");
		/* A bomb costs no more than its first levels. */
		assert_fails(tree_parse(nested("[", "", 1000000), rules[i], &unit_arena, &root, &unit_err), "nested");
	}
	/* Depth, not the number of collections. */
	assert_succeeds(tree_parse(S("[[],[],[],{},[[],[]]]"), READER_STRICT, &unit_arena, &root, &unit_err));
}

static void leniently_a_name_can_be_read_from_what_is_refused(void **state)
{
	static const char *const texts[] = {
		"<<: x\nname: web\n",
		"a: *x\nname: web\n",
		"%YAML 1.1\n---\nname: web\n",
		"a: &x [*x]\nname: web\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct str text = str_from(texts[i]);
		struct node *root = NULL, *name;

		unit_assert_succeeds(tree_parse(text, READER_LENIENT, &unit_arena, &root, &unit_err), texts[i],
				     __FILE__, __LINE__);
		name = node_get(root, "name");
		assert_non_null(name);
		if (name)
			assert_row(name->value, "web", texts[i]);
	}
}

static void leniently_an_alias_without_anchor_is_null(void **state)
{
	struct node *root = NULL, *value;

	(void)state;
	assert_succeeds(tree_parse(S("a: *x\n"), READER_LENIENT, &unit_arena, &root, &unit_err));
	value = node_get(root, "a");
	assert_true(value && value->type == NODE_SCALAR && value->style == STYLE_PLAIN && value->value.len == 0);
}

/* What stands under `key`, which must be there. */
static struct node *at_key(struct node *mapping, const char *key)
{
	struct node *found = node_find(mapping, str_from(key));

	assert_non_null(found);
	assert(found);
	return found;
}

static void an_alias_means_the_last_anchor_before_it(void **state)
{
	struct node *root = unit_parse(S("a: &x 1\nb: *x\nc: &x 2\nd: *x\n"));

	(void)state;
	assert_str(node_resolve(at_key(root, "b"))->value, "1");
	assert_str(node_resolve(at_key(root, "d"))->value, "2");
	assert_int_equal(node_resolve(at_key(root, "a"))->aliases, 1);
	assert_int_equal(node_resolve(at_key(root, "c"))->aliases, 1);
	assert_int_equal(root->aliases, 0);
	assert_int_equal(at_key(root, "b")->type, NODE_ALIAS);
}

static void the_last_of_two_equal_keys_counts(void **state)
{
	struct node *root = unit_parse(S("a: 1\nb: 2\n\"a\": 3\n&k c: x\n*k : y\n"));

	(void)state;
	assert_str(node_resolve(at_key(root, "a"))->value, "3");
	assert_str(node_resolve(at_key(root, "c"))->value, "y");
	assert_null(node_get(root, "d"));
}

static void lookups_take_whatever_they_are_given(void **state)
{
	struct node *root = unit_parse(S("s: [a, b]\nm: {x: y}\nas: &s [c]\nbs: *s\n? [q]\n: z\nn:\n"));

	(void)state;
	assert_null(node_get(NULL, "a"));
	assert_null(node_resolve(NULL));
	assert_null(node_items(NULL));
	assert_false(node_is_mapping(NULL));
	assert_null(node_get(node_get(root, "s"), "a"));
	assert_null(node_items(node_get(root, "m")));
	assert_true(node_is_mapping(node_get(root, "m")));
	assert_str(node_items(at_key(root, "bs"))->value, "c");
	assert_null(node_items(node_get(root, "n")));
	assert_str(node_items(node_get(root, "s"))->next->value, "b");
}

static void a_kept_value_outlives_its_event(void **state)
{
	static const char *const values[] = {
		"plain text", "quoted", "double", "a\nb\n", "it's", "tab\there", "anchored", "several words folded", ""
	};
	struct str text = S("- plain text\n- 'quoted'\n- \"double\"\n- |\n  a\n  b\n- 'it''s'\n- \"tab\\there\"\n"
			    "- &a anchored\n- several\n  words folded\n-\n");
	struct node *item = node_items(unit_parse(text));

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++, item = item->next) {
		assert_non_null(item);
		assert_row(item->value, values[i], values[i]);
		/* What is there word for word is not copied. */
		if (i < 3)
			assert_true(item->value.ptr > text.ptr && item->value.ptr < text.ptr + text.len);
	}
	assert_null(item);
}

static void events_come_in_the_order_of_the_text(void **state)
{
	struct reader *reader = reader_new(S("a: [b]\nc: {}\n"), READER_STRICT, &unit_arena);
	struct buf seen = { 0 };
	struct event event;

	(void)state;
	do {
		assert_succeeds(reader_next(reader, &event, &unit_err));
		buf_add_char(&seen, "n(.$"[event.type]);
		if (event.type == EVENT_NODE)
			buf_add(&seen, event.node.value);
		if (event.type == EVENT_CLOSE)
			buf_printf(&seen, "%zu)", event.close);
		if ((event.type == EVENT_NODE || event.type == EVENT_OPEN) && event.is_key)
			buf_add_char(&seen, '!');
	} while (event.type != EVENT_DOCUMENT_END);
	assert_str(buf_str(&seen), "(na!(nb.6)nc!(.12).13)$");
	buf_release(&seen);
	reader_free(reader);
}

static void a_collection_can_be_a_key(void **state)
{
	struct reader *reader = reader_new(S("? [a, b]\n: {c: d}\n"), READER_STRICT, &unit_arena);
	struct buf seen = { 0 };
	struct event event;

	(void)state;
	do {
		assert_succeeds(reader_next(reader, &event, &unit_err));
		if (event.type == EVENT_NODE || event.type == EVENT_OPEN)
			buf_add_char(&seen, event.is_key ? 'k' : 'v');
	} while (event.type != EVENT_DOCUMENT_END);
	/* The outer mapping, [a, b], a, b, {c: d}, c, d */
	assert_str(buf_str(&seen), "vkvvvkv");
	buf_release(&seen);
	reader_free(reader);
}

static void nodes_without_text_are_refused_beyond_a_limit(void **state)
{
	struct buf text = { 0 };
	struct node *root;

	(void)state;
	buf_add_cstring(&text, "[");
	buf_add_repeated(&text, 'a', 100);
	for (size_t i = 0; i < 190000; i++)
		buf_add_cstring(&text, ",a");
	buf_add_cstring(&text, "]");
	assert_succeeds(tree_parse(buf_str(&text), READER_STRICT, &unit_arena, &root, &unit_err));
	text.len--;
	for (size_t i = 0; i < 90000; i++)
		buf_add_cstring(&text, ",a");
	buf_add_cstring(&text, "]");
	assert_fails(tree_parse(buf_str(&text), READER_STRICT, &unit_arena, &root, &unit_err),
		     "more keys, values and brackets than a document of this length may have");
	buf_release(&text);
}

static void a_reader_can_be_left_in_the_middle(void **state)
{
	struct reader *reader = reader_new(S("a: [b, c]\n"), READER_STRICT, &unit_arena);
	struct event event;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_succeeds(reader_next(reader, &event, &unit_err));
	reader_free(reader);
	reader_free(reader_new(S("a"), READER_STRICT, &unit_arena));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_node_knows_its_place),
		TEST(what_kubernetes_refuses_is_refused_with_its_place),
		TEST(a_hundred_levels_are_the_limit),
		TEST(leniently_a_name_can_be_read_from_what_is_refused),
		TEST(leniently_an_alias_without_anchor_is_null),
		TEST(an_alias_means_the_last_anchor_before_it),
		TEST(the_last_of_two_equal_keys_counts),
		TEST(lookups_take_whatever_they_are_given),
		TEST(a_kept_value_outlives_its_event),
		TEST(events_come_in_the_order_of_the_text),
		TEST(a_collection_can_be_a_key),
		TEST(nodes_without_text_are_refused_beyond_a_limit),
		TEST(a_reader_can_be_left_in_the_middle),
	};

	return unit_run(tests);
}
