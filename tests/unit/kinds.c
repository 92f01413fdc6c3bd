/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/kinds.h"

#include "unit.h"

#include <string.h>

static struct kinds kinds;

static int set_up(void **state)
{
	(void)state;
	kinds_init(&kinds, &unit_arena);
	return 0;
}

#define WITH_KINDS(function) cmocka_unit_test_setup_teardown(function, set_up, unit_release)

static void kinds_are_known_by_group_and_kind(void **state)
{
	static const struct {
		const char *api_version, *kind;
		bool is_ours;
	} rows[] = {
		{ "apps/v1", "Deployment", true },
		{ "apps/v1beta1", "Deployment", true },
		{ "apps/v1beta2", "Deployment", true },
		{ "extensions/v1beta1", "Deployment", true },
		{ "apps/v1", "StatefulSet", true },
		{ "apps/v1", "DaemonSet", true },
		{ "extensions/v1beta1", "DaemonSet", true },
		{ "argoproj.io/v1alpha1", "Rollout", true },
		{ "apps.openshift.io/v1", "DeploymentConfig", true },
		{ "v1", "DeploymentConfig", true },
		{ "v1", "ConfigMap", true },
		{ "v1", "Secret", true },
		{ "v1", "Deployment", false },
		{ "example.com/v1", "Deployment", false },
		{ "apps/v1", "ConfigMap", false },
		{ "apps/v1", "deployment", false },
		{ "extensions/v1beta1", "StatefulSet", false },
		{ "apps/v1", "ReplicaSet", false },
		{ "batch/v1", "Job", false },
		{ "", "ConfigMap", false },
		{ "apps/", "Deployment", false },
		{ "apps", "Deployment", false },
		{ "apps.kruise.io/v1alpha1", "CloneSet", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for((kinds_find(&kinds, str_from(rows[i].api_version), str_from(rows[i].kind)) != NULL) ==
				   rows[i].is_ours,
			   arena_printf(&unit_arena, "%s %s", rows[i].api_version, rows[i].kind).ptr);
}

static void lists_and_known_kinds_of_any_group_matter(void **state)
{
	(void)state;
	assert_true(kinds_matters(&kinds, S("Deployment")));
	assert_true(kinds_matters(&kinds, S("Secret")));
	assert_true(kinds_matters(&kinds, S("List")));
	assert_true(kinds_matters(&kinds, S("DeploymentList")));
	assert_false(kinds_matters(&kinds, S("Service")));
	assert_false(kinds_matters(&kinds, S("CustomResourceDefinition")));
	assert_false(kinds_matters(&kinds, S("deployment")));
	assert_false(kinds_matters(&kinds, S("Listing")));
	assert_false(kinds_matters(&kinds, S("")));
	assert_true(kinds_is_list(S("ConfigMapList")));
	assert_false(kinds_is_list(S("Lists")));
}

static void a_kind_can_be_added(void **state)
{
	const struct kind *kind;

	(void)state;
	assert_succeeds(kinds_add(&kinds, S("serving.knative.dev/Service=spec.template"), &unit_err));
	kind = kinds_find(&kinds, S("serving.knative.dev/v1"), S("Service"));
	assert_non_null(kind);
	if (!kind)
		return;
	assert_int_equal(kind->path_length, 2);
	assert_str(kind->path[0], "spec");
	assert_str(kind->path[1], "template");
	assert_null(kinds_find(&kinds, S("v1"), S("Service")));
	assert_true(kinds_matters(&kinds, S("Service")));
	/* The core group, one step; a known kind with another path. */
	assert_succeeds(kinds_add(&kinds, S("/PodTemplate=template"), &unit_err));
	assert_non_null(kinds_find(&kinds, S("v1"), S("PodTemplate")));
	assert_succeeds(kinds_add(&kinds, S("apps/Deployment=a.b.c"), &unit_err));
	kind = kinds_find(&kinds, S("apps/v1"), S("Deployment"));
	assert_non_null(kind);
	if (kind)
		assert_int_equal(kind->path_length, 3);
}

static void a_kind_that_is_malformed_is_refused(void **state)
{
	static const char *const texts[] = { "",     "Kind=a",      "g/Kind",    "g/Kind=",
					     "g/=a", "g/Kind=a..b", "g/Kind=.a", "g/Kind=a." };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		unit_assert_fails(kinds_add(&kinds, str_from(texts[i]), &unit_err), "--kind '", texts[i], __FILE__,
				  __LINE__);
	assert_fails(kinds_add(&kinds, S("x/ConfigMap=a"), &unit_err), "a ConfigMap has no pod template");
	assert_fails(kinds_add(&kinds, S("x/Secret=a"), &unit_err), "a Secret has no pod template");
	assert_fails(kinds_add(&kinds, S("x/SecretProviderClass=a"), &unit_err),
		     "a SecretProviderClass has no pod template");
}

static void kinds_are_named_without_regard_to_case(void **state)
{
	(void)state;
	assert_true(kinds_is_named(&kinds, S("deployment")));
	assert_true(kinds_is_named(&kinds, S("CONFIGMAP")));
	assert_true(kinds_is_named(&kinds, S("deploy*")));
	assert_true(kinds_is_named(&kinds, S("*")));
	assert_false(kinds_is_named(&kinds, S("default")));
	assert_false(kinds_is_named(&kinds, S("service")));
}

static void kinds_that_are_left_alone_have_a_reason(void **state)
{
	static const char *const alone[] = { "Job",        "CronJob", "Pod", "ReplicaSet", "ReplicationController",
					     "PodTemplate" };

	(void)state;
	for (size_t i = 0; i < COUNT(alone); i++)
		assert_for(kinds_why_left_alone(str_from(alone[i])) != NULL, alone[i]);
	assert_null(kinds_why_left_alone(S("Deployment")));
	assert_null(kinds_why_left_alone(S("Service")));
}

static const struct {
	const char *kind, *text, *effect;
} effects[] = {
	{ "Deployment", "{}", "rolls" },
	{ "Deployment", "spec: {paused: true}", "paused: rolls when it is resumed" },
	{ "Deployment", "spec: {paused: false}", "rolls" },
	{ "Deployment", "spec: {paused: 'true'}", "rolls" },
	{ "StatefulSet", "spec: {updateStrategy: {type: OnDelete}}", "updateStrategy OnDelete" },
	{ "DaemonSet", "spec: {updateStrategy: {type: OnDelete}}", "updateStrategy OnDelete" },
	{ "DaemonSet", "spec: {updateStrategy: {type: RollingUpdate}}", "rolls" },
	{ "StatefulSet", "spec: {updateStrategy: {rollingUpdate: {partition: 2}}}", "has a partition" },
	{ "StatefulSet", "spec: {updateStrategy: {rollingUpdate: {partition: 0}}}", "rolls" },
	{ "Rollout", "spec: {}", "starts a canary or blue-green rollout" },
	{ "Rollout", "spec: {paused: true}", "is paused" },
	{ "Rollout", "spec: {strategy: {canary: }}", "rolls" },
	{ "Rollout", "spec: {strategy: {canary: {steps: []}}}", "rolls" },
	{ "Rollout", "spec: {strategy: {canary: {steps: [{setWeight: 5}, {pause: {duration: 60}}]}}}", "a canary" },
	{ "Rollout", "spec: {strategy: {canary: {steps: [{pause: {}}]}}}", "a canary rollout, which waits" },
	{ "Rollout", "spec: {strategy: {canary: {steps: [{pause: }]}}}", "a canary rollout, which waits" },
	{ "Rollout", "spec: {strategy: {blueGreen: {activeService: a}}}", "starts a blue-green rollout" },
	{ "Rollout", "spec: {strategy: {blueGreen: {autoPromotionEnabled: false}}}",
	  "blue-green rollout, which waits" },
	{ "DeploymentConfig", "spec: {}", "rolls" },
	{ "DeploymentConfig", "spec: {triggers: }", "rolls" },
	{ "DeploymentConfig", "spec: {triggers: []}", "no ConfigChange trigger" },
	{ "DeploymentConfig", "spec: {triggers: [{type: ImageChange}]}", "no ConfigChange trigger" },
	{ "DeploymentConfig", "spec: {triggers: [{type: ImageChange}, {type: ConfigChange}]}", "rolls" },
	{ "CloneSet", "spec: {updateStrategy: {type: InPlaceIfPossible}}", "updates in place: an annotation" },
	{ "CloneSet", "spec: {updateStrategy: {type: InPlaceOnly}}", "updates in place only" },
	{ "CloneSet", "spec: {updateStrategy: {rollingUpdate: {podUpdatePolicy: InPlaceOnly}}}", "in place only" },
	{ "CloneSet", "spec: {}", "rolls" },
	{ "Service", "spec: {}", "rolls" },
};

static const struct kind *find_by_name(const char *name)
{
	for (size_t i = 0; i < kinds.count; i++)
		if (str_is(kinds.items[i].kind, name))
			return &kinds.items[i];
	return NULL;
}

static void what_a_changed_template_does_is_known(void **state)
{
	(void)state;
	assert_succeeds(kinds_add(&kinds, S("apps.kruise.io/CloneSet=spec.template"), &unit_err));
	assert_succeeds(kinds_add(&kinds, S("serving.knative.dev/Service=spec.template"), &unit_err));
	for (size_t i = 0; i < COUNT(effects); i++) {
		const struct kind *kind = find_by_name(effects[i].kind);
		const char *effect;

		assert_non_null(kind);
		if (!kind)
			return;
		effect = kinds_effect(kind, unit_parse(str_from(effects[i].text)));
		if (!strstr(effect, effects[i].effect) || (strcmp(effects[i].effect, "rolls") == 0 && effect[5]))
			assert_row(str_from(effect), effects[i].effect, effects[i].text);
	}
}

static void the_template_is_at_the_path_of_its_kind(void **state)
{
	const struct kind *deployment = find_by_name("Deployment");
	struct node *pod_template;

	(void)state;
	assert_non_null(deployment);
	pod_template = kinds_template(deployment, unit_parse(S("x: &t {metadata: {name: a}}\nspec: {template: *t}\n")));
	assert_true(node_is_mapping(pod_template));
	assert_null(kinds_template(deployment, unit_parse(S("spec: {}"))));
	assert_null(kinds_template(deployment, unit_parse(S("spec: [template: a]"))));
	assert_null(kinds_template(deployment, unit_parse(S("- spec"))));
}

static void a_knative_template_with_a_name_is_fixed(void **state)
{
	const struct kind *service, *deployment = find_by_name("Deployment");
	struct node *named = unit_parse(S("spec: {template: {metadata: {name: a}}}"));

	(void)state;
	assert_succeeds(kinds_add(&kinds, S("serving.knative.dev/Service=spec.template"), &unit_err));
	service = find_by_name("Service");
	deployment = find_by_name("Deployment");
	assert_non_null(kinds_why_fixed(service, named));
	assert_null(kinds_why_fixed(service, unit_parse(S("spec: {template: {metadata: {}}}"))));
	assert_null(kinds_why_fixed(deployment, named));
}

static void kinds_of_which_kubectl_tells_a_history_are_known(void **state)
{
	static const struct {
		const char *version, *kind;
		bool has_one;
	} rows[] = {
		{ "apps/v1", "Deployment", true },
		{ "extensions/v1beta1", "Deployment", true },
		{ "apps/v1", "StatefulSet", true },
		{ "apps/v1beta2", "DaemonSet", true },
		{ "extensions/v1beta1", "DaemonSet", true },
		{ "argoproj.io/v1alpha1", "Rollout", false },
		{ "apps.openshift.io/v1", "DeploymentConfig", false },
		{ "apps.kruise.io/v1beta1", "StatefulSet", false },
		{ "v1", "ConfigMap", false },
	};

	(void)state;
	assert_succeeds(kinds_add(&kinds, S("apps.kruise.io/StatefulSet=spec.template"), &unit_err));
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(kinds_has_history(kinds_find(&kinds, str_from(rows[i].version), str_from(rows[i].kind))) ==
				   rows[i].has_one,
			   rows[i].version);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KINDS(kinds_are_known_by_group_and_kind),
		WITH_KINDS(lists_and_known_kinds_of_any_group_matter),
		WITH_KINDS(a_kind_can_be_added),
		WITH_KINDS(a_kind_that_is_malformed_is_refused),
		WITH_KINDS(kinds_are_named_without_regard_to_case),
		WITH_KINDS(kinds_that_are_left_alone_have_a_reason),
		WITH_KINDS(what_a_changed_template_does_is_known),
		WITH_KINDS(kinds_of_which_kubectl_tells_a_history_are_known),
		WITH_KINDS(the_template_is_at_the_path_of_its_kind),
		WITH_KINDS(a_knative_template_with_a_name_is_fixed),
	};

	return unit_run(tests);
}
