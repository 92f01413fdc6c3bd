/* SPDX-License-Identifier: Apache-2.0 */
#include "app/optionvalue.h"

#include "git/urlrule.h"
#include "kube/collection.h"
#include "kube/exclude.h"
#include "kube/names.h"
#include "kube/objectname.h"

bool optionvalue_check_namespace(const struct options *options, struct str value, struct err *err)
{
	(void)options;
	return names_is_valid(value) ||
	       err_set(err, "--namespace '%.*s': that is no name of a namespace", STR_ARG(value));
}

bool optionvalue_check_ignore(const struct options *options, struct str value, struct err *err)
{
	(void)options;
	return pattern_check(value, err) || err_prefix(err, "--ignore '%.*s'", STR_ARG(value));
}

bool optionvalue_check_unresolved_ok(const struct options *options, struct str value, struct err *err)
{
	struct pattern pattern;
	struct str workload;
	bool is_git = policy_allows_git(value, &workload);

	if (!pattern_check(is_git ? workload : value, err))
		return err_prefix(err, "--unresolved-ok '%.*s'", STR_ARG(value));
	pattern = pattern_read(&options->policy.kinds, is_git ? workload : value);
	return is_git || pattern_can_name_object(&pattern) ||
	       err_set(err,
		       "--unresolved-ok '%.*s' names no ConfigMap, Secret or SecretProviderClass; for the git refs of a workload write "
		       "git/%.*s",
		       STR_ARG(value), STR_ARG(pattern.name));
}

static bool refuse_pair(const char *option, struct str value, struct err *err)
{
	return err_set(err, "--%s '%.*s': write WORKLOAD=OBJECT, as in deployment/web=configmap/app", option,
		       STR_ARG(value));
}

/* Takes WORKLOAD=OBJECT apart, of which only the object is returned: the workload is checked here. */
static bool split_workload(const char *option, struct str value, struct str *object, struct err *err)
{
	struct str rest = value, workload = str_cut(&rest, '=');

	if (workload.len == 0 || rest.len == 0)
		return refuse_pair(option, value, err);
	*object = rest;
	return pattern_check(workload, err) || err_prefix(err, "--%s '%.*s'", option, STR_ARG(value));
}

bool optionvalue_check_exclude(const struct options *options, struct str value, struct err *err)
{
	struct str object;

	if (!split_workload("exclude", value, &object, err))
		return false;
	if (str_find(object, '=') < object.len)
		return refuse_pair("exclude", value, err);
	return exclude_check(&options->policy.kinds, object, err) || err_prefix(err, "--exclude");
}

bool optionvalue_check_also(const struct options *options, struct str value, struct err *err)
{
	struct arena arena = { 0 };
	struct str object, ns, name;
	struct collection collection;
	enum object_kind kind;
	bool ok;

	(void)options;
	if (!split_workload("also", value, &object, err))
		return false;
	if (collection_is_also(object)) {
		ok = collection_of_also(object, (struct str){ 0 }, &arena, &collection, err);
		arena_release(&arena);
		return ok || err_prefix(err, "--also '%.*s'", STR_ARG(value));
	}
	if (str_find(object, '=') < object.len)
		return refuse_pair("also", value, err);
	return objectname_read(object, &kind, &ns, &name) ||
	       err_set(err,
		       "--also '%.*s': write the object as configmap/NAME or secret/NAME, or with its namespace as "
		       "configmap/NAMESPACE/NAME; or as configmap/GLOB or configmap:SELECTOR",
		       STR_ARG(value));
}

bool optionvalue_check_git_map(const struct options *options, struct str value, struct err *err)
{
	(void)options;
	return urlrule_check_map(value, err) || err_prefix(err, "--git-map '%.*s'", STR_ARG(value));
}

bool optionvalue_read_volumes(struct options *options, struct str value, struct arena *arena, struct err *err)
{
	struct str rest = value, workload = str_cut(&rest, '=');
	bool names_workload = rest.ptr != NULL;
	struct policy *policy = &options->policy;
	enum volumes_mode mode;

	if (!words_read_volumes(names_workload ? rest : value, &mode))
		return err_set(err,
			       "--volumes takes all, subpath or none, or one of them for a workload as in "
			       "deployment/web=subpath, not '%.*s'",
			       STR_ARG(value));
	if (!names_workload) {
		policy->volumes = mode;
		return true;
	}
	if (!pattern_check(workload, err))
		return err_prefix(err, "--volumes '%.*s'", STR_ARG(value));
	policy->volumes_rules = arena_grow(arena, policy->volumes_rules, policy->volumes_rule_count,
					   &policy->volumes_rule_room, sizeof(*policy->volumes_rules));
	policy->volumes_rules[policy->volumes_rule_count++] = (struct volumes_rule){ workload, mode };
	return true;
}

