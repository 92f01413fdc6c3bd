/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/kinds.h"

#include "base/glob.h"
#include "yaml/scalar.h"

#include <string.h>

struct builtin {
	const char *group;
	const char *kind;
	enum kind_role role;
};

static const struct builtin builtins[] = {
	{ "apps", "Deployment", KIND_WORKLOAD },
	{ "extensions", "Deployment", KIND_WORKLOAD },
	{ "apps", "StatefulSet", KIND_WORKLOAD },
	{ "apps", "DaemonSet", KIND_WORKLOAD },
	{ "extensions", "DaemonSet", KIND_WORKLOAD },
	{ "argoproj.io", "Rollout", KIND_WORKLOAD },
	{ "apps.openshift.io", "DeploymentConfig", KIND_WORKLOAD },
	/* OpenShift 3 had it in the core group. */
	{ "", "DeploymentConfig", KIND_WORKLOAD },
	{ "", "ConfigMap", KIND_CONFIGMAP },
	{ "", "Secret", KIND_SECRET },
	{ "secrets-store.csi.x-k8s.io", "SecretProviderClass", KIND_PROVIDER_CLASS },
};

static struct kind *append(struct kinds *kinds)
{
	kinds->items = arena_grow(kinds->arena, kinds->items, kinds->count, &kinds->room, sizeof(*kinds->items));
	return &kinds->items[kinds->count++];
}

void kinds_init(struct kinds *kinds, struct arena *arena)
{
	static struct str spec_template[] = { STR("spec"), STR("template") };

	*kinds = (struct kinds){ .arena = arena };
	for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++)
		*append(kinds) = (struct kind){
			.group = str_from(builtins[i].group),
			.kind = str_from(builtins[i].kind),
			.role = builtins[i].role,
			.path = spec_template,
			.path_length = 2,
		};
}

static bool has_path_of(const struct kind *a, const struct kind *b)
{
	if (a->path_length != b->path_length)
		return false;
	for (size_t i = 0; i < a->path_length; i++)
		if (!str_equal(a->path[i], b->path[i]))
			return false;
	return true;
}

/* Only the last path would count, and the other template would silently be left alone. */
static bool check_one_path(const struct kinds *kinds, const struct kind *added, struct str text, struct err *err)
{
	for (size_t i = sizeof(builtins) / sizeof(*builtins); i < kinds->count; i++) {
		const struct kind *other = &kinds->items[i];

		if (str_equal(other->kind, added->kind) && str_equal(other->group, added->group) &&
		    !has_path_of(other, added))
			return err_set(err,
				       "--kind '%.*s': this kind has been given with another path: it can have one",
				       STR_ARG(text));
	}
	return true;
}

bool kinds_add(struct kinds *kinds, struct str text, struct err *err)
{
	struct str path = text, kind = str_cut(&path, '=');
	size_t slash = str_find(kind, '/'), room = 0;
	struct kind added = { .role = KIND_WORKLOAD };

	if (slash == kind.len || !path.ptr || path.len == 0 || slash + 1 == kind.len)
		return err_set(
			err,
			"--kind '%.*s': write GROUP/KIND=path.to.template, as in serving.knative.dev/Service=spec.template",
			STR_ARG(text));
	added.group = str_slice(kind, (struct span){ 0, slash });
	added.kind = str_skip(kind, slash + 1);
	if (str_is(added.kind, "ConfigMap") || str_is(added.kind, "Secret") ||
	    str_is(added.kind, "SecretProviderClass"))
		return err_set(err, "--kind '%.*s': a %.*s has no pod template", STR_ARG(text), STR_ARG(added.kind));
	if (str_find(added.kind, '/') < added.kind.len)
		return err_set(err, "--kind '%.*s': write the API group without a version", STR_ARG(text));
	for (size_t i = 0; i < added.kind.len; i++)
		if (!str_is_alphanumeric(added.kind.ptr[i]))
			return err_set(err, "--kind '%.*s': '%.*s' can't be a kind", STR_ARG(text),
				       STR_ARG(added.kind));
	if (kinds_is_list(added.kind))
		return err_set(err, "--kind '%.*s': a list has no pod template; its items are looked at anyway",
			       STR_ARG(text));
	while (path.ptr) {
		struct str key = str_cut(&path, '.');

		if (added.path_length == KINDS_PATH_LIMIT)
			return err_set(err, "--kind '%.*s': the path to the template has more than %d steps",
				       STR_ARG(text), KINDS_PATH_LIMIT);
		if (key.len == 0)
			return err_set(err, "--kind '%.*s': the path to the template has an empty step", STR_ARG(text));
		added.path = arena_grow(kinds->arena, added.path, added.path_length, &room, sizeof(*added.path));
		added.path[added.path_length++] = key;
	}
	if (!check_one_path(kinds, &added, text, err))
		return false;
	*append(kinds) = added;
	return true;
}

const struct kind *kinds_find(const struct kinds *kinds, struct str api_version, struct str kind)
{
	struct str version = api_version, group = { 0 };

	if (str_find(api_version, '/') < api_version.len)
		group = str_cut(&version, '/');
	if (version.len == 0)
		return NULL;
	/* Later ones first, so that --kind can give a known kind another path. */
	for (size_t i = kinds->count; i-- > 0;)
		if (str_equal(kinds->items[i].kind, kind) && str_equal(kinds->items[i].group, group))
			return &kinds->items[i];
	return NULL;
}

bool kinds_is_list(struct str kind)
{
	return str_ends_with(kind, "List");
}

bool kinds_is_resource_list(struct node *object)
{
	return str_is(scalar_get(object, "kind"), "ResourceList") &&
	       str_starts_with(scalar_get(object, "apiVersion"), KINDS_RESOURCE_LIST_GROUP);
}

