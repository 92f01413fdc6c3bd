/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/resolve.h"

#include "unit.h"

#include <string.h>

static struct consumption *consumptions;
static size_t count;
static struct podspec podspec;

static void group(const char *pod_template, const char *ns)
{
	struct str text = str_from(pod_template);
	struct node *root = unit_parse(text);

	assert_succeeds(podspec_read(root, VOLUMES_ALL, &(size_t){ podspec_budget(text.len) }, &unit_arena, &podspec,
				     &unit_err));
	assert_succeeds(podspec_add_annotated(node_get(node_get(root, "metadata"), "annotations"), NULL, &unit_arena,
					      &podspec, &unit_err));
	resolve_group(&podspec, str_from(ns), &unit_arena, &consumptions, &count);
}

#define CM_KEY(name, key) "{valueFrom: {configMapKeyRef: {name: " name ", key: " key "}}}"
#define SECRET_KEY(name, key) "{valueFrom: {secretKeyRef: {name: " name ", key: " key "}}}"

static void references_are_put_together_by_object(void **state)
{
	(void)state;
	group("metadata: {annotations: {rollstamp.io/configmaps: 'b,n/a'}}\n"
	      "spec:\n  initContainers: [{}]\n  containers:\n"
	      "  - env: [" SECRET_KEY("z", "k") "," CM_KEY("b", "y") "," CM_KEY("b", "x") "," CM_KEY(
		      "b", "y") "]\n"
				"  - envFrom: [{secretRef: {name: a}}, {configMapRef: {name: a}}]\n"
				"  - env: [" CM_KEY("b", "a") "]\n",
	      "m");
	assert_int_equal(count, 5);
	/* ConfigMaps before Secrets, own namespace before others. */
	assert_str(consumptions[0].name, "a");
	assert_int_equal(consumptions[0].kind, OBJECT_CONFIGMAP);
	assert_str(consumptions[1].name, "b");
	assert_str(consumptions[2].foreign_namespace, "n");
	assert_str(consumptions[2].name, "a");
	assert_str(consumptions[3].name, "a");
	assert_int_equal(consumptions[3].kind, OBJECT_SECRET);
	assert_str(consumptions[4].name, "z");
	/* The union of keys, each once; containers ascending. */
	assert_int_equal(consumptions[1].key_count, 3);
	assert_str(consumptions[1].keys[0], "a");
	assert_str(consumptions[1].keys[1], "x");
	assert_str(consumptions[1].keys[2], "y");
	assert_true(consumptions[1].all_keys);
	assert_true(consumptions[1].in_every_container);
	assert_int_equal(consumptions[1].container_count, 2);
	assert_int_equal(consumptions[1].containers[0], 1);
	assert_int_equal(consumptions[1].containers[1], 3);
	assert_int_equal(consumptions[1].reference_count, 5);
	assert_false(consumptions[0].in_every_container);
}

static void its_own_namespace_is_not_a_foreign_one(void **state)
{
	(void)state;
	group("metadata: {annotations: {rollstamp.io/configmaps: 'a,m/a'}}\n", "m");
	assert_int_equal(count, 1);
	assert_str(consumptions[0].foreign_namespace, "");
	group("metadata: {annotations: {rollstamp.io/configmaps: 'a,m/a'}}\n", "");
	assert_int_equal(count, 2);
}

