/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/manifest.h"

#include "unit.h"

#include <string.h>

#define CM(metadata) "apiVersion: v1\nkind: ConfigMap\nmetadata: {" metadata "}\n"
#define SECRET(metadata) "apiVersion: v1\nkind: Secret\nmetadata: {" metadata "}\n"
#define DEPLOYMENT "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
#define HOOK "annotations: {helm.sh/hook: pre-install}"

/*
 * Which document of the stream a workload in `namespace` means by ConfigMap `a`: its number from 1, "missing" or
 * "ambiguous". Objects behind "|||" are external.
 */
static const struct {
	const char *default_namespace, *stream, *external, *ns, *found;
} lookups[] = {
	{ "", CM("name: a"), "", "", "1" },
	{ "", CM("name: b"), "", "", "missing" },
	{ "", SECRET("name: a"), "", "", "missing" },
	/* Exact match first. */
	{ "", CM("name: a, namespace: n") "---\n" CM("name: a, namespace: m"), "", "m", "2" },
	{ "", CM("name: a") "---\n" CM("name: a, namespace: m"), "", "m", "2" },
	{ "", CM("name: a") "---\n" CM("name: a, namespace: m"), "", "", "1" },
	/* One that names no namespace, if there is only one of that name. */
	{ "", CM("name: a, namespace: n"), "", "", "1" },
	{ "", CM("name: a"), "", "n", "1" },
	{ "", CM("name: a, namespace: n"), "", "m", "missing" },
	{ "", CM("name: a, namespace: n") "---\n" CM("name: a, namespace: m"), "", "", "ambiguous" },
	{ "", CM("name: a") "---\n" CM("name: a, namespace: m"), "", "n", "ambiguous" },
	{ "", CM("name: a, namespace: n") "---\n" CM("name: a, namespace: m"), "", "o", "missing" },
	/* With a default namespace nobody names none. */
	{ "d", CM("name: a") "---\n" CM("name: a, namespace: m"), "", "d", "1" },
	{ "d", CM("name: a"), "", "m", "missing" },
	{ "d", CM("name: a, namespace: d"), "", "d", "1" },
	/* The last of two wins. */
	{ "", CM("name: a") "---\n" CM("name: a"), "", "", "2" },
	{ "", CM("name: a, namespace: n") "---\n" CM("name: a, namespace: n"), "", "", "2" },
	{ "d", CM("name: a") "---\n" CM("name: a, namespace: d"), "", "d", "2" },
	/* A hook only where there is no other. */
	{ "", CM("name: a, " HOOK), "", "", "1" },
	{ "", CM("name: a") "---\n" CM("name: a, " HOOK), "", "", "1" },
	{ "", CM("name: a, " HOOK) "---\n" CM("name: a"), "", "", "2" },
	{ "", CM("name: a, " HOOK) "---\n" CM("name: a, " HOOK), "", "", "2" },
	{ "", CM("name: a, " HOOK) "---\n" CM("name: a") "---\n" CM("name: a, " HOOK), "", "", "2" },
	/* The stream before externals. */
	{ "", CM("name: a"), CM("name: a"), "", "1" },
	{ "", CM("name: b"), CM("name: a"), "", "external 1" },
	{ "", "", CM("name: a") "---\n" CM("name: a"), "", "external 2" },
	{ "", CM("name: a, namespace: n"), CM("name: a, namespace: m"), "m", "external 1" },
	{ "", CM("name: a, namespace: n"), CM("name: a, namespace: m"), "", "1" },
	{ "", CM("name: a, namespace: n") "---\n" CM("name: a, namespace: m"), CM("name: a"), "", "ambiguous" },
	/* However it is written. */
	{ "", "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\"}}", "", "", "1" },
	{ "", "kind: \"ConfigMap\"\napiVersion: 'v1'\nmetadata:\n  name: &n a\n", "", "", "1" },
	{ "", "apiVersion:\n  v1\nkind: ConfigMap\nmetadata:\n  name: a\n", "", "", "1" },
	{ "", "kind: X\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n", "", "", "1" },
	{ "", "x: &n a\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: *n\n", "", "", "1" },
	/* Items of lists. */
	{ "", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n", "", "",
	  "1" },
	{ "", "apiVersion: v1\nkind: ConfigMapList\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n",
	  "", "", "1" },
	{ "", "kind: List\nitems:\n- &i {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n- *i\n", "", "",
	  "missing" },
	/* Not ours. */
	{ "", "apiVersion: example.com/v1\nkind: ConfigMap\nmetadata: {name: a}\n", "", "", "missing" },
	{ "", "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a}\n", "", "", "missing" },
};

