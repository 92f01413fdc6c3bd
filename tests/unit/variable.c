/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/variable.h"

#include "unit.h"
#include "yaml/verify.h"

#include <string.h>

static struct str finish(struct shape *shape, struct str text)
{
	struct edits edits;

	edits_init(&edits, &unit_arena);
	assert_succeeds(shape_finish(shape, &edits, &unit_err));
	assert_succeeds(verify_document(shape, &edits, VERIFY_WHOLE, &unit_arena, &unit_err));
	return edits_apply(&edits, text, &unit_arena);
}

/* Sets the first entry of `text`, a list, to `value`; what it is afterwards. */
static bool set(const char *text, const char *value, struct str *result, bool *changed)
{
	struct str document = str_from(text);
	struct podpath path = { .steps = { { .index = 0 } }, .length = 1 };
	struct shape shape;

	shape_init(&shape, document, unit_parse(document), &unit_arena);
	if (!variable_set(&shape, &path, node_resolve(node_items(shape.root)), str_from(value), changed, &unit_err))
		return false;
	assert_int_equal(shape.count > 0, *changed);
	*result = finish(&shape, document);
	return true;
}

static void an_entry_gets_the_value(void **state)
{
	static const struct {
		const char *text, *result;
	} rows[] = {
		{ "- name: A\n  value: b\n", "- name: A\n  value: \"new\"\n" },
		{ "- name: A\n  value: 'b' # why\n", "- name: A\n  value: \"new\" # why\n" },
		{ "- name: A\n  value: |\n    b\n- name: B\n", "- name: A\n  value: \"new\"\n- name: B\n" },
		{ "- name: A\n  value:\n", "- name: A\n  value: \"new\"\n" },
		{ "- name: A\n  value: null\n", "- name: A\n  value: \"new\"\n" },
		{ "- name: A\n", "- value: \"new\"\n  name: A\n" },
		{ "- {name: A, value: b}\n", "- {name: A, value: \"new\"}\n" },
		{ "- {name: A}\n", "- {\"value\": \"new\", name: A}\n" },
		{ "[{\"name\": \"A\", \"value\": \"b\"}]\n", "[{\"name\": \"A\", \"value\": \"new\"}]\n" },
		/* A reference becomes a value. */
		{ "- name: A\n  valueFrom:\n    configMapKeyRef:\n      name: a\n      key: k\n- name: B\n",
		  "- name: A\n  value: \"new\"\n- name: B\n" },
		{ "- name: A\n  valueFrom: {fieldRef: {fieldPath: x}}\n", "- name: A\n  value: \"new\"\n" },
		{ "- {name: A, valueFrom: {secretKeyRef: {name: a, key: k}}}\n", "- {name: A, value: \"new\"}\n" },
		{ "- valueFrom: {fieldRef: {}}\n  name: A\n", "- value: \"new\"\n  name: A\n" },
		{ "- name: A\n  valueFrom:\n", "- name: A\n  value: \"new\"\n" },
		/* A reference that is null is none. */
		{ "- name: A\n  value: b\n  valueFrom: null\n", "- name: A\n  value: \"new\"\n  valueFrom: null\n" },
		/* What would be read as something else than a string is none. */
		{ "- name: A\n  value: !x new\n", "- name: A\n  value: \"new\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str result = { 0 };
		bool changed;

		assert_for(set(rows[i].text, "new", &result, &changed), rows[i].text);
		assert_row(result, rows[i].result, rows[i].text);
		assert_for(changed, rows[i].text);
		/* Once more, and there is nothing to do. */
		assert_for(set(result.ptr, "new", &result, &changed), rows[i].result);
		assert_row(result, rows[i].result, rows[i].result);
		assert_for(!changed, rows[i].result);
	}
}

static void an_entry_that_says_it_already_is_left_alone(void **state)
{
	static const struct {
		const char *text, *value;
		bool changes;
	} rows[] = {
		{ "- name: A\n  value: main\n", "main", false },
		{ "- name: A\n  value: 'main'\n", "main", false },
		{ "- name: A\n  value: \"\\x6dain\"\n", "main", false },
		{ "- name: A\n  value: |-\n    main\n", "main", false },
		{ "- name: A\n  value: |\n    main\n", "main", true },
		{ "- name: A\n  value: ''\n", "", false },
		{ "- name: A\n  value:\n", "", true },
		{ "- name: A\n  value: !!str main\n", "main", true },
		/* Digits that YAML takes for a number are none that a string has. */
		{ "- name: A\n  value: 1234567890123456789012345678901234567890\n",
		  "1234567890123456789012345678901234567890", true },
		{ "- name: A\n  value: '1234567890123456789012345678901234567890'\n",
		  "1234567890123456789012345678901234567890", false },
		{ "- name: A\n  value: 12345678901234567890123456789012345678e1\n",
		  "12345678901234567890123456789012345678e1", true },
		{ "- name: A\n  value: a234567890123456789012345678901234567890\n",
		  "a234567890123456789012345678901234567890", false },
		{ "- name: A\n  value: on\n", "on", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str result = { 0 };
		bool changed;

		assert_for(set(rows[i].text, rows[i].value, &result, &changed), rows[i].text);
		assert_for(changed == rows[i].changes, rows[i].text);
		if (!rows[i].changes)
			assert_row(result, rows[i].text, rows[i].text);
	}
}

static void what_can_not_be_told_is_refused(void **state)
{
	struct str result;
	bool changed;

	(void)state;
	assert_fails(set("- name: A\n  value: b\n  valueFrom: {fieldRef: {}}\n", "new", &result, &changed),
		     "A has both value and valueFrom");
	assert_int_equal(unit_err.at, 2);
	assert_fails(set("- &x {name: A, value: b}\n- *x\n", "new", &result, &changed),
		     "would go into &x, which an alias repeats elsewhere");
}

/* Only the one place changes where an alias stands. */
static void an_alias_is_written_out(void **state)
{
	struct str text = S("x: &e {name: A, value: b}\nenv: [*e, *e]\n"), value = S("new");
	struct podpath path = { .steps = { { .key = STR("env") }, { .index = 1 } }, .length = 2 };
	struct shape shape;
	struct node *item;
	bool changed;

	(void)state;
	shape_init(&shape, text, unit_parse(text), &unit_arena);
	item = node_resolve(node_items(node_get(shape.root, "env"))->next);
	assert_succeeds(variable_set(&shape, &path, item, value, &changed, &unit_err));
	assert_true(changed);
	assert_int_equal(path.length, 2);
	assert_str(finish(&shape, text),
		   "x: &e {name: A, value: b}\nenv: [*e, {\"name\": \"A\", \"value\": \"new\"}]\n");
}

static void a_new_entry_has_a_name_and_a_value(void **state)
{
	static const struct {
		const char *text, *result;
	} rows[] = {
		{ "env:\n- name: B\n", "env:\n- name: A\n  value: \"1e5\"\n- name: B\n" },
		{ "env: []\n", "env: [{\"name\": \"A\", \"value\": \"1e5\"}]\n" },
		{ "env: [{name: B}]\n", "env: [{\"name\": \"A\", \"value\": \"1e5\"}, {name: B}]\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str text = str_from(rows[i].text);
		struct step path[] = { { .key = STR("env") } };
		struct node *payload;
		struct shape shape;

		shape_init(&shape, text, unit_parse(text), &unit_arena);
		payload = shape_new_sequence(&shape);
		shape_append(payload, variable_new(&shape, S("A"), S("1e5")));
		assert_succeeds(shape_insert(&shape, path, 1, payload, &unit_err));
		assert_row(finish(&shape, text), rows[i].result, rows[i].text);
	}
}

static void a_node_says_a_string_or_not(void **state)
{
	static const struct {
		const char *text, *value;
		bool says;
	} rows[] = {
		{ "main", "main", true },    { "main", "Main", false }, { "'1'", "1", true },
		{ "1", "1", false },         { "true", "true", false }, { "'true'", "true", true },
		{ "~", "~", false },         { "'~'", "~", true },      { "!!str x", "x", false },
		{ "[main]", "main", false }, { "{}", "", false },       { "''", "", true },
		{ "\"a\\0b\"", "a", false }, { "0x1f", "0x1f", false }, { "1_000", "1_000", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(variable_says(unit_parse(str_from(rows[i].text)), str_from(rows[i].value)) == rows[i].says,
			   rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_entry_gets_the_value),
		TEST(an_entry_that_says_it_already_is_left_alone),
		TEST(what_can_not_be_told_is_refused),
		TEST(an_alias_is_written_out),
		TEST(a_new_entry_has_a_name_and_a_value),
		TEST(a_node_says_a_string_or_not),
	};

	return unit_run(tests);
}