bool optionvalue_read_kind(struct options *options, struct str value, struct arena *arena, struct err *err)
{
	(void)arena;
	return kinds_add(&options->policy.kinds, value, err);
}

bool optionvalue_read_git_pair(struct options *options, struct str value, struct arena *arena, struct err *err)
{
	struct policy *policy = &options->policy;
	struct pair pair;

	if (!pair_parse(value, &pair, err))
		return false;
	policy->git_pairs = arena_grow(arena, policy->git_pairs, policy->git_pair_count, &policy->git_pair_room,
				       sizeof(*policy->git_pairs));
	policy->git_pairs[policy->git_pair_count++] = pair;
	return true;
}

/* No release has more workloads. */
#define MOST_WORKLOADS 1000000000

bool optionvalue_read_max_rolls(struct options *options, struct str value, struct arena *arena, struct err *err)
{
	struct guard_limit limit = { .is_given = true, .is_percent = str_ends_with(value, "%") };
	struct str digits = value;

	(void)arena;
	digits.len -= limit.is_percent;
	for (size_t i = 0; i < digits.len; i++) {
		if (!str_is_digit(digits.ptr[i]) || limit.count > MOST_WORKLOADS) {
			digits.len = 0;
			break;
		}
		limit.count = 10 * limit.count + (size_t)(digits.ptr[i] - '0');
	}
	if (digits.len == 0 || (limit.is_percent && limit.count > 100))
		return err_set(err, "--max-rolls takes a number of workloads, or a part of them as in 25%%, not '%.*s'",
			       STR_ARG(value));
	options->max_rolls = limit;
	return true;
}

bool optionvalue_read_for(struct options *options, struct str value, struct arena *arena, struct err *err)
{
	(void)arena;
	return objectname_split(value, &options->for_kind, &options->for_namespace, &options->for_name, err);
}

bool optionvalue_read_helm_plugin(struct options *options, struct str value, struct arena *arena, struct err *err)
{
	(void)arena;
	options->helm_plugin = true;
	return str_is(value, ROLLSTAMP_VERSION) ||
	       err_set(err,
		       "the Helm plugin is of version %.*s and the program of version " ROLLSTAMP_VERSION
		       ": install the plugin again",
		       STR_ARG(value));
}

bool optionvalue_read_help(struct options *options, struct str value, struct arena *arena, struct err *err)
{
	(void)value;
	(void)arena;
	(void)err;
	options->command = command_find(str_from("help"));
	return true;
}

bool optionvalue_read_version(struct options *options, struct str value, struct arena *arena, struct err *err)
{
	(void)value;
	(void)arena;
	(void)err;
	options->command = command_find(str_from("version"));
	return true;
}

/* The member of struct options that the option goes to. */
static const void *field_of(const struct option *option, const struct options *options)
{
	return (const char *)options + option->at;
}

bool optionvalue_list_grew(const struct option *option, const struct options *before, const struct options *after)
{
	const struct policy_list *list = field_of(option, before), *grown = field_of(option, after);

	return grown->count > list->count;
}

bool optionvalue_volumes_changed(const struct option *option, const struct options *before, const struct options *after)
{
	(void)option;
	return after->policy.volumes != before->policy.volumes ||
	       after->policy.volumes_rule_count > before->policy.volumes_rule_count;
}

bool optionvalue_secrets_changed(const struct option *option, const struct options *before, const struct options *after)
{
	(void)option;
	return after->policy.secrets != before->policy.secrets;
}

bool optionvalue_git_went_off(const struct option *option, const struct options *before, const struct options *after)
{
	(void)option;
	return after->policy.git == GIT_OFF && before->policy.git != GIT_OFF;
}

bool optionvalue_read_seconds(const struct option *option, struct str value, unsigned *timeout_ms, struct err *err)
{
	struct str fraction = value, whole = str_cut(&fraction, '.');
	unsigned ms = 0, unit = 100;
	bool is_number = whole.len > 0 || fraction.len > 0;

	for (size_t i = 0; i < whole.len && is_number; i++) {
		is_number = str_is_digit(whole.ptr[i]) && ms <= 3600;
		ms = ms * 10 + (unsigned)(whole.ptr[i] - '0');
	}
	ms *= 1000;
	for (size_t i = 0; i < fraction.len && is_number; i++, unit /= 10) {
		is_number = str_is_digit(fraction.ptr[i]);
		ms += (unsigned)(fraction.ptr[i] - '0') * unit;
	}
	if (!is_number || ms == 0 || ms > 3600 * 1000)
		return err_set(err, "--%s '%.*s': write seconds, as in 10 or 2.5, at most 3600", option->name,
			       STR_ARG(value));
	*timeout_ms = ms;
	return true;
}