static void a_name_means_the_object_that_the_contract_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lookups); i++) {
		struct world *world = unit_world(lookups[i].default_namespace);
		struct object *object = NULL;
		struct str found = S("missing");

		assert_succeeds(unit_add(world, lookups[i].stream, SCOPE_STREAM));
		assert_succeeds(unit_add(world, lookups[i].external, SCOPE_EXTERNAL));
		switch (manifest_find(&world->manifest, OBJECT_CONFIGMAP, str_from(lookups[i].ns), S("a"), &object)) {
		case LOOKUP_FOUND:
			assert_non_null(object);
			if (object)
				found = arena_printf(&unit_arena, "%s%td",
						     object->scope == SCOPE_EXTERNAL ? "external " : "",
						     object->place.document - object->place.stream->documents + 1);
			break;
		case LOOKUP_AMBIGUOUS:
			found = S("ambiguous");
			break;
		case LOOKUP_MISSING:
			break;
		}
		assert_row(found, lookups[i].found, lookups[i].stream);
	}
}

static void duplicates_are_noted_with_the_one_that_is_used(void **state)
{
	struct world *world = unit_world("");

	(void)state;
	assert_succeeds(
		unit_add(world, CM("name: a") "---\n" CM("name: a") "---\n" CM("name: a, " HOOK), SCOPE_STREAM));
	assert_int_equal(world->manifest.duplicate_count, 2);
	assert_int_equal(place_line(&world->manifest.duplicates[0].ignored->place), 1);
	assert_int_equal(place_line(&world->manifest.duplicates[0].used->place), 5);
	assert_true(world->manifest.duplicates[1].ignored->is_hook);
	assert_ptr_equal(world->manifest.duplicates[1].used, world->manifest.duplicates[0].used);
}

static void a_name_with_a_nul_is_another_name(void **state)
{
	struct world *world = unit_world("");
	struct object *object = NULL;

	(void)state;
	assert_succeeds(unit_add(world, CM("name: a") "---\n" CM("name: \"a\\0b\""), SCOPE_STREAM));
	assert_int_equal(world->manifest.duplicate_count, 0);
	assert_int_equal(manifest_find(&world->manifest, OBJECT_CONFIGMAP, S(""), S("a"), &object), LOOKUP_FOUND);
	assert_non_null(object);
	if (object)
		assert_str(object->name, "a");
}

