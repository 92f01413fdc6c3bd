/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/choice.h"

#include "kube/collection.h"
#include "kube/objectname.h"
#include "kube/words.h"
#include "yaml/scalar.h"

bool choice_names_workload(const struct choice *choice, struct str text)
{
	const struct identity *identity = &choice->subject->identity;
	struct pattern pattern = pattern_read(&choice->basis->policy->kinds, text);

	return pattern_matches(&pattern, identity->kind, identity->ns, identity->name);
}

static bool add_annotated_excludes(struct choice *choice, struct node *annotations, struct err *err)
{
	const struct node *list = node_get(annotations, "rollstamp.io/exclude");

	if (!list || exclude_add_list(&choice->exclude, scalar_get(annotations, "rollstamp.io/exclude"), err))
		return true;
	err->at = list->span.from;
	return err_prefix(err, "annotation rollstamp.io/exclude");
}

static bool read_excludes(struct choice *choice, struct err *err)
{
	const struct policy_list *excludes = &choice->basis->policy->excludes;

	for (size_t i = 0; i < excludes->count; i++) {
		struct str object = excludes->items[i], workload = str_cut(&object, '=');

		if (choice_names_workload(choice, workload) && !exclude_add(&choice->exclude, object, err))
			return false;
	}
	return add_annotated_excludes(choice, choice->subject->identity.annotations, err) &&
	       add_annotated_excludes(choice, choice->template_annotations, err);
}

/*
 * What names the workload goes before what is said of all of them, and the caller's word before the chart's: an option
 * with a workload, the workload's annotation, its template's, an option without one. Of options the last one counts.
 */
static enum volumes_mode read_volumes(const struct choice *choice)
{
	const struct policy *policy = choice->basis->policy;
	enum volumes_mode mode = policy->volumes;

	for (size_t i = policy->volumes_rule_count; i-- > 0;)
		if (choice_names_workload(choice, policy->volumes_rules[i].workload))
			return policy->volumes_rules[i].mode;
	if (!words_read_volumes(scalar_get(choice->subject->identity.annotations, "rollstamp.io/volumes"), &mode) &&
	    !words_read_volumes(scalar_get(choice->template_annotations, "rollstamp.io/volumes"), &mode))
		return policy->volumes;
	return mode;
}

bool choice_read(const struct basis *basis, const struct subject *subject, struct choice *choice, struct err *err)
{
	*choice = (struct choice){
		.basis = basis,
		.subject = subject,
		.template_annotations = node_get(node_get(subject->pod_template, "metadata"), "annotations"),
	};
	exclude_init(&choice->exclude, &basis->policy->kinds, basis->tree);
	choice->volumes = read_volumes(choice);
	return read_excludes(choice, err);
}

bool choice_add_extras(const struct choice *choice, struct podspec *podspec, struct err *err)
{
	const struct subject *subject = choice->subject;
	struct arena *arena = choice->basis->tree;
	const struct policy_list *alsos = &choice->basis->policy->alsos;
	size_t *budget = subject->budget;

	if (!podspec_add_annotated(subject->identity.annotations, budget, arena, podspec, err) ||
	    !podspec_add_annotated(choice->template_annotations, budget, arena, podspec, err))
		return false;
	for (size_t i = 0; i < alsos->count; i++) {
		struct str object = alsos->items[i], workload = str_cut(&object, '=');
		enum object_kind kind;
		struct str ns, name;

		if (!collection_is_also(object) && choice_names_workload(choice, workload) &&
		    objectname_read(object, &kind, &ns, &name))
			podspec_add_extra(kind, ns, name, subject->object->span.from, arena, podspec);
	}
	return true;
}

bool choice_has_excludes(const struct choice *choice)
{
	return choice->exclude.glob_count > 0 || choice->exclude.exact.count > 0;
}

bool choice_excludes(const struct choice *choice, const struct consumption *consumption)
{
	const struct consumption *c = consumption;
	struct str kind = str_from(object_kind_name(c->kind));

	if (c->object && exclude_matches(&choice->exclude, kind, c->object->ns, c->name))
		return true;
	return exclude_matches(&choice->exclude, kind, resolve_namespace(c, choice->subject->identity.ns), c->name);
}

bool choice_ignores(const struct choice *choice, const struct consumption *consumption)
{
	const struct consumption *c = consumption;
	struct str kind = str_from(object_kind_name(c->kind));

	if (c->object && c->object->asks_ignored)
		return true;
	if (c->object && ignore_matches(choice->basis->manifest->ignore, kind, c->object->ns, c->name))
		return true;
	return ignore_matches(choice->basis->manifest->ignore, kind, resolve_namespace(c, choice->subject->identity.ns),
			      c->name);
}

bool choice_is_well_known(const struct consumption *consumption)
{
	return consumption->kind == OBJECT_CONFIGMAP &&
	       (str_is(consumption->name, "kube-root-ca.crt") || str_is(consumption->name, "openshift-service-ca.crt"));
}

bool choice_allows_missing(const struct choice *choice, const struct consumption *consumption)
{
	const struct consumption *c = consumption;
	const struct policy_list *allowed = &choice->basis->policy->unresolved_ok;
	struct str kind = str_from(object_kind_name(c->kind)), git;

	if (choice_is_well_known(c))
		return true;
	for (size_t i = 0; i < allowed->count; i++) {
		struct pattern pattern;

		if (policy_allows_git(allowed->items[i], &git))
			continue;
		pattern = pattern_read(&choice->basis->policy->kinds, allowed->items[i]);
		if (pattern_matches(&pattern, kind, resolve_namespace(c, choice->subject->identity.ns), c->name))
			return true;
	}
	return false;
}

bool choice_allows_unknown_ref(const struct choice *choice)
{
	const struct policy_list *allowed = &choice->basis->policy->unresolved_ok;
	struct str workload;

	for (size_t i = 0; i < allowed->count; i++)
		if (policy_allows_git(allowed->items[i], &workload) && choice_names_workload(choice, workload))
			return true;
	return false;
}
