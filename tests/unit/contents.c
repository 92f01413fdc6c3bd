/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/contents.h"

#include "unit.h"

#include <string.h>

#define CM "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
#define SPC "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata: {name: a}\n"
#define SECRET "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"

static struct object *only_object(struct world *world, const char *text)
{
	struct object *object = NULL;

	assert_succeeds(unit_add(world, text, SCOPE_STREAM));
	if (manifest_find(&world->manifest, OBJECT_CONFIGMAP, S(""), S("a"), &object) != LOOKUP_FOUND)
		(void)(manifest_find(&world->manifest, OBJECT_SECRET, S(""), S("a"), &object) == LOOKUP_FOUND ||
		       manifest_find(&world->manifest, OBJECT_PROVIDER_CLASS, S(""), S("a"), &object) == LOOKUP_FOUND);
	assert_non_null(object);
	return object;
}

/* "key=value;..." of what `text` holds. */
static struct str contents(struct world *world, struct object *object)
{
	struct buf out = { 0 };
	struct str copy;

	assert_succeeds(contents_load(&world->manifest, object, &unit_err));
	for (size_t i = 0; i < object->count; i++) {
		buf_add(&out, object->items[i].key);
		buf_add_char(&out, object->items[i].key_changed ? '~' : '=');
		buf_add(&out, object->items[i].value);
		buf_add_char(&out, ';');
	}
	copy = arena_dup(&unit_arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

static const struct {
	const char *text, *contents;
} rows[] = {
	{ CM, "" },
	{ CM "data:\n", "" },
	{ CM "data: {}\n", "" },
	{ CM "data: ~\nbinaryData: null\n", "" },
	/* A SecretProviderClass: the provider, parameters in the order of bytes, what is made of it as JSON. */
	{ SPC, "" },
	{ SPC "spec: {provider: , parameters: ~, secretObjects: null}\n", "" },
	{ SPC "spec: {secretObjects: [], parameters: {z: , B: 1, on: x}, provider: p}\n",
	  "provider=p;parameters/B=1;parameters/true~x;parameters/z=;secretObjects=[];" },
	{ SPC "spec: {secretObjects: [{secretName: s, data: [{key: \"a\\n\\\"\", b: on, a: 010, a: ~}]}, x]}\n",
	  "secretObjects=[{\"data\":[{\"a\":null,\"b\":true,\"key\":\"a\\u000a\\\"\"}],\"secretName\":\"s\"},\"x\"];" },
	/* By key, in the order of bytes. */
	{ CM "data:\n  b: 1\n  a: 2\n  Z: 3\n  a.b: 4\n", "Z=3;a=2;a.b=4;b=1;" },
	/* Values as YAML means them. */
	{ CM "data:\n  a: |\n    x\n    y\n  b: >-\n    x\n    y\n  c: \"\\t\"\n  d: 'it''s'\n",
	  "a=x\ny\n;b=x y;c=\t;d=it's;" },
	{ CM "data: {a: 1.10, b: yes, c: 010}\n", "a=1.10;b=yes;c=010;" },
	/* Null is the empty string, and only null. */
	{ CM "data: {a: , b: ~, c: null, d: !!null x, e: '~', f: !!str null}\n", "a=;b=;c=;d=;e=~;f=null;" },
	{ CM "data: {a: !!binary Zm9v}\n", "a=foo;" },
	/* Keys that YAML 1.1 reads otherwise. */
	{ CM "data: {on: 1, 010: 2, 0x10: 3, 1_000: 4, 'off': 5}\n", "1000~4;16~3;8~2;off=5;true~1;" },
	/* The last of two counts: keys and whole fields. */
	{ CM "data:\n  a: 1\n  b: 2\n  \"a\": 3\n", "a=3;b=2;" },
	{ CM "data:\n  a: 1\ndata:\n  b: 2\n", "b=2;" },
	{ CM "data:\n  a: 1\ndata:\n", "" },
	{ CM "data:\n  a: 1\nbinaryData:\n  b: eA==\ndata:\n  c: 2\n", "b=x;c=2;" },
	{ CM "data:\n  &k a: 1\n  a: 2\n  *k : 3\n", "a=3;" },
	{ CM "data:\n  &k a: 1\n  *k : 3\n", "a=3;" },
	/* And only that is judged. */
	{ CM "data:\n  a: {}\n  a: x\n  b: [c]\n  b: y\n", "a=x;b=y;" },
	{ CM "data:\n  a: !!binary '?'\n  a: x\n", "a=x;" },
	{ CM "binaryData:\n  a: '?'\n  a: eA==\n", "a=x;" },
	{ SECRET "data:\n  a: plain\n  a: eA==\n", "a=x;" },
	{ CM "data: old\ndata: {a: x}\n", "a=x;" },
	{ CM "data: [a]\ndata: {a: x}\n", "a=x;" },
	{ CM "data: {~: a, [b]: c, 18446744073709551615: d, a: {}}\ndata: {a: x}\n", "a=x;" },
	{ CM "data: {~: a}\nx: &x {a: x}\ndata: *x\n", "a=x;" },
	/* The same key in whatever quotes, and the same number in the same spelling. */
	{ CM "data:\n  a: 1\n  'a': 2\n  !!str a: 3\n", "a=3;" },
	{ CM "data:\n  010: 1\n  010: 2\n  on: 3\n  on: 4\n", "8~2;true~4;" },
	/* binaryData is base64; a ConfigMap has no stringData. */
	{ CM "data: {a: 1}\nbinaryData: {b: Zm9v, c: ''}\nstringData: {d: x}\n", "a=1;b=foo;c=;" },
	{ CM "binaryData:\n  b: |\n    Zm9v\n    YmFy\n", "b=foobar;" },
	/* stringData is laid over a Secret's data, wherever it stands. */
	{ SECRET "data: {a: Zm9v}\n", "a=foo;" },
	{ SECRET "data: {a: Zm9v, b: eA==}\nstringData: {a: bar}\n", "a=bar;b=x;" },
	{ SECRET "stringData: {a: bar}\ndata: {a: Zm9v}\n", "a=bar;" },
	{ SECRET "stringData: {a: Zm9v}\n", "a=Zm9v;" },
	{ SECRET "stringData: {a: ~}\ndata: {a: Zm9v}\n", "a=;" },
	{ SECRET "data: {a: ~}\n", "a=;" },
	{ SECRET "binaryData: {a: Zm9v}\n", "" },
	/* Other fields don't count. */
	{ CM "immutable: true\nx: {data: {b: c}}\ndata: {a: 1}\ny: [{data: z}]\n", "a=1;" },
	/* Aliases. */
	{ CM "x: &x {b: 1, c: &c 2}\ndata: *x\n", "b=1;c=2;" },
	{ CM "x: &x v\ndata:\n  a: *x\n  *x : b\n", "a=v;v=b;" },
	{ CM "? &d data\n: a: 1\n", "a=1;" },
	{ CM "? [a, b]\n: c\ndata: {a: 1}\n", "a=1;" },
	{ "apiVersion: v1\nkind: \"ConfigMap\"\nmetadata: {name: a}\ndata: {a: 1}\n", "a=1;" },
	{ "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\"v\\n\"}}",
	  "k=v\n;" },
	{ "apiVersion: v1\r\nkind: ConfigMap\r\nmetadata: {name: a}\r\ndata:\r\n  k: |\r\n    x\r\n    y\r\n",
	  "k=x\ny\n;" },
	{ CM "data:\n  \xc3\xa4: \xe2\x82\xac\n", "\xc3\xa4=\xe2\x82\xac;" },
	/* CR CR LF is one line break for kubectl and Helm 4. */
	{ CM "data:\n  k: |\n    x\r\r\n    y\r\r\r\n    z\r\n  l: m\n", "k=x\ny\n\nz\n;l=m;" },
	{ CM "data:\n  k: x\r\r\n    y\r\r\n", "k=x y;" },
};

static void contents_are_what_the_pod_sees(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world *world = unit_world("");

		assert_row(contents(world, only_object(world, rows[i].text)), rows[i].contents, rows[i].text);
	}
}

static const struct {
	const char *text, *error;
} errors[] = {
	{ CM "data: [a]\n", "ConfigMap a (line 4 of rendered document 1, input line 4): data is not a mapping" },
	{ CM "data: text\n", "data is not a mapping" },
	{ CM "data:\n  b: [x]\n", "(line 5 of rendered document 1, input line 5): the value of key b is not a string" },
	{ CM "data:\n  b: {x: y}\n", "the value of key b is not a string" },
	{ CM "data:\n  [b]: y\n", "a key that is a mapping or sequence" },
	{ CM "data:\n  ~: y\n", "a key that is null" },
	{ CM "data:\n  b: !!binary '?'\n", "the value of key b is !!binary and not base64" },
	{ CM "data:\n  a: 1\n  b: 2\n  a: {}\n", "input line 7): the value of key a is not a string" },
	{ CM "data: {a: 1}\ndata: b\n", "input line 5): data is not a mapping" },
	/* Keys that are one for kubectl alone. */
	{ CM "data:\n  8: a\n  '8': b\n", "input line 6): key 8 is there twice in different spellings" },
	{ CM "data:\n  8: a\n  010: b\n", "key 8 is there twice" },
	{ CM "data:\n  !!str true: a\n  true: b\n", "key true is there twice" },
	{ CM "data: {0.1: a, 0.10000000001: b}\n", "key 0.1 is there twice" },
	{ CM "data:\n  0.0: a\n  b: c\n  -0.0: d\n", "input line 5): key 0 is there twice" },
	{ CM "data:\n  .nan: a\n  .nan: b\n", "key .nan is there twice" },
	{ SECRET "stringData:\n  !!int 8: a\n  8: b\n", "key 8 is there twice" },
	{ CM "binaryData:\n  b: '?'\n", "the value of key b is not valid base64" },
	{ SECRET "data:\n  b: plain\n", "the value of key b is not valid base64 (plain text belongs into stringData)" },
	{ CM "data: {b: x}\nbinaryData: {b: eA==}\n", "key b is in data and in binaryData" },
	{ CM "data:\n  b: 'x\n", "not YAML" },
	{ CM "data:\n  <<: {b: x}\n", "a merge key" },
	{ CM "data:\n  b: *x\n", "has no anchor" },
};

static void contents_that_cannot_be_read_are_named_without_their_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(errors); i++) {
		struct world *world = unit_world("");
		struct object *object = only_object(world, errors[i].text);

		unit_assert_fails(contents_load(&world->manifest, object, &unit_err), errors[i].error, errors[i].text,
				  __FILE__, __LINE__);
		assert_for(!strstr(unit_err.text, "plain\n"), errors[i].text);
	}
}

