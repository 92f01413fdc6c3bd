/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/shape.h"

#include "unit.h"
#include "yaml/verify.h"

#include <stdlib.h>
#include <string.h>

/*
 * One line of a table: what is done to which text gives which text, or an error. Paths are keys and #indexes with
 * slashes between them. What is inserted is `key=value,...`, or `[NAME=value,...]` for items as env has them. What is
 * removed is `key,...`, and behind a `+` stands what is inserted then.
 */
enum operation { INSERT, SET, RENAME, REMOVE };

struct row {
	enum operation operation;
	const char *path, *payload, *text;
	const char *result; /* or NULL */
	const char *error;
};

static size_t read_path(const char *text, struct step *path)
{
	struct str rest = str_from(text);
	size_t count = 0;

	while (rest.ptr && rest.len > 0) {
		struct str part = str_cut(&rest, '/');

		if (part.ptr[0] == '#')
			path[count++] = (struct step){ .index = (size_t)atoi(part.ptr + 1) };
		else
			path[count++] = (struct step){ .key = part };
	}
	return count;
}

static struct node *new_item(struct shape *shape, struct str name, struct str value)
{
	struct node *item = shape_new_mapping(shape);

	shape_append(item, shape_new_name(shape, S("name")));
	shape_append(item, shape_new_name(shape, name));
	shape_append(item, shape_new_name(shape, S("value")));
	shape_append(item, shape_new_scalar(shape, value));
	return item;
}

static struct node *read_payload(struct shape *shape, const char *text)
{
	bool list = *text == '[';
	struct node *payload = list ? shape_new_sequence(shape) : shape_new_mapping(shape);
	struct str rest = str_from(text);

	if (list)
		rest = str_slice(rest, (struct span){ 1, rest.len - 1 });
	while (rest.ptr && rest.len > 0) {
		struct str value = str_cut(&rest, ','), key = str_cut(&value, '=');

		if (list) {
			shape_append(payload, new_item(shape, key, value));
		} else {
			shape_append(payload, shape_new_name(shape, key));
			shape_append(payload, shape_new_scalar(shape, value));
		}
	}
	return payload;
}

/* Keys with commas between them; what can't go is an error here. */
static bool remove_entries(struct shape *shape, const struct step *path, size_t count, struct str keys)
{
	while (keys.ptr && keys.len > 0) {
		const char *why = NULL;

		if (!shape_remove(shape, path, count, str_cut(&keys, ','), &why, &unit_err))
			return false;
		if (why)
			return err_set(&unit_err, "%s", why);
	}
	return true;
}

static bool operate(struct shape *shape, enum operation operation, const char *path_text, const char *payload)
{
	struct step path[16];
	size_t count = read_path(path_text, path);
	struct str value = str_from(payload), key, new_key;

	switch (operation) {
	case INSERT:
		return shape_insert(shape, path, count, read_payload(shape, payload), &unit_err);
	case SET:
		return shape_set(shape, path, count, value, &unit_err);
	case RENAME:
		key = str_cut(&value, '=');
		new_key = str_cut(&value, '=');
		return shape_rename(shape, path, count, key, (struct shape_entry){ new_key, value }, &unit_err);
	case REMOVE:
		key = str_cut(&value, '+');
		return remove_entries(shape, path, count, key) &&
		       (!value.ptr ||
			shape_insert(shape, path, count, read_payload(shape, strchr(payload, '+') + 1), &unit_err));
	}
	return false;
}

/* Is each key of the tree found, whoever has put it there? */
static bool finds_all_keys(struct node *node)
{
	bool is_key = node->type == NODE_MAPPING, finds = true;

	for (struct node *child = node_child(node); child; child = child->next) {
		if (is_key && node_resolve(child)->type == NODE_SCALAR)
			finds = finds && node_find(node, node_resolve(child)->value);
		is_key = node->type == NODE_MAPPING && !is_key;
		finds = finds && finds_all_keys(child);
	}
	return finds;
}

/* The edited text, which must be what the edited tree says, however much of it is compared. */
static bool finish(struct shape *shape, struct str text, struct str *result)
{
	static const enum verify_extent extents[] = { VERIFY_WINDOW, VERIFY_WHOLE };
	struct edits edits;

	edits_init(&edits, &unit_arena);
	if (!shape_finish(shape, &edits, &unit_err))
		return false;
	*result = edits_apply(&edits, text, &unit_arena);
	unit_assert_for(finds_all_keys(shape->root), "a key of its tree is not found", result->ptr, __FILE__, __LINE__);
	if (!verify_taken(shape, &edits, &unit_arena, &unit_err))
		unit_assert_for(false, unit_err.text, result->ptr, __FILE__, __LINE__);
	for (size_t i = 0; i < COUNT(extents); i++)
		if (!verify_document(shape, &edits, extents[i], &unit_arena, &unit_err))
			unit_assert_for(false, unit_err.text, result->ptr, __FILE__, __LINE__);
	return true;
}

static void check(const struct row *row)
{
	struct str text = str_from(row->text), result = { 0 };
	struct shape shape;
	bool ok;

	shape_init(&shape, text, unit_parse(text), &unit_arena);
	ok = operate(&shape, row->operation, row->path, row->payload) && finish(&shape, text, &result);
	if (row->result) {
		assert_for(ok, ok ? row->text : arena_printf(&unit_arena, "%s: %s", row->text, unit_err.text).ptr);
		if (ok)
			assert_row(result, row->result, row->text);
	} else {
		assert_for(!ok, row->text);
		if (!ok && !strstr(unit_err.text, row->error))
			assert_row(str_from(unit_err.text), row->error, row->text);
	}
}