bool kinds_matters(const struct kinds *kinds, struct str kind)
{
	for (size_t i = 0; i < kinds->count; i++)
		if (str_equal(kinds->items[i].kind, kind))
			return true;
	return kinds_is_list(kind);
}

bool kinds_is_named(const struct kinds *kinds, struct str pattern)
{
	for (size_t i = 0; i < kinds->count; i++)
		if (glob_matches_nocase(pattern, kinds->items[i].kind))
			return true;
	return false;
}

const char *kinds_why_left_alone(struct str kind)
{
	static const struct {
		const char *kind, *why;
	} left_alone[] = {
		{ "Job", "a Job's template is immutable" },
		{ "CronJob", "the next Job reads the new configuration anyway" },
		{ "Pod", "a Pod does not restart for an annotation, and its env is immutable" },
		{ "ReplicaSet", "a ReplicaSet does not roll" },
		{ "ReplicationController", "a ReplicationController does not roll" },
		{ "PodTemplate", "a PodTemplate does not roll" },
	};

	for (size_t i = 0; i < sizeof(left_alone) / sizeof(*left_alone); i++)
		if (str_is(kind, left_alone[i].kind))
			return left_alone[i].why;
	return NULL;
}

static const char *deployment_effect(struct node *spec)
{
	if (scalar_is_true(node_get(spec, "paused")))
		return "paused: rolls when it is resumed";
	return "rolls";
}

static const char *update_strategy_effect(struct node *spec)
{
	struct node *strategy = node_get(spec, "updateStrategy");
	struct str partition = scalar_get(node_get(strategy, "rollingUpdate"), "partition");

	if (str_is(scalar_get(strategy, "type"), "OnDelete"))
		return "updateStrategy OnDelete: each pod changes when it is deleted";
	if (partition.len > 0 && !str_is(partition, "0"))
		return "updateStrategy has a partition: pods with a lower ordinal do not roll";
	return "rolls";
}

static const char *deployment_config_effect(struct node *spec)
{
	struct node *triggers = node_get(spec, "triggers");

	if (!triggers || scalar_is_null(triggers))
		return "rolls";
	for (struct node *trigger = node_items(triggers); trigger; trigger = trigger->next)
		if (str_is(scalar_get(trigger, "type"), "ConfigChange"))
			return "rolls";
	return "no ConfigChange trigger: rolls when it is told to (oc rollout latest)";
}

static const char *kruise_effect(struct node *spec)
{
	struct node *strategy = node_get(spec, "updateStrategy");
	struct str type = scalar_get(strategy, "type");

	if (type.len == 0)
		type = scalar_get(node_get(strategy, "rollingUpdate"), "podUpdatePolicy");
	if (str_is(type, "InPlaceIfPossible"))
		return "updates in place: an annotation restarts nothing, an environment variable does (--inject=env)";
	if (str_is(type, "InPlaceOnly"))
		return "updates in place only: an annotation restarts nothing, and an environment variable is refused";
	return "rolls";
}

/* Does a canary stop until somebody goes on with it? */
static bool waits_for_promotion(struct node *steps)
{
	for (struct node *step = node_items(steps); step; step = step->next) {
		struct node *pause = node_get(step, "pause");

		if (pause && scalar_get(pause, "duration").len == 0)
			return true;
	}
	return false;
}

const char *kinds_rollout_effect(struct node *spec)
{
	struct node *strategy = node_get(spec, "strategy");
	struct node *blue_green = node_get(strategy, "blueGreen"), *canary = node_get(strategy, "canary");
	struct node *steps = node_get(canary, "steps");

	if (scalar_is_true(node_get(spec, "paused")))
		return "is paused, and starts its rollout when it is resumed";
	if (blue_green && scalar_is_false(node_get(blue_green, "autoPromotionEnabled")))
		return "starts a blue-green rollout, which waits until it is promoted";
	if (blue_green)
		return "starts a blue-green rollout";
	if (waits_for_promotion(steps))
		return "starts a canary rollout, which waits until it is promoted";
	if (node_items(steps))
		return "starts a canary rollout";
	return canary ? "rolls" : "starts a canary or blue-green rollout";
}

const char *kinds_effect(const struct kind *kind, struct node *object)
{
	struct node *spec = node_get(object, "spec");

	if (str_is(kind->group, "apps.kruise.io"))
		return kruise_effect(spec);
	if (str_is(kind->kind, "Deployment"))
		return deployment_effect(spec);
	if (str_is(kind->kind, "StatefulSet") || str_is(kind->kind, "DaemonSet"))
		return update_strategy_effect(spec);
	if (str_is(kind->kind, "Rollout"))
		return kinds_rollout_effect(spec);
	if (str_is(kind->kind, "DeploymentConfig"))
		return deployment_config_effect(spec);
	return "rolls";
}

bool kinds_has_history(const struct kind *kind)
{
	return (str_is(kind->group, "apps") || str_is(kind->group, "extensions")) &&
	       (str_is(kind->kind, "Deployment") || str_is(kind->kind, "StatefulSet") ||
		str_is(kind->kind, "DaemonSet"));
}

struct node *kinds_template(const struct kind *kind, struct node *object)
{
	struct node *at = object;

	for (size_t i = 0; i < kind->path_length; i++)
		at = node_resolve(node_find(at, kind->path[i]));
	return at;
}

const char *kinds_why_fixed(const struct kind *kind, struct node *object)
{
	if (!str_is(kind->group, "serving.knative.dev") ||
	    scalar_get(node_get(kinds_template(kind, object), "metadata"), "name").len == 0)
		return NULL;
	return "its template has a fixed metadata.name, and Knative refuses a change under the same name";
}
