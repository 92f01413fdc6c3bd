/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/checksums.h"

#include "unit.h"
#include "yaml/verify.h"

static struct policy policy;
static struct basis basis;
static struct subject subject;
static struct cluster cluster;
static struct unused unused;
static struct leftovers leftovers;
static struct draft draft;
static struct consumed consumed;
static struct collections collections;
static struct shape shape;
static struct second_reasons reasons;
static size_t budget;

#define OBJECT(kind, name) "---\napiVersion: v1\nkind: " kind "\nmetadata: {name: " name "}\n"
#define HEAD "metadata: {name: web}\ntemplate:\n"
/* A template that consumes these ConfigMaps, behind its metadata. */
#define ONE "  spec: {containers: [{name: c, envFrom: [{configMapRef: {name: a}}]}]}\n"
#define TWO "  spec: {containers: [{name: c, envFrom: [{configMapRef: {name: a}}, {configMapRef: {name: b}}]}]}\n"

/* Plans a workload as far as checksums need it; `pattern` may be NULL. */
static bool plan(const char *objects, const char *text, const char *pattern)
{
	struct world *world = unit_world("");
	struct node *root = unit_parse(str_from(text));

	assert_succeeds(unit_add(world, objects, SCOPE_STREAM));
	policy.kinds = world->kinds;
	policy.drop_checksums = (struct policy_list){ 0 };
	if (pattern)
		policy_add(&policy.drop_checksums, str_from(pattern), &unit_arena);
	cluster_init(&cluster, NULL, NULL, &unit_arena);
	unused_init(&unused, &policy, &unit_arena);
	budget = podspec_budget(10000);
	basis = (struct basis){
		.policy = &policy,
		.manifest = &world->manifest,
		.cluster = &cluster,
		.unused = &unused,
		.leftovers = &leftovers,
		.arena = &unit_arena,
		.tree = &unit_arena,
	};
	shape_init(&shape, str_from(text), root, &unit_arena);
	subject = (struct subject){
		.identity = identity_read(root, (struct str){ 0 }),
		.object = root,
		.pod_template = node_get(root, "template"),
		.shape = &shape,
		.budget = &budget,
		.git_budget = &budget,
	};
	podpath_add_key(&subject.path, S("template"));
	consumed = (struct consumed){ 0 };
	assert_succeeds(leftovers_note_named(&basis, &subject, &unit_err));
	leftovers_find(&leftovers, &world->manifest, &unit_arena);
	assert_succeeds(draft_read(&basis, &subject, &draft, &unit_err));
	assert_succeeds(consumed_find(&draft, &consumed, &unit_err));
	assert_succeeds(consumed_resolve(&draft, &consumed, &unit_err));
	collections = (struct collections){ 0 };
	assert_succeeds(collections_find(&draft, &collections, &unit_err));
	return checksums_drop(&draft, &consumed, &collections, &reasons, &unit_err);
}

/* The text without what has been taken out, which must be what the edited tree says. */
static struct str result(const char *text)
{
	struct edits edits;

	edits_init(&edits, &unit_arena);
	assert_succeeds(shape_finish(&shape, &edits, &unit_err));
	assert_succeeds(verify_taken(&shape, &edits, &unit_arena, &unit_err));
	assert_succeeds(verify_document(&shape, &edits, VERIFY_WHOLE, &unit_arena, &unit_err));
	return edits_apply(&edits, str_from(text), &unit_arena);
}

/* "NAME: gone", "NAME: why it stays", "NAME: stays" and "label NAME", with semicolons between them. */
static struct str told(void)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < reasons.count; i++) {
		const struct second_reason *at = &reasons.items[i];

		buf_printf(&out, "%s%s%.*s", i > 0 ? "; " : "", at->is_label ? "label " : "", STR_ARG(at->name));
		if (!at->is_label)
			buf_printf(&out, ": %.*s",
				   STR_ARG(at->is_dropped         ? S("gone")
					   : at->why_kept.len > 0 ? at->why_kept
								  : S("stays")));
	}
	return buf_keep(&out, &unit_arena);
}