static void check_all(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(&rows[i]);
}

#define META "metadata/annotations"

static const struct row annotations[] = {
	/* Template metadata without annotations. */
	{ INSERT, META, "a=1", "metadata:\n  labels: {}\nspec: x\n",
	  "metadata:\n  annotations:\n    a: \"1\"\n  labels: {}\nspec: x\n" },
	{ INSERT, META, "a=1,b=2", "metadata:\n      labels: x",
	  "metadata:\n      annotations:\n        a: \"1\"\n"
	  "        b: \"2\"\n      labels: x" },
	{ INSERT, META, "a=1", "metadata: # c\n\n# c\n  # c\n  labels: x\n",
	  "metadata: # c\n\n# c\n  # c\n  annotations:\n    a: \"1\"\n  labels: x\n" },
	{ INSERT, META, "a=1", "metadata:\n  ? labels\n  : x\n",
	  "metadata:\n  annotations:\n    a: \"1\"\n  ? labels\n  : x\n" },
	{ INSERT, META, "a=1", "metadata: !!map\n  labels: x\n",
	  "metadata: !!map\n  annotations:\n    a: \"1\"\n  labels: x\n" },
	/* Block annotations. */
	{ INSERT, META, "a=1", "metadata:\n  annotations:\n    x: y\n",
	  "metadata:\n  annotations:\n    a: \"1\"\n    x: y\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations:\n    # c\n    \"x\": |\n      y\n  labels: z\n",
	  "metadata:\n  annotations:\n    # c\n    a: \"1\"\n    \"x\": |\n      y\n  labels: z\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations: &x\n    x: y\n",
	  "metadata:\n  annotations: &x\n    a: \"1\"\n    x: y\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations:\n   &k x: y\n",
	  "metadata:\n  annotations:\n   a: \"1\"\n   &k x: y\n" },
	{ INSERT, META, "a=1", "\xc3\xa4: \xe2\x82\xac\nmetadata:\n  annotations:\n    \xc3\xa4: y\n",
	  "\xc3\xa4: \xe2\x82\xac\nmetadata:\n  annotations:\n    a: \"1\"\n    \xc3\xa4: y\n" },
	{ INSERT, META, "a=1", "? metadata\n: annotations:\n    x: y\n",
	  "? metadata\n: annotations:\n    a: \"1\"\n    x: y\n" },
	{ INSERT, META, "a=1", "? metadata\n: labels: y\n", "? metadata\n: annotations:\n    a: \"1\"\n  labels: y\n" },
	/* The last of two counts. */
	{ INSERT, META, "a=1", "metadata:\n  annotations: {}\n  annotations:\n    x: y\n",
	  "metadata:\n  annotations: {}\n  annotations:\n    a: \"1\"\n    x: y\n" },
	/* Braces. */
	{ INSERT, META, "a=1", "metadata:\n  annotations: {}\n", "metadata:\n  annotations: {\"a\": \"1\"}\n" },
	{ INSERT, META, "a=1,b=2", "metadata:\n  annotations: { }\n",
	  "metadata:\n  annotations: {\"a\": \"1\", \"b\": \"2\" }\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations: {# c\n  }\n",
	  "metadata:\n  annotations: {\"a\": \"1\" # c\n  }\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations: { # c\n  }\n",
	  "metadata:\n  annotations: {\"a\": \"1\" # c\n  }\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations: {x: y}\n",
	  "metadata:\n  annotations: {\"a\": \"1\", x: y}\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations: { # c\n  x: y}\n",
	  "metadata:\n  annotations: {\"a\": \"1\", # c\n  x: y}\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations: {\n  x: y}\n",
	  "metadata:\n  annotations: {\"a\": \"1\",\n  x: y}\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations: !!map {}\n",
	  "metadata:\n  annotations: !!map {\"a\": \"1\"}\n" },
	/* Null. */
	{ INSERT, META, "a=1", "metadata:\n  annotations:\n", "metadata:\n  annotations: {\"a\": \"1\"}\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations:", "metadata:\n  annotations: {\"a\": \"1\"}" },
	{ INSERT, META, "a=1", "metadata:\n  annotations:   # c\n  x: y\n",
	  "metadata:\n  annotations: {\"a\": \"1\"}   # c\n  x: y\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations: ~\n", "metadata:\n  annotations: {\"a\": \"1\"}\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations: null # c\n",
	  "metadata:\n  annotations: {\"a\": \"1\"} # c\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations: !!null x\n", "metadata:\n  annotations: {\"a\": \"1\"}\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations:\n    ~\n",
	  "metadata:\n  annotations:\n    {\"a\": \"1\"}\n" },
	{ INSERT, META, "a=1", "{\"metadata\": {\"annotations\": null}}",
	  "{\"metadata\": {\"annotations\": {\"a\": \"1\"}}}" },
	{ INSERT, META, "a=1", "metadata:\n", "metadata: {\"annotations\": {\"a\": \"1\"}}\n" },
	/* No metadata. */
	{ INSERT, "t/" META, "a=1", "t:\n  spec: x\n",
	  "t:\n  metadata:\n    annotations:\n      a: \"1\"\n  spec: x\n" },
	{ INSERT, "t/" META, "a=1", "t: {}\n", "t: {\"metadata\": {\"annotations\": {\"a\": \"1\"}}}\n" },
	{ INSERT, META, "a=1", "metadata: {}\n", "metadata: {\"annotations\": {\"a\": \"1\"}}\n" },
	{ INSERT, META, "a=1", "metadata: {name: x}\n", "metadata: {\"annotations\": {\"a\": \"1\"}, name: x}\n" },
	{ INSERT, "t/" META, "a=1", "t:\nx: y\n", "t: {\"metadata\": {\"annotations\": {\"a\": \"1\"}}}\nx: y\n" },
	{ INSERT, "", "a=1", "x: y\n", "a: \"1\"\nx: y\n" },
	{ INSERT, "", "a=1", "--- # c\n# c\nx: y\n", "--- # c\n# c\na: \"1\"\nx: y\n" },
	/* JSON. */
	{ INSERT, META, "a=1,b=2", "{\"metadata\":{\"annotations\":{\"x\":\"y\"}}}\n",
	  "{\"metadata\":{\"annotations\":{\"a\": \"1\", \"b\": \"2\", \"x\":\"y\"}}}\n" },
	{ INSERT, META, "a=1", "{\n  \"metadata\": {\n    \"labels\": {}\n  }\n}\n",
	  "{\n  \"metadata\": {\"annotations\": {\"a\": \"1\"},\n    \"labels\": {}\n  }\n}\n" },
	{ INSERT, META, "a=1", "{\"spec\":1}", "{\"metadata\": {\"annotations\": {\"a\": \"1\"}}, \"spec\":1}" },
	/* Line breaks are those of the neighbour. */
	{ INSERT, META, "a=1", "metadata:\r\n  annotations:\r\n    x: y\r\n",
	  "metadata:\r\n  annotations:\r\n    a: \"1\"\r\n    x: y\r\n" },
	{ INSERT, META, "a=1", "q: r\r\nmetadata:\r\n  annotations:\r\n    x: y\n",
	  "q: r\r\nmetadata:\r\n  annotations:\r\n    a: \"1\"\n    x: y\n" },
	{ INSERT, META, "a=1", "metadata:\r\n  annotations:\r\n    x: y",
	  "metadata:\r\n  annotations:\r\n    a: \"1\"\r\n    x: y" },
	{ INSERT, META, "a=1", "metadata:\r\n  annotations: {}\r\n", "metadata:\r\n  annotations: {\"a\": \"1\"}\r\n" },
	/* Nothing to insert changes nothing. */
	{ INSERT, META, "", "metadata:\n  annotations: {}\n", "metadata:\n  annotations: {}\n" },
};

