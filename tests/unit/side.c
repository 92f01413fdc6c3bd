/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/side.h"

#include "sides.h"
#include "unit.h"

#define POD "spec: {template: {spec: {containers: [{name: c, image: a}]}}}\n"
#define OBJECT(version, name, more) \
	"---\napiVersion: " version "\nkind: Deployment\nmetadata: {name: " name more "}\n" POD

static bool has_stamps_alone(const struct side *side, const char *name)
{
	for (size_t i = 0; i < side->count; i++)
		if (str_is(side->items[i]->name, name))
			return side->items[i]->has_stamps_alone;
	fail_msg("no workload %s", name);
	return false;
}

static void the_last_of_two_workloads_with_one_identity_counts(void **state)
{
	const struct contrast *both = sides_compare(
		OBJECT("apps/v1", "a", "") OBJECT("apps/v1", "b", "") OBJECT("apps/v1beta1", "a", ", labels: {x: y}"),
		OBJECT("apps/v1", "a", "") OBJECT("apps/v1", "a", ", namespace: other"));

	(void)state;
	assert_int_equal(both->old.count, 2);
	assert_str(both->old.items[0]->name, "b");
	assert_str(both->old.items[1]->api_version, "apps/v1beta1");
	assert_int_equal(both->side.count, 2);
}

static void groups_that_a_kind_has_moved_between_are_one(void **state)
{
	const struct contrast *both =
		sides_compare(OBJECT("extensions/v1beta1", "a", ""), OBJECT("apps/v1", "a", ", namespace: ''"));

	(void)state;
	assert_str(both->old.items[0]->key, "apps/Deployment//a/");
	assert_ptr_equal(both->side.items[0]->other, both->old.items[0]);
	assert_str(side_key_without_namespace(both->side.items[0], &unit_arena), "apps/Deployment//a/");
}

static void what_a_server_has_written_has_stamps_alone(void **state)
{
	const struct contrast *both = sides_compare(
		OBJECT("apps/v1", "a", ", uid: 1-2"),
		"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nstatus: {}\n" POD
		"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b}\nstatus: {replicas: 1}\n" POD);

	(void)state;
	assert_true(has_stamps_alone(&both->old, "a"));
	assert_false(has_stamps_alone(&both->side, "a"));
	assert_true(has_stamps_alone(&both->side, "b"));
}

#define WEB(head, labels, tail)                                                                                     \
	"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web" head "}\nspec:\n  template:\n    metadata:\n" \
	"      labels: " labels "\n    spec:\n      containers:\n      - name: c\n        envFrom:\n"               \
	"        - configMapRef: {name: c}\n" tail