static void names_that_charts_use_are_checksums(void **state)
{
	static const char *const names[] = { "checksum/config",
					     "checksum/",
					     "configchecksum",
					     "checksum.config/md5",
					     "secret.checksum/a",
					     "configmap.checksum/a-b",
					     "consul.hashicorp.com/config-checksum" };
	static const char *const others[] = {
		"checksum",        "checksums/config", "a/checksum",           "config-checksum",
		"xconfigchecksum", "rollme",           "prometheus.io/scrape", ""
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_for(checksums_is_name(str_from(names[i])), names[i]);
	for (size_t i = 0; i < COUNT(others); i++)
		assert_for(!checksums_is_name(str_from(others[i])), others[i]);
}

static void checksums_that_stamps_cover_go_and_others_say_why_they_stay(void **state)
{
	static const struct {
		const char *objects, *annotations, *spec, *told;
	} rows[] = {
		{ OBJECT("ConfigMap", "a"), "{checksum/a: x}", ONE, "checksum/a: gone" },
		{ OBJECT("ConfigMap", "a") OBJECT("ConfigMap", "b"), "{checksum/a: x, checksum/b: y}", TWO,
		  "checksum/a: gone; checksum/b: gone" },
		/* Fewer of them than stamps: one covers both objects. */
		{ OBJECT("ConfigMap", "a") OBJECT("ConfigMap", "b"), "{checksum/a: x}", TWO, "checksum/a: gone" },
		{ OBJECT("ConfigMap", "a"), "{checksum/a: x, checksum/b: y}", ONE,
		  "checksum/a: 2 checksums and 1 stamped object: one may be for something else; "
		  "checksum/b: 2 checksums and 1 stamped object: one may be for something else" },
		{ OBJECT("ConfigMap", "a"), "{checksum/a: x}", TWO,
		  "checksum/a: ConfigMap b is consumed, and not all of it stamped" },
		{ OBJECT("ConfigMap", "a") OBJECT("Secret", "b"), "{checksum/a: x}", ONE,
		  "checksum/a: Secret b is consumed by no template: one may be for that" },
		/* Others have no part in it, and a name that stands twice is one. */
		{ OBJECT("ConfigMap", "a"), "{other: x, configchecksum: y, checksum/a: z}", ONE,
		  "configchecksum: stays; checksum/a: gone" },
		{ OBJECT("ConfigMap", "a"), "{configmap.rollstamp.io/a: x, knative.dev/example-checksum: y}", ONE, "" },
		{ OBJECT("ConfigMap", "a"), "{rollstamp.io/exclude: secret/y}", ONE, "" },
		{ "", "{checksum/a: x}", "  spec: {}\n",
		  "checksum/a: 1 checksum and 0 stamped objects: one may be for something else" },
		{ OBJECT("ConfigMap", "a"), "null", ONE, "" },
		{ OBJECT("ConfigMap", "a"), "[checksum/a]", ONE, "" },
		{ OBJECT("ConfigMap", "a"), "{? [checksum/a] : x, {checksum/a: y}: z}", ONE, "" },
		{ OBJECT("ConfigMap", "a"), "{checksum/a: {x: y}}", ONE, "checksum/a: its value is no text" },
	};

	(void)state;
	policy = (struct policy){ .secrets = true, .inject = INJECT_ANNOTATIONS };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str text = arena_printf(&unit_arena, HEAD "  metadata: {annotations: %s}\n%s",
					       rows[i].annotations, rows[i].spec);

		assert_for(plan(rows[i].objects, text.ptr, "checksum/*"), rows[i].annotations);
		assert_row(told(), rows[i].told, text.ptr);
		result(text.ptr);
	}
}

static void without_the_option_they_are_told_and_nothing_goes(void **state)
{
	static const char text[] =
		HEAD "  metadata:\n    annotations: {checksum/a: x}\n"
		     "    labels: {helm.sh/chart: c-1, app.kubernetes.io/version: '1', app: web}\n" ONE;

	(void)state;
	policy = (struct policy){ .secrets = true, .inject = INJECT_ANNOTATIONS };
	assert_succeeds(plan(OBJECT("ConfigMap", "a"), text, NULL));
	assert_str(told(), "checksum/a: stays; label helm.sh/chart; label app.kubernetes.io/version");
	assert_str(result(text),
		   HEAD "  metadata:\n    annotations: {checksum/a: x}\n"
			"    labels: {helm.sh/chart: c-1, app.kubernetes.io/version: '1', app: web}\n" ONE);
}