static void annotations_get_entries_in_every_shape(void **state)
{
	(void)state;
	check_all(annotations, COUNT(annotations));
}

#define ENV "c/#0/env"

static const struct row environments[] = {
	/* Absent. */
	{ INSERT, ENV, "[A=1]", "c:\n- name: x\n  image: y\n",
	  "c:\n- env:\n    - name: A\n      value: \"1\"\n  name: x\n  image: y\n" },
	{ INSERT, ENV, "[A=1,B=2]", "c:\n  -   name: x\n",
	  "c:\n  -   env:\n        - name: A\n          value: \"1\"\n        - name: B\n          value: \"2\"\n"
	  "      name: x\n" },
	{ INSERT, ENV, "[A=1]", "c:\n-\n  name: x\n", "c:\n-\n  env:\n    - name: A\n      value: \"1\"\n  name: x\n" },
	{ INSERT, ENV, "[A=1]", "c: [{name: x}]\n",
	  "c: [{\"env\": [{\"name\": \"A\", \"value\": \"1\"}], name: x}]\n" },
	/* Null, empty and flow. */
	{ INSERT, ENV, "[A=1]", "c:\n- name: x\n  env:\n",
	  "c:\n- name: x\n  env: [{\"name\": \"A\", \"value\": \"1\"}]\n" },
	{ INSERT, ENV, "[A=1]", "c:\n- env: null # c\n", "c:\n- env: [{\"name\": \"A\", \"value\": \"1\"}] # c\n" },
	{ INSERT, ENV, "[A=1]", "c:\n- env: []\n", "c:\n- env: [{\"name\": \"A\", \"value\": \"1\"}]\n" },
	{ INSERT, ENV, "[A=1]", "c:\n- env: [ # c\n  ]\n",
	  "c:\n- env: [{\"name\": \"A\", \"value\": \"1\"} # c\n  ]\n" },
	{ INSERT, ENV, "[A=1]", "c:\n- env: [{name: X, value: y}]\n",
	  "c:\n- env: [{\"name\": \"A\", \"value\": \"1\"}, {name: X, value: y}]\n" },
	/* Indentless and indented. */
	{ INSERT, ENV, "[A=1,B=2]", "c:\n- name: x\n  env:\n  - name: X\n    value: y\n",
	  "c:\n- name: x\n  env:\n  - name: A\n    value: \"1\"\n  - name: B\n    value: \"2\"\n  - name: X\n"
	  "    value: y\n" },
	{ INSERT, ENV, "[A=1]", "c:\n- name: x\n  env:\n    - name: X\n",
	  "c:\n- name: x\n  env:\n    - name: A\n      value: \"1\"\n    - name: X\n" },
	{ INSERT, ENV, "[A=1]", "c:\n- name: x\n  env:\n   -   name: X\n",
	  "c:\n- name: x\n  env:\n   - name: A\n     value: \"1\"\n   -   name: X\n" },
	{ INSERT, ENV, "[A=1]", "c:\n- name: x\n  env: # c\n# c\n  # c\n  - # c\n    name: X\n",
	  "c:\n- name: x\n  env: # c\n# c\n  # c\n  - name: A\n    value: \"1\"\n  - # c\n    name: X\n" },
	{ INSERT, ENV, "[A=1]", "c:\n- env:\n  -\n    name: X\n",
	  "c:\n- env:\n  - name: A\n    value: \"1\"\n  -\n    name: X\n" },
	/* As the item's first key. */
	{ INSERT, ENV, "[A=1]", "c:\n- env:\n  - name: X\n  name: x\n",
	  "c:\n- env:\n  - name: A\n    value: \"1\"\n  - name: X\n  name: x\n" },
	{ INSERT, ENV, "[A=1]", "c:\n- env:\n    - name: X\n",
	  "c:\n- env:\n    - name: A\n      value: \"1\"\n    - name: X\n" },
	{ INSERT, ENV, "[A=1]", "c:\r\n- env:\r\n  - name: X\r\n",
	  "c:\r\n- env:\r\n  - name: A\r\n    value: \"1\"\r\n  - name: X\r\n" },
	{ INSERT, "#0/env", "[A=1]", "- env:\n  - name: X\n", "- env:\n  - name: A\n    value: \"1\"\n  - name: X\n" },
	{ INSERT, "#0/#0/env", "[A=1]", "- - env:\n    - name: X\n",
	  "- - env:\n    - name: A\n      value: \"1\"\n    - name: X\n" },
	/* An item that has a name only gets a value. */
	{ INSERT, ENV "/#1", "value=1", "c:\n- env:\n  - name: X\n  - name: Y\n",
	  "c:\n- env:\n  - name: X\n  - value: \"1\"\n    name: Y\n" },
};

