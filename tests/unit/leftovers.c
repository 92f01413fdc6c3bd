/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/leftovers.h"

#include "unit.h"

static struct policy policy;
static struct basis basis;
static struct world *world;
static struct leftovers leftovers;
static size_t budget;

#define OBJECT(kind, name, labels) \
	"---\napiVersion: v1\nkind: " kind "\nmetadata:\n  name: " name "\n  labels: {" labels "}\n"

static void begin(const char *objects)
{
	policy = (struct policy){ .secrets = true };
	world = unit_world("shop");
	assert_succeeds(unit_add(world, objects, SCOPE_STREAM));
	policy.kinds = world->kinds;
	basis = (struct basis){
		.policy = &policy,
		.manifest = &world->manifest,
		.arena = &unit_arena,
		.tree = &unit_arena,
	};
}

static struct subject subject_of(const char *text)
{
	struct node *root = unit_parse(str_from(text));

	budget = podspec_budget(1000);
	return (struct subject){
		.identity = identity_read(root, S("shop")),
		.object = root,
		.pod_template = node_get(root, "template"),
		.budget = &budget,
		.git_budget = &budget,
	};
}

static void note(const char *workload)
{
	struct subject subject = subject_of(workload);

	assert_succeeds(leftovers_note_named(&basis, &subject, &unit_err));
}

/* "KIND NAME INSTANCE" of each. */
static struct str found(void)
{
	struct buf out = { 0 };

	leftovers_find(&leftovers, &world->manifest, &unit_arena);
	for (size_t i = 0; i < leftovers.count; i++) {
		const struct leftover *at = &leftovers.items[i];

		buf_printf(&out, "%s%s %.*s %.*s", i > 0 ? ", " : "", object_kind_name(at->object->kind),
			   STR_ARG(at->object->name), STR_ARG(at->instance));
	}
	return buf_keep(&out, &unit_arena);
}

#define WORKLOAD(annotations, from)                                                                               \
	"{metadata: {name: web, annotations: {" annotations "}}, template: {spec: {containers: [{envFrom: [" from \
	"]}]}}}"

static void what_templates_name_is_no_leftover_in_whatever_way_they_do(void **state)
{
	(void)state;
	begin(OBJECT("ConfigMap", "a", "") OBJECT("Secret", "b", "") OBJECT("ConfigMap", "c", "")
		      OBJECT("Secret", "d", "") OBJECT("ConfigMap", "e", "") OBJECT("Secret", "pull", "")
			      OBJECT("ConfigMap", "unmounted", ""));
	note(WORKLOAD("rollstamp.io/configmaps: c",
		      "{configMapRef: {name: a}}, {secretRef: {name: b, optional: true}}"));
	/* What is excluded, pulled with, or in a volume that nobody mounts is named all the same. */
	note("{metadata: {name: w, annotations: {rollstamp.io/exclude: secret/d}}, template: {spec: {imagePullSecrets: "
	     "[{name: pull}], volumes: [{name: v, configMap: {name: unmounted}}], containers: [{envFrom: [{secretRef: "
	     "{name: d}}]}]}}}");
	assert_str(found(), "ConfigMap e ");
}

static void a_name_means_the_object_of_the_workloads_namespace(void **state)
{
	(void)state;
	begin("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: blog}\n" OBJECT("ConfigMap", "b", ""));
	note(WORKLOAD("", "{configMapRef: {name: a}}, {secretRef: {name: b}}"));
	assert_str(found(), "ConfigMap a , ConfigMap b ");
	note("{metadata: {name: w, namespace: blog}, template: {spec: {containers: [{envFrom: [{configMapRef: {name: a}}]}]}}}");
	assert_str(found(), "ConfigMap b ");
}

static void what_nobody_could_mean_is_none(void **state)
{
	(void)state;
	begin("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ignored, annotations: {rollstamp.io/ignore: 'true'}}\n"
	      "---\napiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata: {name: class}\n"
	      "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: hook, annotations: {helm.sh/hook: pre-install}}\n");
	assert_succeeds(unit_add(world, OBJECT("ConfigMap", "elsewhere", ""), SCOPE_EXTERNAL));
	assert_str(found(), "");
}

static void the_release_is_read_in_every_form(void **state)
{
	(void)state;
	begin(OBJECT("ConfigMap", "a", "app.kubernetes.io/instance: x, release: y") OBJECT("ConfigMap", "b", "release: y") OBJECT(
		"Secret", "c",
		"app.kubernetes.io/instance: ''") "---\n"
						  "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"d\", \"labels\": "
						  "{\"release\": \"z\"}}}\n---\n"
						  "apiVersion: v1\nkind: List\nitems:\n"
						  "- {apiVersion: v1, kind: ConfigMap, metadata: {name: e, labels: {release: first}}}\n"
						  "- {apiVersion: v1, kind: Service, metadata: {name: s, labels: {release: no}}}\n"
						  "- {apiVersion: v1, kind: ConfigMap, metadata: {name: f, labels: {release: third}}}\n");
	assert_str(found(),
		   "ConfigMap a x, ConfigMap b y, Secret c , ConfigMap d z, ConfigMap e first, ConfigMap f third");
}

static void only_another_release_is_told_apart(void **state)
{
	static const struct {
		const char *objects, *workload, *beside;
	} rows[] = {
		{ OBJECT("ConfigMap", "a", "release: x"), "{metadata: {labels: {release: x}}}", "a" },
		{ OBJECT("ConfigMap", "a", "release: x"), "{metadata: {labels: {release: y}}}", "" },
		/* One that says nothing may be of any. */
		{ OBJECT("ConfigMap", "a", ""), "{metadata: {labels: {release: y}}}", "a" },
		{ OBJECT("ConfigMap", "a", "release: x"), "{}", "a" },
		{ OBJECT("ConfigMap", "a", "release: x") OBJECT("Secret", "b", "release: y"),
		  "{metadata: {labels: {release: y}}}", "b" },
		/* The workload's own labels come first, then the template's. */
		{ OBJECT("ConfigMap", "a", "release: x"), "{template: {metadata: {labels: {release: y}}}}", "" },
		{ OBJECT("ConfigMap", "a", "release: x"),
		  "{metadata: {labels: {release: x}}, template: {metadata: {labels: {release: y}}}}", "a" },
		{ OBJECT("ConfigMap", "a", "release: x"),
		  "{metadata: {labels: {app.kubernetes.io/instance: y, release: x}}}", "" },
		{ "", "{}", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct subject subject = subject_of(rows[i].workload);
		const struct object *beside;

		begin(rows[i].objects);
		leftovers_find(&leftovers, &world->manifest, &unit_arena);
		beside = leftovers_beside(&leftovers, &subject);
		assert_row(beside ? beside->name : S(""), rows[i].beside, rows[i].workload);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_templates_name_is_no_leftover_in_whatever_way_they_do),
		TEST(a_name_means_the_object_of_the_workloads_namespace),
		TEST(what_nobody_could_mean_is_none),
		TEST(the_release_is_read_in_every_form),
		TEST(only_another_release_is_told_apart),
	};

	return unit_run(tests);
}
