/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/verify.h"

#include "unit.h"
#include "yaml/shape.h"

#include <string.h>

/* An annotation and an env item go into this; comments and a second container stand behind them. */
static const char document[] =
	"metadata:\n  annotations:\n    x: y\nenv:\n- name: X\n  value: &v y\nlast: [a, b] # c\n";

/* What is to be inserted: `stamp: "0123abcd"`, and an item of that name and value. */
static void ask(struct shape *shape)
{
	struct step annotations[] = { { .key = S("metadata") }, { .key = S("annotations") } };
	struct step env[] = { { .key = S("env") } };
	struct node *payload = shape_new_mapping(shape), *list = shape_new_sequence(shape);
	struct node *item = shape_new_mapping(shape);

	shape_append(payload, shape_new_name(shape, S("stamp")));
	shape_append(payload, shape_new_scalar(shape, S("0123abcd")));
	shape_append(item, shape_new_name(shape, S("name")));
	shape_append(item, shape_new_name(shape, S("STAMP")));
	shape_append(item, shape_new_name(shape, S("value")));
	shape_append(item, shape_new_scalar(shape, S("0123abcd")));
	shape_append(list, item);
	assert_succeeds(shape_insert(shape, annotations, 2, payload, &unit_err));
	assert_succeeds(shape_insert(shape, env, 1, list, &unit_err));
}

/* The right edits of `text`, which `ask` asks for. */
static void make(struct str text, struct shape *shape, struct edits *edits)
{
	shape_init(shape, text, unit_parse(text), &unit_arena);
	ask(shape);
	edits_init(edits, &unit_arena);
	assert_succeeds(shape_finish(shape, edits, &unit_err));
	assert_int_equal(edits->count, 2);
}

static void assert_verdict(const struct edits *edits, const struct shape *shape, bool good, const char *row)
{
	assert_for(verify_document(shape, edits, VERIFY_WINDOW, &unit_arena, &unit_err) == good, row);
	assert_for(verify_document(shape, edits, VERIFY_WHOLE, &unit_arena, &unit_err) == good, row);
}

static void the_right_edits_are_accepted(void **state)
{
	struct str text = S(document);
	struct shape shape;
	struct edits edits;

	(void)state;
	make(text, &shape, &edits);
	assert_str(edits.items[0].text, "stamp: \"0123abcd\"\n    ");
	assert_str(edits.items[1].text, "- name: STAMP\n  value: \"0123abcd\"\n");
	assert_verdict(&edits, &shape, true, "unchanged");
}