static void env_gets_items_in_every_shape(void **state)
{
	(void)state;
	check_all(environments, COUNT(environments));
}

static const struct row values[] = {
	{ SET, "a/x", "1", "a:\n  x: old # c\n", "a:\n  x: \"1\" # c\n" },
	{ SET, "a/x", "1", "a:\n  x: 'old'\n  y: z\n", "a:\n  x: \"1\"\n  y: z\n" },
	{ SET, "a/x", "1", "a:\n  x: \"o\\\n    ld\"\n", "a:\n  x: \"1\"\n" },
	{ SET, "a/x", "1", "a:\n  x: several\n    words\n  y: z\n", "a:\n  x: \"1\"\n  y: z\n" },
	{ SET, "a/x", "1", "a:\n  x: |\n    old\n    text\n  y: z\n", "a:\n  x: \"1\"\n  y: z\n" },
	{ SET, "a/x", "1", "a:\n  x: |+\n    old\n\n\n  y: z\n", "a:\n  x: \"1\"\n\n\n  y: z\n" },
	{ SET, "a/x", "1", "a:\n  x: >-\r\n    old\r\n", "a:\n  x: \"1\"\r\n" },
	{ SET, "a/x", "1", "a:\n  x:\n  y: z\n", "a:\n  x: \"1\"\n  y: z\n" },
	{ SET, "a/x", "1", "a:\n  x:\n    old\n", "a:\n  x:\n    \"1\"\n" },
	{ SET, "a/x", "1", "{\"a\":{\"x\":\"old\"}}", "{\"a\":{\"x\":\"1\"}}" },
	{ SET, "a/x", "1", "{\"a\":{\"x\":2.5}}", "{\"a\":{\"x\":\"1\"}}" },
	{ SET, "a/x", "1", "a:\n  x: !!str old\n", "a:\n  x: \"1\"\n" },
	{ SET, "a/x", "1", "a:\n  ? x\n  : old\n", "a:\n  ? x\n  : \"1\"\n" },
	{ SET, "a/x", "1", "b: &b c\na:\n  x: *b\n", "b: &b c\na:\n  x: \"1\"\n" },
	{ SET, "a/x", "1", "a:\n  x: old\n  x: older\n", "a:\n  x: old\n  x: \"1\"\n" },
	{ SET, "a/#1", "1", "a: [x, y, z]\n", "a: [x, \"1\", z]\n" },
	{ SET, "a/x", "1", "a:\n  x: &k old\n", NULL, "has an anchor" },
	{ SET, "a/x", "1", "a:\n  x: {y: [z]}\n", NULL, "is a mapping, which the API server refuses" },
	{ SET, "a/x", "1", "a:\n  x: [z]\n", NULL, "is a sequence, which the API server refuses" },
	{ SET, "a/x", "a\"b\\c\td\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\n\x7f", "a:\n  x: old\n",
	  "a:\n  x: \"a\\\"b\\\\c\\x09d\\xE4\\u20AC\\U0001F600\\x0A\\x7F\"\n" },
	{ SET, "a/x", "", "a:\n  x: old\n", "a:\n  x: \"\"\n" },
};

static void a_value_is_replaced_in_every_style(void **state)
{
	(void)state;
	check_all(values, COUNT(values));
}