static void all_objects_of_a_list_are_read_at_once(void **state)
{
	struct world *world = unit_world("");
	struct object *a = NULL, *b = NULL, *c = NULL;

	(void)state;
	assert_succeeds(unit_add(world,
				 "apiVersion: v1\nkind: List\nitems:\n"
				 "- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: 1}}\n"
				 "- {apiVersion: v1, kind: Service, metadata: {name: b}, data: {k: 2}}\n"
				 "- {apiVersion: v1, kind: Secret, metadata: {name: b}, data: {k: '?'}}\n"
				 "- {apiVersion: v1, kind: Secret, metadata: {name: c}, stringData: {k: 4}}\n",
				 SCOPE_STREAM));
	manifest_find(&world->manifest, OBJECT_CONFIGMAP, S(""), S("a"), &a);
	manifest_find(&world->manifest, OBJECT_SECRET, S(""), S("b"), &b);
	manifest_find(&world->manifest, OBJECT_SECRET, S(""), S("c"), &c);
	assert_true(a && b && c);
	assert_str(contents(world, c), "k=4;");
	assert_true(a->loaded);
	assert_str(contents(world, a), "k=1;");
	/* One that can't be read fails alone, every time, and says where. */
	for (int i = 0; i < 2; i++)
		assert_fails(
			contents_load(&world->manifest, b, &unit_err),
			"Secret b (line 6 of rendered document 1, input line 6): the value of key k is not valid base64");
}

static void an_item_is_found_by_its_key(void **state)
{
	struct world *world = unit_world("");
	struct object *object = only_object(world, CM "data: {a: 1, b: 2, c: 3}\n");

	(void)state;
	assert_str(contents(world, object), "a=1;b=2;c=3;");
	assert_str(contents_item(object, S("b"))->value, "2");
	assert_null(contents_item(object, S("bb")));
	assert_null(contents_item(object, S("")));
	world = unit_world("");
	object = only_object(world, CM);
	assert_str(contents(world, object), "");
	assert_null(contents_item(object, S("a")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(contents_are_what_the_pod_sees),
		TEST(contents_that_cannot_be_read_are_named_without_their_value),
		TEST(all_objects_of_a_list_are_read_at_once),
		TEST(an_item_is_found_by_its_key),
	};

	return unit_run(tests);
}