/* The text of an edit, and what stands there instead. */
static const struct {
	size_t edit;
	const char *text;
} wrong_texts[] = {
	/* Values. */
	{ 0, "stamp: \"0123abce\"\n    " },
	{ 0, "stamp: \"0123abc\"\n    " },
	{ 0, "stamp: \"0123abcd \"\n    " },
	{ 0, "stamp: \"\"\n    " },
	{ 1, "- name: STAMP\n  value: \"0123abce\"\n" },
	{ 1, "- name: STAMq\n  value: \"0123abcd\"\n" },
	{ 0, "stamq: \"0123abcd\"\n    " },
	/* Styles. */
	{ 0, "stamp: 0123abcd\n    " },
	{ 0, "stamp: '0123abcd'\n    " },
	{ 0, "'stamp': \"0123abcd\"\n    " },
	{ 0, "stamp: |-\n      0123abcd\n    " },
	/* Missing quotes, and quotes too many. */
	{ 0, "stamp: \"0123abcd\n    " },
	{ 0, "stamp: 0123abcd\"\n    " },
	{ 0, "stamp: \"0123\"abcd\"\n    " },
	/* Missing and additional entries. */
	{ 0, "" },
	{ 0, "    " },
	{ 1, "" },
	{ 0, "stamp: \"0123abcd\"\n    more: \"x\"\n    " },
	{ 0, "stamp: \"0123abcd\"\n    stamp: \"0123abcd\"\n    " },
	{ 1, "- name: STAMP\n  value: \"0123abcd\"\n- name: STAMP\n" },
	{ 1, "- name: STAMP\n" },
	{ 1, "- value: \"0123abcd\"\n  name: STAMP\n" },
	/* Indentation. */
	{ 0, "stamp: \"0123abcd\"\n   " },
	{ 0, "stamp: \"0123abcd\"\n     " },
	{ 0, "stamp: \"0123abcd\"\n  " },
	{ 0, "stamp: \"0123abcd\"\n" },
	{ 0, "stamp: \"0123abcd\"" },
	{ 0, "stamp: \"0123abcd\" " },
	{ 1, "- name: STAMP\n value: \"0123abcd\"\n" },
	{ 1, "- name: STAMP\n   value: \"0123abcd\"\n" },
	{ 1, "- name: STAMP\nvalue: \"0123abcd\"\n" },
	{ 1, "- name: STAMP\n  value: \"0123abcd\"" },
	{ 1, " - name: STAMP\n  value: \"0123abcd\"\n" },
	/* What should not be there: anchors, tags, aliases, other structure. */
	{ 0, "stamp: &a \"0123abcd\"\n    " },
	{ 0, "stamp: !!str \"0123abcd\"\n    " },
	{ 0, "&a stamp: \"0123abcd\"\n    " },
	{ 0, "stamp: [\"0123abcd\"]\n    " },
	{ 0, "stamp:\n    - \"0123abcd\"\n    " },
	{ 1, "- name: STAMP\n  value: *v\n" },
	{ 1, "- &a\n  name: STAMP\n  value: \"0123abcd\"\n" },
	{ 1, "- - name: STAMP\n    value: \"0123abcd\"\n" },
	{ 1, "- name: STAMP\n  value: \"0123abcd\"\n-\n" },
	/* What swallows its neighbours. */
	{ 0, "stamp: \"0123abcd\"\n    #" },
	{ 0, "stamp: \"0123abcd\"\n    ? " },
	{ 0, "stamp: \"0123abcd\"\n    z: |\n     " },
	{ 0, "stamp: \"0123abcd\"\n    !!str " },
	{ 0, "stamp: \"0123abcd\"\n    &a " },
	{ 0, "stamp: \"0123abcd\"\n    z" },
	{ 1, "- name: STAMP\n  value: \"0123abcd\"\n#" },
	{ 1, "- name: STAMP\n  value: \"0123abcd\"\n- &a\n  " },
	{ 1, "- name: STAMP\n  value: \"0123abcd\"\n- !!map\n  " },
	{ 1, "- name: STAMP\n  value: \"0123abcd\"\n...\n" },
	{ 1, "- name: STAMP\n  value: \"0123abcd\"\n---\n" },
	{ 1, "- name: STAMP\n  value: \"0123abcd\"\n\t" },
};

static void every_wrong_text_is_detected(void **state)
{
	struct str text = S(document);
	struct shape shape;
	struct edits edits;

	(void)state;
	make(text, &shape, &edits);
	for (size_t i = 0; i < COUNT(wrong_texts); i++) {
		struct edit *edit = &edits.items[wrong_texts[i].edit], right = *edit;

		edit->text = str_from(wrong_texts[i].text);
		assert_verdict(&edits, &shape, false, wrong_texts[i].text);
		*edit = right;
	}
	assert_verdict(&edits, &shape, true, "unchanged");
}

static void every_shifted_insertion_is_detected(void **state)
{
	struct str text = S(document);
	struct shape shape;
	struct edits edits;

	(void)state;
	make(text, &shape, &edits);
	for (size_t i = 0; i < edits.count; i++)
		for (size_t at = 0; at <= text.len; at++) {
			struct edit right = edits.items[i];
			size_t other = edits.items[1 - i].at.from;

			if (at == right.at.from || (i == 0 ? at >= other : at <= other))
				continue;
			edits.items[i].at = (struct span){ at, at };
			assert_verdict(&edits, &shape, false, edits_apply(&edits, text, &unit_arena).ptr);
			edits.items[i] = right;
		}
}

static void bytes_of_the_input_that_get_lost_are_detected(void **state)
{
	struct str text = S(document);
	struct shape shape;
	struct edits edits;

	(void)state;
	make(text, &shape, &edits);
	for (size_t i = 0; i < edits.count; i++)
		for (size_t length = 1; length <= 4; length++) {
			edits.items[i].at.to += length;
			assert_verdict(&edits, &shape, false, edits_apply(&edits, text, &unit_arena).ptr);
			edits.items[i].at.to -= length;
		}
}