static void a_pattern_names_others_and_never_what_is_not_one(void **state)
{
	static const char text[] =
		HEAD "  metadata:\n    annotations:\n      knative.dev/example-checksum: x\n"
		     "      configmap.rollstamp.io/a: x\n      my/hash: y\n      checksum/a: z\n" ONE;

	(void)state;
	policy = (struct policy){ .secrets = true, .inject = INJECT_ANNOTATIONS };
	assert_succeeds(plan(OBJECT("ConfigMap", "a"), text, "my/*"));
	assert_str(told(), "my/hash: gone; checksum/a: stays");
	assert_str(result(text), HEAD "  metadata:\n    annotations:\n      knative.dev/example-checksum: x\n"
				      "      configmap.rollstamp.io/a: x\n      checksum/a: z\n" ONE);
	assert_succeeds(plan(OBJECT("ConfigMap", "a"), text, "*"));
	assert_str(told(), "my/hash: 2 checksums and 1 stamped object: one may be for something else; checksum/a: 2 "
			   "checksums and 1 stamped object: one may be for something else");
}

static void an_alias_in_place_of_annotations_is_written_out_where_it_can_be(void **state)
{
#define COMMON "common: &x {checksum/a: x, z: y}\n"
	static const char text[] = COMMON HEAD "  metadata:\n    annotations: *x\n" ONE;
	static const char meta[] = "common: &x {annotations: {checksum/a: x, z: y}}\n" HEAD "  metadata: *x\n" ONE;
	static const char tagged[] = "common: &x !my {checksum/a: x}\n" HEAD "  metadata: {annotations: *x}\n" ONE;

	(void)state;
	policy = (struct policy){ .secrets = true, .inject = INJECT_ENV };
	assert_succeeds(plan(OBJECT("ConfigMap", "a"), text, "checksum/*"));
	assert_str(told(), "checksum/a: gone");
	assert_str(result(text), COMMON HEAD "  metadata:\n    annotations: {\"z\": y}\n" ONE);
	assert_succeeds(plan(OBJECT("ConfigMap", "a"), meta, "checksum/*"));
	assert_str(told(), "checksum/a: gone");
	assert_str(result(meta), "common: &x {annotations: {checksum/a: x, z: y}}\n" HEAD
				 "  metadata: {\"annotations\": {\"z\": y}}\n" ONE);
	assert_succeeds(plan(OBJECT("ConfigMap", "a"), tagged, "checksum/*"));
	assert_str(told(), "checksum/a: an alias stands for it that can't be written out");
	assert_row(result(tagged), tagged, tagged);
	policy.inject = INJECT_ANNOTATIONS;
	assert_fails(plan(OBJECT("ConfigMap", "a"), tagged, "checksum/*"), "the tag !my");
}

static void annotations_that_an_alias_repeats_stay_where_stamps_are_variables(void **state)
{
	static const char text[] = HEAD "  metadata:\n    annotations: &x {checksum/a: x}\n    labels: *x\n" ONE;

	(void)state;
	policy = (struct policy){ .secrets = true, .inject = INJECT_ENV };
	assert_succeeds(plan(OBJECT("ConfigMap", "a"), text, "checksum/*"));
	assert_str(told(), "checksum/a: an alias repeats the annotations elsewhere");
	assert_str(result(text), HEAD "  metadata:\n    annotations: &x {checksum/a: x}\n    labels: *x\n" ONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_that_charts_use_are_checksums),
		TEST(checksums_that_stamps_cover_go_and_others_say_why_they_stay),
		TEST(without_the_option_they_are_told_and_nothing_goes),
		TEST(a_pattern_names_others_and_never_what_is_not_one),
		TEST(an_alias_in_place_of_annotations_is_written_out_where_it_can_be),
		TEST(annotations_that_an_alias_repeats_stay_where_stamps_are_variables),
	};

	return unit_run(tests);
}