static void workloads_are_documents_that_hold_one(void **state)
{
	static const struct {
		const char *text;
		size_t count;
	} rows[] = {
		{ DEPLOYMENT, 1 },
		{ DEPLOYMENT "---\n" DEPLOYMENT, 2 },
		{ "{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\"}", 1 },
		{ "kind: List\nitems:\n- {apiVersion: apps/v1, kind: Deployment}\n"
		  "- {apiVersion: apps/v1, kind: Deployment}\n",
		  1 },
		{ "kind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n", 0 },
		{ CM("name: a"), 0 },
		{ "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: [broken\n", 0 },
		{ "", 0 },
		{ "# c\n---\n", 0 },
		{ "text\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world *world = unit_world("");

		unit_assert_succeeds(unit_add(world, rows[i].text, SCOPE_STREAM), rows[i].text, __FILE__, __LINE__);
		assert_for(world->manifest.workload_count == rows[i].count, rows[i].text);
		/* Of external ones nobody asks. */
		world = unit_world("");
		unit_assert_succeeds(unit_add(world, rows[i].text, SCOPE_EXTERNAL), rows[i].text, __FILE__, __LINE__);
		assert_for(world->manifest.workload_count == 0, rows[i].text);
	}
}

static void what_is_passed_over_has_a_reason(void **state)
{
	struct world *world = unit_world("d");

	(void)state;
	assert_succeeds(unit_add(world,
				 "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: j\n---\n"
				 "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n---\n" CM("labels: {}"),
				 SCOPE_STREAM));
	assert_int_equal(world->manifest.remarks.passed_over_count, 2);
	assert_str(world->manifest.remarks.passed_over[0].kind, "Job");
	assert_str(world->manifest.remarks.passed_over[0].name, "j");
	assert_str(world->manifest.remarks.passed_over[0].ns, "d");
	assert_string_equal(world->manifest.remarks.passed_over[0].reason, "a Job's template is immutable");
	assert_string_equal(world->manifest.remarks.passed_over[1].reason, "it has no name");
}

static void what_matters_and_cannot_be_read_is_an_error(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "a: b\n---\n\"kind\": Deployment\nx: [\n",
		  "(line 3 of rendered document 2, input line 5): not YAML" },
		{ "kind: List\nitems: *x\n", "has no anchor" },
		{ "%YAML 1.1\n---\n" DEPLOYMENT, "directive" },
		{ "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  <<: {}\n  name: a\n", "a merge key" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		unit_assert_fails(unit_add(unit_world(""), rows[i].text, SCOPE_STREAM), rows[i].error, rows[i].text,
				  __FILE__, __LINE__);
}

static void what_is_to_be_ignored_may_be_unreadable(void **state)
{
	struct world *world = unit_world("");
	struct str pattern = S("deployment/web");

	(void)state;
	world->ignore.patterns = &pattern;
	world->ignore.count = 1;
	assert_succeeds(unit_add(world, "%YAML 1.1\n---\n" DEPLOYMENT "spec: {}\n", SCOPE_STREAM));
	assert_succeeds(unit_add(world, "kind: \"Deployment\"\napiVersion: apps/v1\nmetadata: {name: web}\nx: *y\n",
				 SCOPE_STREAM));
	assert_int_equal(world->manifest.workload_count, 0);
	assert_int_equal(world->manifest.remarks.passed_over_count, 2);
	assert_string_equal(world->manifest.remarks.passed_over[0].reason, "--ignore");
	assert_fails(unit_add(world, "kind: \"Deployment\"\napiVersion: apps/v1\nmetadata: {name: other}\nx: *y\n",
			      SCOPE_STREAM),
		     "Deployment other (line 4 of rendered document 1, input line 4)");
}

static void a_document_that_helm_blanked_is_remembered(void **state)
{
	struct world *world = unit_world("");

	(void)state;
	assert_succeeds(unit_add(world, CM("name: a"), SCOPE_STREAM));
	assert_false(world->manifest.hides_secrets);
	assert_succeeds(unit_add(world, "---\n# Source: a.yaml\n# HIDDEN: The Secret output has been suppressed\n",
				 SCOPE_STREAM));
	assert_true(world->manifest.hides_secrets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_means_the_object_that_the_contract_says),
		TEST(duplicates_are_noted_with_the_one_that_is_used),
		TEST(a_name_with_a_nul_is_another_name),
		TEST(workloads_are_documents_that_hold_one),
		TEST(what_is_passed_over_has_a_reason),
		TEST(what_matters_and_cannot_be_read_is_an_error),
		TEST(what_is_to_be_ignored_may_be_unreadable),
		TEST(a_document_that_helm_blanked_is_remembered),
	};

	return unit_run(tests);
}