static const struct row removals[] = {
	/* Block lines. */
	{ REMOVE, "m", "a", "m:\n  a: x\n  b: y\n", "m:\n  b: y\n" },
	{ REMOVE, "m", "b", "m:\n  a: x\n  b: y\n  c: z\n", "m:\n  a: x\n  c: z\n" },
	{ REMOVE, "m", "a,b", "m:\n  a: x\n  b: y\n  c: z\nn: 1\n", "m:\n  c: z\nn: 1\n" },
	{ REMOVE, "m", "c", "m:\r\n  a: x\r\n  c: z\r\nn: 1\r\n", "m:\r\n  a: x\r\nn: 1\r\n" },
	{ REMOVE, "m", "a", "m:\n  # about a\n  a: x   # why\n  b: y\n", "m:\n  # about a\n  # why\n  b: y\n" },
	{ REMOVE, "m", "a", "m:\n  'a'  : \"x\n\n   y\"  \n\n  b: y\n", "m:\n\n  b: y\n" },
	{ REMOVE, "m", "a", "m:\n  a:\n  b: y\n", "m:\n  b: y\n" },
	{ REMOVE, "m", "a", "m:\n  a: # c\n  b: y\n", "m:\n  # c\n  b: y\n" },
	{ REMOVE, "m", "a", "m:\n  a: x\n  b: y\n  a: z\n", "m:\n  b: y\n" },
	{ REMOVE, "m", "b", "m:\n  a: x\n  b: y", "m:\n  a: x" },
	{ REMOVE, "m", "b,c", "m:\n  a: x\n  b: y\n  c: z", "m:\n  a: x" },
	{ REMOVE, "m", "b", "m:\r\n  a: x\r\n  b: y", "m:\r\n  a: x" },
	/* The last one. */
	{ REMOVE, "m", "a", "m:\n  a: x\nn: 1\n", "m: {}\nn: 1\n" },
	{ REMOVE, "m", "a,b", "m: # c\n\n  a: x\n  # d\n  b: y # e\nn: 1\n", "m: {} # c\n\n  # d\n  # e\nn: 1\n" },
	{ REMOVE, "m", "a", "m:\n  a: x", "m: {}" },
	{ REMOVE, "m", "a", "\"m\"  :\r\n  a: x\r\nn: 1\r\n", "\"m\"  : {}\r\nn: 1\r\n" },
	{ REMOVE, "m", "a,b", "m: &k\n  a: x\n  b: y\nn: 1\n", "m: &k\n  {}\nn: 1\n" },
	/* Something comes in their place. */
	{ REMOVE, "m", "a+s=1", "m:\n  a: x\n  b: y\n", "m:\n  s: \"1\"\n  b: y\n" },
	{ REMOVE, "m", "b+s=1,t=2", "m:\n  a: x\n  b: y\n", "m:\n  s: \"1\"\n  t: \"2\"\n  a: x\n" },
	{ REMOVE, "m", "a,b+s=1,t=2", "m:\n  a: x\n  b: y\nn: 1\n", "m:\n  s: \"1\"\n  t: \"2\"\nn: 1\n" },
	{ REMOVE, "m", "a+s=1", "m:\n  a: x # c\n  b: y\n", "m:\n  s: \"1\"\n  # c\n  b: y\n" },
	{ REMOVE, "m", "a+s=1", "m:\r\n  a: x\r\n", "m:\r\n  s: \"1\"\r\n" },
	{ REMOVE, "m", "a+s=1", "m:\n  a: x", "m:\n  s: \"1\"" },
	{ REMOVE, "m", "a,b+s=1", "m:\n  a: x\n  b: y", "m:\n  s: \"1\"" },
	/* Braces. */
	{ REMOVE, "m", "a", "m: {a: x, b: y}\n", "m: {b: y}\n" },
	{ REMOVE, "m", "b", "m: {a: x, b: y}\n", "m: {a: x}\n" },
	{ REMOVE, "m", "b", "m: {a: x, b: y, c: z}\n", "m: {a: x, c: z}\n" },
	{ REMOVE, "m", "a,c", "{\"m\":{\"a\":\"x\",\"b\":\"y\",\"c\":\"z\"}}", "{\"m\":{\"b\":\"y\"}}" },
	{ REMOVE, "m", "b,c", "m: {a: x, b: y, c: z, }\n", "m: {a: x }\n" },
	{ REMOVE, "m", "a", "m: {a: x}\n", "m: {}\n" },
	{ REMOVE, "m", "a,b", "m: { a: x, b: y, }\n", "m: {}\n" },
	{ REMOVE, "m", "a", "{\n  \"m\": {\n    \"a\": \"x\",\n    \"b\": \"y\"\n  }\n}\n",
	  "{\n  \"m\": {\n    \"b\": \"y\"\n  }\n}\n" },
	{ REMOVE, "m", "b", "{\n  \"m\": {\n    \"a\": \"x\",\n    \"b\": \"y\"\n  }\n}\n",
	  "{\n  \"m\": {\n    \"a\": \"x\"\n  }\n}\n" },
	{ REMOVE, "m", "a", "m: {a: x,\n  b: y}\n", "m: {\n  b: y}\n" },
	{ REMOVE, "m", "a", "m: {\n  a: x, # c\n  b: y}\n", "m: {\n  # c\n  b: y}\n" },
	{ REMOVE, "m", "b", "m: {\n  a: x, # c\n  b: y\n}\n", "m: {\n  a: x # c\n\n}\n" },
	{ REMOVE, "m", "b", "m: {\n  a: x, # c\n  b: y}\n", "m: {\n  a: x # c\n  }\n" },
	{ REMOVE, "m", "b,c", "m: {\n  a: x, # c\n  b: y, c: z}\n", "m: {\n  a: x # c\n  }\n" },
	{ REMOVE, "m", "a", "m: { # c\n  a: x\n}\n", "m: { # c\n  \n}\n" },
	{ REMOVE, "m", "a+s=1", "m: {a: x, b: y}\n", "m: {\"s\": \"1\", b: y}\n" },
	{ REMOVE, "m", "a+s=1", "m: { a: x, b: y }\n", "m: {\"s\": \"1\", b: y }\n" },
	{ REMOVE, "m", "b+s=1,t=2", "m: {a: x, b: y}\n", "m: {\"s\": \"1\", \"t\": \"2\", a: x}\n" },
	{ REMOVE, "m", "a,b+s=1", "m: {a: x, b: y}\n", "m: {\"s\": \"1\"}\n" },
	{ REMOVE, "m", "a+s=1", "{\"m\": {\n  \"a\": \"x\"\n}}", "{\"m\": {\n  \"s\": \"1\"\n}}" },
	{ REMOVE, "m", "a+s=1", "{\"m\": {\n  \"a\": \"x\",\n  \"b\": \"y\"\n}}",
	  "{\"m\": {\"s\": \"1\",\n  \"b\": \"y\"\n}}" },
	/* Aliases: what is written out has nothing that goes. */
	{ REMOVE, "m", "a", "k: &k {a: x, b: y}\nm: *k\n", "k: &k {a: x, b: y}\nm: {\"b\": y}\n" },
	{ REMOVE, "m", "a", "k: &k v\nm:\n  a: *k\n  b: y\n", "k: &k v\nm:\n  b: y\n" },
	{ REMOVE, "m", "a", "m:\n  a: &k v\n  b: y\n", "m:\n  b: y\n" },
	/* What stays. */
	{ REMOVE, "m", "a", "m:\n  a: &k v\nn: *k\n", NULL, "an alias repeats it elsewhere" },
	{ REMOVE, "m", "a", "m:\n  &k a: v\nn: *k\n", NULL, "an alias repeats it elsewhere" },
	{ REMOVE, "m", "a", "m: &k\n  a: v\nn: *k\n", NULL, "an alias repeats elsewhere" },
	{ REMOVE, "m", "a", "m:\n  a: |\n    v\n", NULL, "a block of lines" },
	{ REMOVE, "m", "a", "m:\n  a: {b: c}\n", NULL, "no text" },
	{ REMOVE, "m", "a", "m:\n  ? a\n  : v\n", NULL, "not written as" },
	{ REMOVE, "m", "a", "m: {? a : v}\n", NULL, "not written as" },
	{ REMOVE, "m", "a", "m: {a: v # c\n  , b: x}\n", NULL, "a comment" },
	{ REMOVE, "m", "a", "m:\n  a: # c\n    v\n  b: x\n", NULL, "a comment stands in front of its value" },
	{ REMOVE, "m", "a", "m: {a: # c\n  v, b: x}\n", NULL, "a comment stands in front of its value" },
	{ REMOVE, "m", "a", "m:\n  a: &k # c\n    v\n", NULL, "a comment stands in front of its value" },
	{ REMOVE, "m", "a", "m:\n  a: !!str &k # c\n    'v'\n", NULL, "a comment stands in front of its value" },
	{ REMOVE, "m", "a", "m:\n  a: &k # c\n  b: x\n", "m:\n  # c\n  b: x\n" },
	{ REMOVE, "m", "a", "m: {a: '#', b: x#y} # c\n", "m: {b: x#y} # c\n" },
	{ REMOVE, "m", "a", "m: {a, b: x}\n", NULL, "not written as" },
};