static void templates_of_one_text_share_their_value(void **state)
{
	static const struct {
		const char *before, *after;
		bool is_shared;
	} rows[] = {
		{ WEB("", "{a: b}", ""), WEB("", "{a: b}", ""), true },
		{ WEB("", "{a: b}", ""), WEB(", labels: {x: y}", "{a: b}", "  replicas: 2\n"), true },
		{ "# longer\n" WEB("", "{a: b}", ""), WEB("", "{a: b}", ""), true },
		{ WEB("", "{a: b}", ""), WEB("", "{a: c}", ""), false },
		{ WEB("", "{a: b}", ""), WEB("", "{a:  b}", ""), false },
		/* Of an alias the text does not tell what it means. */
		{ WEB(", labels: &l {a: b}", "*l", ""), WEB(", labels: &l {a: c}", "*l", ""), false },
		{ WEB(", labels: &l {a: b}", "*l", ""), WEB(", labels: &l {a: b}", "*l", ""), false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct contrast *both = sides_compare(rows[i].before, rows[i].after);
		const struct side_workload *old = both->old.items[0], *now = both->side.items[0];

		/* Nobody needs it. */
		assert_for(now->is_put_off == rows[i].is_shared && old->is_put_off == rows[i].is_shared, rows[i].after);
		assert_for((old->pod_template != NULL) != rows[i].is_shared, rows[i].after);
		assert_for((now->pod_template != NULL) != rows[i].is_shared, rows[i].after);
	}
}

#define CONFIGMAP(value) "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {k: " value "}\n---\n"

static void templates_that_share_a_value_have_stamps_of_their_own(void **state)
{
	/* A value is kept where something of it is refused. */
	static const char *const rows[][2] = {
		{ CONFIGMAP("v") WEB("", "{a: b}", ""), CONFIGMAP("w") WEB("", "{a: b}", "") },
		{ CONFIGMAP("v") WEB("", "{a: 1}", ""), CONFIGMAP("w") WEB("", "{a: 1}", "") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct contrast *both = sides_compare(rows[i][0], rows[i][1]);
		const struct side_workload *old = both->old.items[0], *now = both->side.items[0];

		assert_int_equal(now->is_put_off, i == 0);
		assert_int_equal(now->pod_template != NULL, i == 1);
		assert_ptr_equal(old->pod_template, now->pod_template);
		assert_int_equal(old->stamps.count, 1);
		assert_int_equal(now->stamps.count, 1);
		assert_false(str_equal(old->stamps.items[0].value, now->stamps.items[0].value));
		assert_null(value_get(value_get(now->pod_template, "metadata"), "annotations"));
	}
}

/* Sides that have stamps are taken as they are, in whatever way the text writes their names. */
static void templates_that_share_a_value_share_stamps_in_variables(void **state)
{
	static const char variable[] = "        env: [{name: \"\\x52OLLSTAMP_GIT_R\", value: c}]\n";
	struct str old = arena_printf(&unit_arena, "%s%s", CONFIGMAP("v") WEB("", "{a: b}", ""), variable);
	struct str after = arena_printf(&unit_arena, "%s%s", CONFIGMAP("w") WEB("", "{a: b}", ""), variable);
	const struct contrast *both = sides_compare(old.ptr, after.ptr);
	const struct side_workload *now = both->side.items[0];

	(void)state;
	assert_non_null(now->pod_template);
	assert_ptr_equal(now->pod_template, both->old.items[0]->pod_template);
	assert_int_equal(now->stamps.count, 1);
	assert_str(now->stamps.items[0].name, "ROLLSTAMP_GIT_R");
	assert_int_equal(both->why.items[0].reason_count, 0);
}

#define WEB_OF(head, label) "---\n" WEB(head, "{a: " label "}", "")
#define ITEM(name, label)                                                                                   \
	"- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: " name "}\n  spec:\n    template:\n" \
	"      metadata: {labels: {a: " label "}}\n      spec: {containers: [{name: c, image: i}]}\n"

/* Of the old side no value is kept until it is known that the new one has another text. */
static void templates_of_another_text_are_read_again(void **state)
{
	static const struct {
		const char *before, *after;
		bool differs;
	} rows[] = {
		{ WEB_OF("", "b"), WEB_OF("", "c"), true },
		/* Of two with one identity the last one counts, and the first one has the old text. */
		{ WEB_OF("", "b"), WEB_OF("", "b") WEB_OF("", "c"), true },
		{ WEB_OF("", "x") WEB_OF("", "b"), WEB_OF("", "x"), true },
		/* One side has no namespace. */
		{ WEB_OF("", "b"), WEB_OF(", namespace: n", "c"), true },
		{ WEB_OF("", "b"), WEB_OF(", namespace: n", "b"), false },
		{ "kind: List\nitems:\n" ITEM("v", "b") ITEM("w", "b"),
		  "kind: List\nitems:\n" ITEM("v", "b") ITEM("w", "c"), true },
		/* Stamps of the old text are in its value no more. */
		{ WEB("", "{a: b}\n      annotations: {configmap.rollstamp.io/c: d}", ""),
		  WEB("", "{a: c}\n      annotations: {configmap.rollstamp.io/c: d}", ""), true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct contrast *both = sides_compare(rows[i].before, rows[i].after);
		const struct why_workload *last = &both->why.items[both->why.count - 1];

		assert_for(both->old.items[both->old.count - 1]->pod_template, rows[i].after);
		assert_int_equal(last->reason_count, rows[i].differs);
		if (rows[i].differs)
			assert_str(last->reasons[0].path, "spec.template.metadata.labels[a]");
	}
}

static void templates_that_stay_as_they_are_have_no_value(void **state)
{
	const struct contrast *both = sides_compare(WEB_OF("", "b"), WEB_OF("", "b"));

	(void)state;
	assert_null(both->old.items[0]->pod_template);
	assert_null(both->side.items[0]->pod_template);
	assert_int_equal(both->why.items[0].verdict, WHY_SAME);
	/* What is refused is refused again. */
	both = sides_compare(WEB_OF("", "1"), WEB_OF("", "1"));
	assert_non_null(both->side.items[0]->pod_template);
	assert_int_equal(both->why.items[0].verdict, WHY_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_SIDES(the_last_of_two_workloads_with_one_identity_counts),
		TEST_SIDES(groups_that_a_kind_has_moved_between_are_one),
		TEST_SIDES(what_a_server_has_written_has_stamps_alone),
		TEST_SIDES(templates_of_one_text_share_their_value),
		TEST_SIDES(templates_of_another_text_are_read_again),
		TEST_SIDES(templates_that_stay_as_they_are_have_no_value),
		TEST_SIDES(templates_that_share_a_value_have_stamps_of_their_own),
		TEST_SIDES(templates_that_share_a_value_share_stamps_in_variables),
	};

	return unit_run(tests);
}