static void a_missing_edit_is_detected(void **state)
{
	struct str text = S(document);
	struct shape shape;
	struct edits edits;

	(void)state;
	make(text, &shape, &edits);
	edits.count = 1;
	assert_verdict(&edits, &shape, false, "the first edit alone");
	edits.items++;
	assert_verdict(&edits, &shape, false, "the second edit alone");
	edits.count = 0;
	assert_verdict(&edits, &shape, false, "no edit");
}

static void the_untouched_rest_is_compared_when_it_is_whole(void **state)
{
	struct str text = S(document);
	struct shape shape;
	struct edits edits;
	struct node *last;

	(void)state;
	make(text, &shape, &edits);
	last = node_get(shape.root, "last");
	assert_non_null(last);
	if (!last)
		return;
	/* The window ends before it: the bytes are the same, and so is what a parser makes of them. */
	last->child->value = S("other");
	assert_false(verify_document(&shape, &edits, VERIFY_WHOLE, &unit_arena, &unit_err));
	assert_true(verify_document(&shape, &edits, VERIFY_WINDOW, &unit_arena, &unit_err));
}

/* Of a text that goes on behind the edits, entries before the first edit's are what the tree says. */
static void what_stands_before_the_entry_of_the_first_edit_is_compared_when_it_is_whole(void **state)
{
	struct str text = S("first: a\nmetadata:\n  annotations:\n    x: y\nenv: []\nlast: z\n");
	struct shape shape;
	struct edits edits;
	struct node *first;

	(void)state;
	make(text, &shape, &edits);
	first = node_get(shape.root, "first");
	assert_non_null(first);
	if (!first)
		return;
	first->value = S("b");
	assert_true(verify_document(&shape, &edits, VERIFY_WINDOW, &unit_arena, &unit_err));
	assert_fails(verify_document(&shape, &edits, VERIFY_WHOLE, &unit_arena, &unit_err), "a value differs");
}

static void an_alias_to_what_stands_before_the_edits_is_no_difference(void **state)
{
	struct str text = S("first: &a b\nmetadata:\n  annotations:\n    x: *a\nenv: []\nlast: z\n");
	struct shape shape;
	struct edits edits;

	(void)state;
	make(text, &shape, &edits);
	assert_verdict(&edits, &shape, true, "an alias");
}

/* Indented by the same, so that a parser that begins there takes it for an entry of the same mapping. */
static void an_entry_that_ends_up_in_another_mapping_is_detected(void **state)
{
	struct str text = S("a:\n  metadata:\n    annotations:\n      x: y\n  env: []\n  more: z\nlast: z\n");
	struct step path[] = { { .key = S("a") }, { .key = S("metadata") }, { .key = S("annotations") } };
	struct shape shape;
	struct edits edits;
	struct node *payload;

	(void)state;
	shape_init(&shape, text, unit_parse(text), &unit_arena);
	payload = shape_new_mapping(&shape);
	shape_append(payload, shape_new_name(&shape, S("stamp")));
	shape_append(payload, shape_new_scalar(&shape, S("0123abcd")));
	assert_succeeds(shape_insert(&shape, path, 3, payload, &unit_err));
	edits_init(&edits, &unit_arena);
	assert_succeeds(shape_finish(&shape, &edits, &unit_err));
	assert_verdict(&edits, &shape, true, "unchanged");
	edits.items[0].text = S("stamp: \"0123abcd\"\n  ");
	assert_verdict(&edits, &shape, false, "the old entry in the mapping around");
	edits.items[0].text = S("stamp: \"0123abcd\"\n");
	assert_verdict(&edits, &shape, false, "the old entry in the root");
}