static void entries_are_taken_out_and_comments_stay(void **state)
{
	(void)state;
	check_all(removals, COUNT(removals));
}

static const struct row renames[] = {
	{ RENAME, "#0", "valueFrom=value=1", "- name: X\n  valueFrom:\n    fieldRef:\n      fieldPath: y\n  z: q\n",
	  "- name: X\n  value: \"1\"\n  z: q\n" },
	{ RENAME, "#0", "valueFrom=value=1", "- valueFrom: {a: b} # c\n  name: X\n",
	  "- value: \"1\" # c\n  name: X\n" },
	{ RENAME, "#0", "valueFrom=value=1", "[{\"name\":\"X\",\"valueFrom\":{\"a\":\"b\"}}]",
	  "[{\"name\":\"X\",\"value\": \"1\"}]" },
	{ RENAME, "#0", "valueFrom=value=1", "- name: X\n  valueFrom:\n", "- name: X\n  value: \"1\"\n" },
	{ RENAME, "#0", "valueFrom=value=1", "- name: X\n  valueFrom: &k {a: b}\n", NULL, "has an anchor" },
	{ RENAME, "#0", "valueFrom=value=1", "- name: X\n  valueFrom: {a: &k b}\n- *k\n", NULL, "has an anchor" },
	/* A complex key can't become another one: `? value: ...` would be a key that is a mapping. */
	{ RENAME, "#0", "valueFrom=value=1", "- name: X\n  ? valueFrom\n  : a: b\n", NULL,
	  "so that a stamp can replace it" },
};

static void an_entry_is_renamed_with_its_value(void **state)
{
	(void)state;
	check_all(renames, COUNT(renames));
}