static void optional_means_that_every_reference_is(void **state)
{
	static const struct {
		const char *pod_template;
		bool is_optional;
	} rows[] = {
		{ "spec: {containers: [{envFrom: [{configMapRef: {name: a, optional: true}}]}]}", true },
		{ "spec: {containers: [{envFrom: [{configMapRef: {name: a}}]}]}", false },
		{ "spec: {containers: [{envFrom: [{configMapRef: {name: a, optional: true}}, {configMapRef: {name: "
		  "a}}]}]}",
		  false },
		/* One that is not consumed does not count. */
		{ "spec: {containers: [{envFrom: [{configMapRef: {name: a, optional: true}}]}], volumes: [{name: v, "
		  "configMap: {name: a}}]}",
		  true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		group(rows[i].pod_template, "");
		assert_int_equal(count, 1);
		assert_for(consumptions[0].is_optional == rows[i].is_optional, rows[i].pod_template);
	}
}

static void what_is_not_consumed_has_its_outcome_at_once(void **state)
{
	static const struct {
		const char *pod_template;
		enum outcome outcome;
	} rows[] = {
		{ "spec: {containers: [{envFrom: [{configMapRef: {name: a}}]}]}", OUTCOME_RESOLVED },
		{ "spec: {volumes: [{name: v, secret: {secretName: a}}]}", OUTCOME_UNMOUNTED },
		{ "spec: {imagePullSecrets: [{name: a}]}", OUTCOME_PULL_SECRET },
		{ "spec: {imagePullSecrets: [{name: a}], volumes: [{name: v, secret: {secretName: a}}]}",
		  OUTCOME_PULL_SECRET },
		{ "spec: {imagePullSecrets: [{name: a}], containers: [{envFrom: [{secretRef: {name: a}}]}]}",
		  OUTCOME_RESOLVED },
		{ "spec: {containers: [{envFrom: [{configMapRef: {name: 'a b'}}]}]}", OUTCOME_INVALID_NAME },
		{ "spec: {containers: [{envFrom: [{configMapRef: {}}]}]}", OUTCOME_NO_NAME },
		{ "spec: {containers: [{envFrom: [{configMapRef: {name: \"a\\nb\"}}]}]}", OUTCOME_INVALID_NAME },
		{ "spec: {containers: [{envFrom: [{configMapRef: {name: \"a\\0b\"}}]}]}", OUTCOME_INVALID_NAME },
		{ "metadata: {annotations: {rollstamp.io/configmaps: 'a_b/c'}}", OUTCOME_INVALID_NAME },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		group(rows[i].pod_template, "");
		assert_int_equal(count, 1);
		assert_for(consumptions[0].outcome == rows[i].outcome, rows[i].pod_template);
	}
}

static void names_that_differ_behind_a_nul_are_two(void **state)
{
	(void)state;
	group("spec: {containers: [{envFrom: [{configMapRef: {name: a}}, {configMapRef: {name: \"a\\0b\"}}]}]}", "");
	assert_int_equal(count, 2);
}

#define CM(metadata, data) "apiVersion: v1\nkind: ConfigMap\nmetadata: {" metadata "}\ndata: {" data "}\n---\n"
#define SECRET(metadata, data) "apiVersion: v1\nkind: Secret\nmetadata: {" metadata "}\nstringData: {" data "}\n---\n"

static struct world *resolve(const char *manifests, const char *pod_template, const char *ns)
{
	struct world *world = unit_world("");

	assert_succeeds(unit_add(world, manifests, SCOPE_STREAM));
	group(pod_template, ns);
	for (size_t i = 0; i < count; i++)
		resolve_object(&world->manifest, str_from(ns), &consumptions[i]);
	return world;
}

static void objects_are_looked_up(void **state)
{
#define ONE "spec: {containers: [{envFrom: [{configMapRef: {name: a}}]}]}"
#define ONE_SECRET "spec: {containers: [{envFrom: [{secretRef: {name: a}}]}]}"
#define HIDDEN "# HIDDEN: The Secret output has been suppressed\n---\n"
	static const struct {
		const char *manifests, *pod_template, *ns;
		enum outcome outcome;
	} rows[] = {
		{ CM("name: a", ""), ONE, "", OUTCOME_RESOLVED },
		{ CM("name: b", ""), ONE, "", OUTCOME_MISSING },
		{ CM("name: a, namespace: n", "") CM("name: a, namespace: m", ""), ONE, "", OUTCOME_AMBIGUOUS },
		{ CM("name: a, namespace: n", "") CM("name: a, namespace: m", ""), ONE, "m", OUTCOME_RESOLVED },
		{ CM("name: a, namespace: n", ""), "metadata: {annotations: {rollstamp.io/configmaps: n/a}}", "m",
		  OUTCOME_RESOLVED },
		{ CM("name: a, namespace: n", ""), "metadata: {annotations: {rollstamp.io/configmaps: o/a}}", "n",
		  OUTCOME_MISSING },
		{ HIDDEN, ONE_SECRET, "", OUTCOME_HIDDEN },
		{ HIDDEN, ONE, "", OUTCOME_MISSING },
		{ HIDDEN SECRET("name: a", ""), ONE_SECRET, "", OUTCOME_RESOLVED },
		{ CM("name: a", ""), "spec: {imagePullSecrets: [{name: a}]}", "", OUTCOME_PULL_SECRET },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		resolve(rows[i].manifests, rows[i].pod_template, rows[i].ns);
		assert_int_equal(count, 1);
		assert_for(consumptions[0].outcome == rows[i].outcome, rows[i].pod_template);
		assert_for((consumptions[0].object != NULL) == (rows[i].outcome == OUTCOME_RESOLVED),
			   rows[i].pod_template);
	}
}

/* "key=value;" or "key!;" of what the digest covers. */
static struct str covered(const struct consumption *c)
{
	struct selection_walk walk = { 0 };
	struct data_item item;
	struct buf out = { 0 };
	struct str copy;

	while (selection_next(&c->selection, &walk, &item)) {
		buf_add(&out, item.key);
		buf_add_char(&out, item.absent ? '!' : '=');
		buf_add(&out, item.value);
		buf_add_char(&out, ';');
	}
	copy = arena_dup(&unit_arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

static void the_digest_covers_what_is_consumed(void **state)
{
	static const struct {
		const char *env, *env_from, *items;
	} rows[] = {
		{ CM_KEY("a", "k"), "", "k=1;" },
		{ CM_KEY("a", "m") "," CM_KEY("a", "k"), "", "k=1;m=2;" },
		{ CM_KEY("a", "absent"), "", "absent!;" },
		{ CM_KEY("a", "k") "," CM_KEY("a", "l"), "", "k=1;l!;" },
		{ "", "{configMapRef: {name: a}}", "k=1;m=2;p=3;" },
		{ CM_KEY("a", "m"), "{configMapRef: {name: a}}", "k=1;m=2;p=3;" },
		/* All keys and, by name, one that is absent: in front, between, behind. */
		{ CM_KEY("a", "a"), "{configMapRef: {name: a}}", "a!;k=1;m=2;p=3;" },
		{ CM_KEY("a", "l"), "{configMapRef: {name: a}}", "k=1;l!;m=2;p=3;" },
		{ CM_KEY("a", "z"), "{configMapRef: {name: a}}", "k=1;m=2;p=3;z!;" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *pod_template = arena_printf(&unit_arena, "spec: {containers: [{env: [%s], envFrom: [%s]}]}",
							rows[i].env, rows[i].env_from)
						   .ptr;
		struct world *world = resolve(CM("name: a", "m: 2, k: 1, p: 3"), pod_template, "");

		assert_int_equal(count, 1);
		assert_succeeds(
			resolve_digest(&world->manifest, (struct str){ 0 }, &consumptions[0], &unit_arena, &unit_err));
		assert_row(covered(&consumptions[0]), rows[i].items, pod_template);
	}
}

static void an_absent_key_of_an_empty_object_is_covered(void **state)
{
	struct world *world = resolve(CM("name: a", ""), "spec: {containers: [{env: [" CM_KEY("a", "k") "]}]}", "");

	(void)state;
	assert_succeeds(resolve_digest(&world->manifest, (struct str){ 0 }, &consumptions[0], &unit_arena, &unit_err));
	assert_str(covered(&consumptions[0]), "k!;");
}

static void secrets_are_digested_with_the_key(void **state)
{
	static const struct {
		const char *key, *digest;
	} rows[] = {
		{ "", "f7b02bd86fb1c19611f12fc9f431f3d0" },
		{ "key", "79dd321a798dc24162935a50804a543d" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world *world = resolve(SECRET("name: db", "password: s3cr3t"),
					      "spec: {containers: [{envFrom: [{secretRef: {name: db}}]}]}", "");

		/* The second time it is remembered. */
		for (int round = 0; round < 2; round++) {
			assert_succeeds(resolve_digest(&world->manifest, str_from(rows[i].key), &consumptions[0],
						       &unit_arena, &unit_err));
			assert_string_equal(consumptions[0].digest, rows[i].digest);
		}
	}
}

static void a_remembered_digest_is_not_that_of_some_keys(void **state)
{
	struct world *world = resolve(CM("name: a", "k: 1, m: 2"), ONE, "");
	char all[DIGEST_HEX + 1];

	(void)state;
	assert_succeeds(resolve_digest(&world->manifest, (struct str){ 0 }, &consumptions[0], &unit_arena, &unit_err));
	memcpy(all, consumptions[0].digest, sizeof(all));
	group("spec: {containers: [{env: [" CM_KEY("a", "k") "]}]}", "");
	resolve_object(&world->manifest, (struct str){ 0 }, &consumptions[0]);
	assert_succeeds(resolve_digest(&world->manifest, (struct str){ 0 }, &consumptions[0], &unit_arena, &unit_err));
	assert_str(covered(&consumptions[0]), "k=1;");
	assert_string_not_equal(consumptions[0].digest, all);
	group(ONE, "");
	resolve_object(&world->manifest, (struct str){ 0 }, &consumptions[0]);
	assert_succeeds(resolve_digest(&world->manifest, (struct str){ 0 }, &consumptions[0], &unit_arena, &unit_err));
	assert_string_equal(consumptions[0].digest, all);
}

static void an_object_that_cannot_be_read_fails(void **state)
{
	struct world *world =
		resolve("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: '?'}\n", ONE_SECRET, "");

	(void)state;
	assert_fails(resolve_digest(&world->manifest, (struct str){ 0 }, &consumptions[0], &unit_arena, &unit_err),
		     "Secret a (line 4 of rendered document 1, input line 4): the value of key k is not valid base64");
}

static void every_outcome_has_a_name_and_a_sentence(void **state)
{
	(void)state;
	for (enum outcome outcome = OUTCOME_RESOLVED; outcome <= OUTCOME_SECRETS_OFF; outcome++) {
		assert_true(outcome_name(outcome)[0] != '\0');
		assert_true(outcome_explain(outcome)[0] != '\0');
		assert_int_equal(outcome_is_unresolved(outcome), strcmp(outcome_name(outcome), "unresolved") == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(references_are_put_together_by_object),  TEST(its_own_namespace_is_not_a_foreign_one),
		TEST(optional_means_that_every_reference_is), TEST(what_is_not_consumed_has_its_outcome_at_once),
		TEST(names_that_differ_behind_a_nul_are_two), TEST(objects_are_looked_up),
		TEST(the_digest_covers_what_is_consumed),     TEST(an_absent_key_of_an_empty_object_is_covered),
		TEST(secrets_are_digested_with_the_key),      TEST(a_remembered_digest_is_not_that_of_some_keys),
		TEST(an_object_that_cannot_be_read_fails),    TEST(every_outcome_has_a_name_and_a_sentence),
	};

	return unit_run(tests);
}