/* Only in front of a mapping's first entry, whatever stands before that: the window begins there, then. */
static void what_is_put_in_front_of_a_mapping_is_compared_as_closely(void **state)
{
	static const char *const texts[] = {
		"first: a\nmetadata:\n  annotations:\n    x: y\n    z: w\nlast: [a] # c\n",
		"metadata:\n  annotations: &a # c\n\n    # c\n    \"x\": y\n    z: {}\n  last: z\n",
		"metadata:\n  first: |\n    x\n  annotations: !!map\n    ? x\n    : y\n    z: w\n",
		"metadata:\n  ? annotations\n  :\n    x: y\n    z: |\n      stamp: w\n",
	};
	struct step path[] = { { .key = S("metadata") }, { .key = S("annotations") } };

	(void)state;
	for (size_t k = 0; k < COUNT(texts); k++) {
		struct str text = str_from(texts[k]);
		struct shape shape;
		struct edits edits;
		struct node *payload;
		struct edit right;

		shape_init(&shape, text, unit_parse(text), &unit_arena);
		payload = shape_new_mapping(&shape);
		shape_append(payload, shape_new_name(&shape, S("stamp")));
		shape_append(payload, shape_new_scalar(&shape, S("0123abcd")));
		assert_succeeds(shape_insert(&shape, path, 2, payload, &unit_err));
		edits_init(&edits, &unit_arena);
		assert_succeeds(shape_finish(&shape, &edits, &unit_err));
		assert_int_equal(edits.count, 1);
		right = edits.items[0];
		assert_str(right.text, "stamp: \"0123abcd\"\n    ");
		assert_verdict(&edits, &shape, true, texts[k]);
		for (size_t i = 0; i < COUNT(wrong_texts); i++) {
			if (wrong_texts[i].edit != 0)
				continue;
			edits.items[0].text = str_from(wrong_texts[i].text);
			assert_verdict(&edits, &shape, false, edits_apply(&edits, text, &unit_arena).ptr);
		}
		edits.items[0] = right;
		for (size_t at = 0; at <= text.len; at++) {
			bool is_right;

			edits.items[0].at = (struct span){ at, at };
			/* It can as well stand in front of a comment. */
			is_right = verify_document(&shape, &edits, VERIFY_WHOLE, &unit_arena, &unit_err);
			assert_verdict(&edits, &shape, is_right, edits_apply(&edits, text, &unit_arena).ptr);
		}
		for (size_t length = 1; length <= 4; length++) {
			edits.items[0].at = (struct span){ right.at.from, right.at.from + length };
			assert_verdict(&edits, &shape, false, edits_apply(&edits, text, &unit_arena).ptr);
		}
	}
}

static void what_stands_before_the_edits_is_compared_where_nothing_goes_on_behind_them(void **state)
{
	struct str text = S("first: a\nmetadata:\n  annotations:\n    x: y\nenv: []\n");
	struct shape shape;
	struct edits edits;
	struct node *first;

	(void)state;
	make(text, &shape, &edits);
	first = node_get(shape.root, "first");
	assert_non_null(first);
	if (!first)
		return;
	first->value = S("b");
	assert_verdict(&edits, &shape, false, "another value before the edits");
}

static void json_and_flow_text_are_compared_as_closely(void **state)
{
	static const char *const wrong[] = {
		"\"stamp\": \"0123abcd\" ",   "\"stamp\": \"0123abcd,",     "\"stamp\": \"0123abcd\",,",
		"\"stamp: \"0123abcd\", ",    "'stamp': \"0123abcd\", ",    "\"stamp\": 0123abcd, ",
		"\"stamp\": \"0123abcd\"}, ", "\"stamp\": \"0123abcd\", {", "\"stamp\": \"0123abcd\", # ",
		"\"stamp\": \"0123abcd\", z", "\"stamp\" \"0123abcd\", ",
	};
	struct str text = S("{\"metadata\": {\"annotations\": {\"x\": \"y\"}}, \"env\": [{\"name\": \"X\"}]}\n");
	struct shape shape;
	struct edits edits;

	(void)state;
	make(text, &shape, &edits);
	assert_str(edits.items[0].text, "\"stamp\": \"0123abcd\", ");
	assert_verdict(&edits, &shape, true, "unchanged");
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct str right = edits.items[0].text;

		edits.items[0].text = str_from(wrong[i]);
		assert_verdict(&edits, &shape, false, wrong[i]);
		edits.items[0].text = right;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_right_edits_are_accepted),
		TEST(every_wrong_text_is_detected),
		TEST(every_shifted_insertion_is_detected),
		TEST(bytes_of_the_input_that_get_lost_are_detected),
		TEST(a_missing_edit_is_detected),
		TEST(the_untouched_rest_is_compared_when_it_is_whole),
		TEST(what_stands_before_the_entry_of_the_first_edit_is_compared_when_it_is_whole),
		TEST(what_stands_before_the_edits_is_compared_where_nothing_goes_on_behind_them),
		TEST(an_alias_to_what_stands_before_the_edits_is_no_difference),
		TEST(an_entry_that_ends_up_in_another_mapping_is_detected),
		TEST(what_is_put_in_front_of_a_mapping_is_compared_as_closely),
		TEST(json_and_flow_text_are_compared_as_closely),
	};

	return unit_run(tests);
}