static const struct row aliases[] = {
	/* An alias on the path is written out there. */
	{ INSERT, META, "a=1", "x: &x {k: v, n: 1, t: 'true', e: }\nmetadata:\n  annotations: *x\n",
	  "x: &x {k: v, n: 1, t: 'true', e: }\nmetadata:\n"
	  "  annotations: {\"a\": \"1\", \"k\": \"v\", n: 1, \"t\": \"true\", \"e\": null}\n" },
	{ INSERT, META, "a=1", "x: &x\n  annotations:\n    k: |\n      v\n  l: [a, ~, {}]\nmetadata: *x\n",
	  "x: &x\n  annotations:\n    k: |\n      v\n  l: [a, ~, {}]\n"
	  "metadata: {\"annotations\": {\"a\": \"1\", \"k\": \"v\\x0A\"}, \"l\": [\"a\", ~, {}]}\n" },
	{ INSERT, META, "a=1", "x: &x k\ny: &y {*x : *x}\nmetadata:\n  annotations: *y\n",
	  "x: &x k\ny: &y {*x : *x}\nmetadata:\n  annotations: {\"a\": \"1\", \"k\": \"k\"}\n" },
	{ INSERT, META, "a=1", "x: &x ~\nmetadata:\n  annotations: *x\n",
	  "x: &x ~\nmetadata:\n  annotations: {\"a\": \"1\"}\n" },
	{ INSERT, "l/#1/env", "[A=1]", "l:\n- &c\n  name: x\n- *c\n",
	  "l:\n- &c\n  name: x\n- {\"env\": [{\"name\": \"A\", \"value\": \"1\"}], \"name\": \"x\"}\n" },
	/* Anchors are left out of what is written out. */
	{ INSERT, META, "a=1", "x: &x {k: &k v}\nmetadata:\n  annotations: *x\n",
	  "x: &x {k: &k v}\nmetadata:\n  annotations: {\"a\": \"1\", \"k\": \"v\"}\n" },
	{ INSERT, META, "a=1", "x: &x {k: !!str 1, l: ! 2, m: !!null z}\nmetadata:\n  annotations: *x\n",
	  "x: &x {k: !!str 1, l: ! 2, m: !!null z}\nmetadata:\n"
	  "  annotations: {\"a\": \"1\", \"k\": \"1\", \"l\": \"2\", \"m\": null}\n" },
	{ INSERT, META, "a=1", "x: &x {k: !!binary Zm8=}\nmetadata:\n  annotations: *x\n", NULL,
	  "a node with the tag" },
	/* What is aliased elsewhere is not edited. */
	{ INSERT, META, "a=1", "metadata:\n  annotations: &x\n    k: v\nother: *x\n", NULL, "write that alias out" },
	{ INSERT, META, "a=1", "metadata: &x\n  annotations:\n    k: v\nother: *x\n", NULL,
	  "an alias repeats elsewhere" },
	{ INSERT, META, "a=1", "metadata: &x {annotations: {}}\n", "metadata: &x {annotations: {\"a\": \"1\"}}\n" },
	{ INSERT, "other", "a=1", "metadata:\n  annotations: &x\n    k: v\nother: *x\nmore: *x\n",
	  "metadata:\n  annotations: &x\n    k: v\nother: {\"a\": \"1\", \"k\": \"v\"}\nmore: *x\n" },
	/* An anchor deeper down is none of our business. */
	{ INSERT, META, "a=1", "metadata:\n  annotations:\n    k: &x v\nother: *x\n",
	  "metadata:\n  annotations:\n    a: \"1\"\n    k: &x v\nother: *x\n" },
	{ INSERT, META, "a=1", "metadata:\n  annotations: &x\n", NULL, "the empty value has the anchor &x" },
	{ INSERT, META, "a=1", "metadata:\n  annotations: &x ~\nother: *x\n", NULL, "&x" },
};

static void aliases_on_the_path_are_written_out(void **state)
{
	(void)state;
	check_all(aliases, COUNT(aliases));
}

static const struct row refusals[] = {
	{ INSERT, META, "a=1", "{metadata: {annotations: }}", NULL, "a value is missing here: write {}" },
	{ INSERT, META, "a=1", "metadata: [annotations: x]\n", NULL, "metadata is not a mapping" },
	{ INSERT, "l/#0", "a=1", "l: [x: y]\n", NULL, "a mapping without braces" },
	{ INSERT, META, "a=1", "metadata: {annotations}\n", NULL, "a value is missing here: write {}" },
	{ INSERT, META, "a=1", "metadata:\n  ? annotations\n  labels: x\n", NULL, "a value is missing here" },
	{ INSERT, META, "a=1", "metadata:\n  annotations: text\n", NULL, "annotations is not a mapping" },
	{ INSERT, META, "a=1", "metadata:\n  annotations: ''\n", NULL, "annotations is not a mapping" },
	{ INSERT, META, "a=1", "metadata: text\n", NULL, "metadata is not a mapping" },
	{ INSERT, META, "a=1", "metadata: !!str\n", NULL, "metadata is not a mapping" },
	{ INSERT, ENV, "[A=1]", "c:\n- env: {}\n", NULL, "env is not a sequence" },
	{ INSERT, "", "a=1", "- x\n", NULL, "this is not a mapping" },
};

static void what_cannot_be_edited_is_refused_with_a_sentence(void **state)
{
	(void)state;
	check_all(refusals, COUNT(refusals));
}

static void a_refusal_names_its_place(void **state)
{
	struct str text = S("x: y\nmetadata:\n  annotations: text\n");
	struct shape shape;

	(void)state;
	shape_init(&shape, text, unit_parse(text), &unit_arena);
	assert_fails(operate(&shape, INSERT, META, "a=1"), "annotations is not a mapping");
	assert_int_equal(unit_err.at, 30);
}

static void a_request_that_fails_changes_nothing(void **state)
{
	static const char text[] = "m: &m {annotations: text}\nn: &n ~\nlist: [*m]\nmetadata: *m\n";
	struct shape shape;
	struct str result;

	(void)state;
	shape_init(&shape, S(text), unit_parse(S(text)), &unit_arena);
	assert_fails(operate(&shape, INSERT, META, "a=1"), "annotations is not a mapping");
	assert_fails(operate(&shape, INSERT, "list/#0/annotations", "a=1"), "annotations is not a mapping");
	assert_fails(operate(&shape, SET, "metadata", "a"), "is a mapping");
	assert_fails(operate(&shape, SET, "n", "a"), "has an anchor");
	assert_succeeds(finish(&shape, S(text), &result));
	assert_str(result, text);
	/* The aliases are aliases again, so that what they repeat is not edited. */
	assert_fails(operate(&shape, INSERT, "m", "a=1"), "an alias repeats elsewhere");
	assert_succeeds(operate(&shape, SET, "metadata/annotations", "b"));
	assert_succeeds(finish(&shape, S(text), &result));
	assert_str(result, "m: &m {annotations: text}\nn: &n ~\nlist: [*m]\nmetadata: {\"annotations\": \"b\"}\n");
}

static void what_no_alias_repeats_any_more_is_edited(void **state)
{
	static const char text[] = "own: &x {k: v}\nmetadata: {annotations: *x}\n";
	struct shape shape;
	struct str result;

	(void)state;
	shape_init(&shape, S(text), unit_parse(S(text)), &unit_arena);
	assert_fails(operate(&shape, INSERT, "own", "b=2"), "an alias repeats elsewhere");
	assert_succeeds(operate(&shape, INSERT, META, "a=1"));
	assert_succeeds(operate(&shape, INSERT, "own", "b=2"));
	assert_succeeds(finish(&shape, S(text), &result));
	assert_str(result, "own: &x {\"b\": \"2\", k: v}\nmetadata: {annotations: {\"a\": \"1\", \"k\": \"v\"}}\n");
}

static void several_changes_meet_in_one_document(void **state)
{
	struct str text = S("t:\n  metadata:\n    annotations:\n      old: 1\n  spec:\n    c:\n    - name: x\n"
			    "    - name: y\n      env:\n      - name: OLD\n        valueFrom: {}\n");
	struct shape shape;
	struct str result;

	(void)state;
	shape_init(&shape, text, unit_parse(text), &unit_arena);
	assert_succeeds(operate(&shape, SET, "t/metadata/annotations/old", "2"));
	assert_succeeds(operate(&shape, INSERT, "t/metadata/annotations", "a=1"));
	assert_succeeds(operate(&shape, INSERT, "t/spec/c/#0/env", "[A=1]"));
	assert_succeeds(operate(&shape, RENAME, "t/spec/c/#1/env/#0", "valueFrom=value=3"));
	assert_succeeds(operate(&shape, INSERT, "t/spec/c/#1/env", "[A=1]"));
	assert_succeeds(finish(&shape, text, &result));
	assert_str(result, "t:\n  metadata:\n    annotations:\n      a: \"1\"\n      old: \"2\"\n  spec:\n    c:\n"
			   "    - env:\n        - name: A\n          value: \"1\"\n      name: x\n"
			   "    - name: y\n      env:\n      - name: A\n        value: \"1\"\n      - name: OLD\n"
			   "        value: \"3\"\n");
}

static void a_second_insertion_joins_the_first(void **state)
{
	static const struct {
		const char *text, *result;
	} rows[] = {
		{ "metadata: {}\n", "metadata: {\"annotations\": {\"b\": \"2\", \"a\": \"1\"}}\n" },
		{ "metadata:\n  annotations: {}\n", "metadata:\n  annotations: {\"b\": \"2\", \"a\": \"1\"}\n" },
		{ "metadata:\n  annotations:\n", "metadata:\n  annotations: {\"b\": \"2\", \"a\": \"1\"}\n" },
		{ "metadata:\n  x: y\n", "metadata:\n  annotations:\n    b: \"2\"\n    a: \"1\"\n  x: y\n" },
		{ "metadata:\n  annotations:\n    x: y\n",
		  "metadata:\n  annotations:\n    b: \"2\"\n    a: \"1\"\n    x: y\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str text = str_from(rows[i].text), result;
		struct shape shape;

		shape_init(&shape, text, unit_parse(text), &unit_arena);
		assert_succeeds(operate(&shape, INSERT, META, "a=1"));
		assert_succeeds(operate(&shape, INSERT, META, "b=2"));
		assert_succeeds(finish(&shape, text, &result));
		assert_row(result, rows[i].result, rows[i].text);
	}
}

static void what_was_just_inserted_can_be_set(void **state)
{
	struct str text = S("metadata: {}\n"), result;
	struct shape shape;

	(void)state;
	shape_init(&shape, text, unit_parse(text), &unit_arena);
	assert_succeeds(operate(&shape, INSERT, META, "a=1"));
	assert_succeeds(operate(&shape, SET, META "/a", "2"));
	assert_succeeds(finish(&shape, text, &result));
	assert_str(result, "metadata: {\"annotations\": {\"a\": \"2\"}}\n");
}

static void an_alias_bomb_is_refused(void **state)
{
	struct buf text = { 0 };
	struct shape shape;

	(void)state;
	buf_add_cstring(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 8; i++) {
		buf_printf(&text, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			buf_printf(&text, "%s*a%d", k > 0 ? ", " : "", i - 1);
		buf_add_cstring(&text, "]\n");
	}
	buf_add_cstring(&text, "metadata:\n  annotations: &x {k: *a7}\nt: *x\n");
	shape_init(&shape, buf_str(&text), unit_parse(buf_str(&text)), &unit_arena);
	assert_fails(operate(&shape, INSERT, "t", "a=1"), "an alias stands on the way to the stamp: written out, ");
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(annotations_get_entries_in_every_shape),
		TEST(entries_are_taken_out_and_comments_stay),
		TEST(env_gets_items_in_every_shape),
		TEST(a_value_is_replaced_in_every_style),
		TEST(an_entry_is_renamed_with_its_value),
		TEST(aliases_on_the_path_are_written_out),
		TEST(what_cannot_be_edited_is_refused_with_a_sentence),
		TEST(a_refusal_names_its_place),
		TEST(a_request_that_fails_changes_nothing),
		TEST(what_no_alias_repeats_any_more_is_edited),
		TEST(several_changes_meet_in_one_document),
		TEST(a_second_insertion_joins_the_first),
		TEST(what_was_just_inserted_can_be_set),
		TEST(an_alias_bomb_is_refused),
	};

	return unit_run(tests);
}
