/* SPDX-License-Identifier: Apache-2.0 */
#include "app/report.h"

#include "app/member.h"

static const char *action_name(enum placement_action action)
{
	switch (action) {
	case PLACEMENT_INSERTED:
		return "inserted";
	case PLACEMENT_REPLACED:
		return "replaced";
	case PLACEMENT_UNCHANGED:
		return "unchanged";
	}
	return "";
}

static void set_place(json_t *object, const struct place *place)
{
	member_set_text_if(object, "source", place->source);
	member_set_text(object, "file", place->stream->name);
	member_set(object, "line", json_integer((json_int_t)place_line(place)));
}

static json_t *mentions(const struct finding *finding)
{
	json_t *array = member_required(json_array());

	for (size_t i = 0; i < finding->mention_count; i++) {
		const struct mention *mention = &finding->mentions[i];
		json_t *object = member_required(json_object());

		member_set(object, "via", json_string(reference_via_name(mention->via)));
		member_set_text_if(object, "container", mention->container);
		member_set_text_if(object, "name", mention->detail);
		member_set(object, "optional", json_boolean(mention->is_optional));
		member_set(object, "line", json_integer((json_int_t)mention->line));
		member_append(array, object);
	}
	return array;
}

static const char *placement_name(enum placement_type type)
{
	switch (type) {
	case PLACEMENT_ANNOTATION:
		return "annotation";
	case PLACEMENT_VARIABLE:
		return "env";
	case PLACEMENT_WORD:
		return "argument";
	case PLACEMENT_REVISION:
		return "revision";
	}
	return "";
}

static json_t *written(const struct placements *list)
{
	json_t *array = member_required(json_array());

	for (size_t i = 0; i < list->count; i++) {
		const struct placement *at = &list->items[i];
		json_t *object = member_required(json_object());

		member_set(object, "as", json_string(placement_name(at->type)));
		member_set_text(object, "name", at->name);
		if (at->type == PLACEMENT_VARIABLE || at->type == PLACEMENT_WORD)
			member_set_text(object, "container", at->container);
		member_set(object, "action", json_string(action_name(at->action)));
		member_append(array, object);
	}
	return array;
}

/* Of an object with more keys the report names these: thousands of workloads can share one with thousands of keys. */
#define KEYS_LISTED 100

enum which_keys { KEYS_PRESENT, KEYS_ABSENT, KEYS_CHANGED };

static json_t *keys(const struct finding *finding, enum which_keys which)
{
	json_t *array = member_required(json_array());
	struct selection_walk walk = { 0 };
	struct data_item item;

	if (which == KEYS_CHANGED && !finding->object->has_changed_keys)
		return array;
	while (json_array_size(array) < KEYS_LISTED && selection_next(&finding->selection, &walk, &item))
		if (which == KEYS_CHANGED ? item.key_changed : item.absent == (which == KEYS_ABSENT))
			member_append(array, member_text(item.key));
	return array;
}

static json_t *identify(const struct finding *finding)
{
	json_t *object = member_required(json_object());

	member_set(object, "kind", json_string(object_kind_name(finding->kind)));
	member_set_text_if(object, "namespace", finding->ns);
	member_set_text(object, "name", finding->name);
	return object;
}

static const char *scope_name(enum object_scope scope)
{
	return scope == SCOPE_STREAM ? "stream" : scope == SCOPE_EXTERNAL ? "external" : "cluster";
}

static json_t *stamp(const struct finding *finding)
{
	json_t *object = identify(finding), *from = member_required(json_object()),
	       *changed = keys(finding, KEYS_CHANGED);

	member_set(object, "digest", json_string(finding->digest));
	if (finding->is_guessable)
		member_set(object, "guessable", json_true());
	member_set_text_if(object, "madeAtRunTimeBy", finding->made_by);
	member_set(object, "allKeys", json_boolean(finding->all_keys));
	member_set(object, "keyCount", json_integer((json_int_t)finding->selection.count));
	member_set(object, "keys", keys(finding, KEYS_PRESENT));
	member_set(object, "absentKeys", keys(finding, KEYS_ABSENT));
	if (json_array_size(changed) > 0)
		member_set(object, "keysReadAsText", changed);
	else
		json_decref(changed);
	member_set(from, "scope", json_string(scope_name(finding->object->scope)));
	set_place(from, &finding->object->place);
	if (finding->object->is_hook)
		member_set(from, "hook", json_true());
	member_set(object, "from", from);
	member_set(object, "references", mentions(finding));
	member_set(object, "written", written(&finding->placements));
	return object;
}

static json_t *unresolved(const struct finding *finding)
{
	json_t *object = identify(finding);
	struct buf reason = { 0 };

	buf_add(&reason, findings_reason(finding));
	buf_add_cstring(&reason, outcome_advise(finding->outcome));
	member_set_text(object, "reason", buf_str(&reason));
	buf_release(&reason);
	member_set(object, "optional", json_boolean(finding->is_optional));
	member_set(object, "allowed", json_boolean(finding->is_exempt));
	member_set(object, "references", mentions(finding));
	return object;
}

static json_t *second_reasons(const struct workload *workload)
{
	json_t *array = member_required(json_array());

	for (size_t i = 0; i < workload->second_reasons.count; i++) {
		const struct second_reason *reason = &workload->second_reasons.items[i];
		json_t *object = member_required(json_object());

		member_set(object, "as", json_string(reason->is_label ? "label" : "annotation"));
		member_set_text(object, "name", reason->name);
		if (reason->is_dropped)
			member_set(object, "dropped", json_true());
		member_set_text_if(object, "kept", reason->why_kept);
		member_append(array, object);
	}
	return array;
}

static json_t *not_stamped(const struct finding *finding)
{
	json_t *object = identify(finding);

	member_set(object, "status", json_string(outcome_name(finding->outcome)));
	member_set_text(object, "reason", findings_reason(finding));
	member_set(object, "references", mentions(finding));
	return object;
}

static const char *source_name(enum commits_source source)
{
	switch (source) {
	case COMMITS_ITSELF:
		return "ref";
	case COMMITS_SERVER:
		return "server";
	case COMMITS_LOCK:
		return "lock";
	case COMMITS_LOCK_FALLBACK:
		return "lock-fallback";
	}
	return "";
}

static json_t *git(const struct git_finding *finding)
{
	json_t *object = member_required(json_object());

	member_set(object, "via", json_string(gitref_via_name(finding->via)));
	member_set_text_if(object, "container", finding->container);
	member_set_text(object, "where", finding->where);
	member_set(object, "line", json_integer((json_int_t)finding->line));
	member_set_text_if(object, "url", finding->url);
	member_set_text_if(object, "ref", finding->ref);
	member_set(object, "status", json_string(checkout_outcome_name(finding->outcome)));
	if (finding->outcome != CHECKOUT_RESOLVED) {
		member_set_text(object, "reason", finding->reason);
		if (finding->is_exempt)
			member_set(object, "allowed", json_true());
		return object;
	}
	member_set(object, "refKind", json_string(ref_kind_name(finding->kind)));
	member_set_text(object, "commit", finding->commit);
	member_set(object, "from", json_string(source_name(finding->source)));
	member_set_text_if(object, "serverFailure", finding->failure);
	member_set_text(object, "repository", finding->repository);
	member_set(object, "pinned", json_boolean(finding->is_pinned));
	member_set_text_if(object, "notPinned", finding->why_not);
	member_set(object, "written", written(&finding->placements));
	return object;
}

static json_t *selected_objects(const struct selected_finding *finding)
{
	json_t *array = member_required(json_array());

	for (size_t i = 0; i < finding->collected.count && i < FINDINGS_OBJECTS_LISTED; i++) {
		json_t *object = member_required(json_object());

		member_set_text_if(object, "namespace",
				   collection_foreign(&finding->collection, &finding->collected, i));
		member_set_text(object, "name", finding->collected.items[i]->name);
		member_append(array, object);
	}
	return array;
}

static json_t *selection(const struct selected_finding *finding)
{
	json_t *object = member_required(json_object());

	member_set(object, "kind", json_string(object_kind_name(finding->collection.kind)));
	member_set_text(object, "text", finding->collection.text);
	member_set(object, "via", json_string(reference_via_name(finding->via)));
	member_set(object, "line", json_integer((json_int_t)finding->line));
	member_set(object, "status", json_string(outcome_name(finding->outcome)));
	if (finding->left_out > 0)
		member_set_count(object, "leftOut", finding->left_out);
	if (finding->outcome != OUTCOME_RESOLVED) {
		member_set_text(object, "reason", findings_selection_reason(finding));
		if (finding->is_exempt)
			member_set(object, "allowed", json_true());
		return object;
	}
	member_set(object, "digest", json_string(finding->collected.digest));
	if (finding->is_guessable)
		member_set(object, "guessable", json_true());
	member_set_count(object, "objectCount", finding->collected.count);
	member_set(object, "objects", selected_objects(finding));
	member_set(object, "written", written(&finding->placements));
	return object;
}

static json_t *selections(const struct workload *workload)
{
	json_t *array = member_required(json_array());

	for (size_t i = 0; i < workload->selection_count; i++)
		member_append(array, selection(&workload->selections[i]));
	return array;
}

static json_t *stale(const struct workload *workload)
{
	json_t *array = member_required(json_array());

	for (size_t i = 0; i < workload->stale.count; i++) {
		const struct stale *at = &workload->stale.items[i];
		json_t *object = member_required(json_object());

		member_set(object, "as", json_string(at->is_env ? "env" : "annotation"));
		member_set_text(object, "name", at->name);
		if (at->is_env)
			member_set_text(object, "container", at->container);
		member_set_text_if(object, "value", at->value);
		member_set(object, "line", json_integer((json_int_t)findings_line(workload, at->at)));
		member_append(array, object);
	}
	return array;
}

static const char *cause_action_name(enum changecause_action action)
{
	switch (action) {
	case CHANGECAUSE_INSERTED:
		return "inserted";
	case CHANGECAUSE_REPLACED:
		return "replaced";
	case CHANGECAUSE_UNCHANGED:
		return "unchanged";
	case CHANGECAUSE_KEPT:
		return "kept";
	case CHANGECAUSE_LEFT:
		return "left-out";
	case CHANGECAUSE_NONE:
		break;
	}
	return "";
}

static json_t *change_cause(const struct workload *workload)
{
	const struct changecause *cause = &workload->cause;
	json_t *object = member_required(json_object());

	member_set_text_if(object, "text", cause->text);
	member_set(object, "action", json_string(cause_action_name(cause->action)));
	member_set_text_if(object, "reason", cause->why);
	if (cause->action == CHANGECAUSE_LEFT)
		member_set(object, "line", json_integer((json_int_t)findings_line(workload, cause->at)));
	return object;
}

static json_t *workload_json(const struct workload *workload)
{
	json_t *object = member_required(json_object()), *stamps = member_required(json_array());
	json_t *unresolveds = member_required(json_array()), *others = member_required(json_array());
	json_t *gits = member_required(json_array());

	member_set_text(object, "apiVersion", workload->api_version);
	member_set_text(object, "kind", workload->kind);
	member_set_text_if(object, "namespace", workload->ns);
	member_set_text(object, "name", workload->name);
	set_place(object, &workload->place);
	member_set(object, "effect", json_string(workload->effect));
	member_set_text_if(object, "alsoRestartedBy", workload->other_mover);
	if (workload->second_reasons.count > 0)
		member_set(object, "secondReasons", second_reasons(workload));
	if (workload->cause.action != CHANGECAUSE_NONE)
		member_set(object, "changeCause", change_cause(workload));
	for (size_t i = 0; i < workload->finding_count; i++) {
		const struct finding *finding = &workload->findings[i];

		if (finding->outcome == OUTCOME_RESOLVED)
			member_append(stamps, stamp(finding));
		else if (outcome_is_unresolved(finding->outcome))
			member_append(unresolveds, unresolved(finding));
		else
			member_append(others, not_stamped(finding));
	}
	member_set(object, "stamps", stamps);
	member_set(object, "unresolved", unresolveds);
	member_set(object, "notStamped", others);
	member_set_if_any(object, "selections", selections(workload));
	for (size_t i = 0; i < workload->git_count; i++)
		member_append(gits, git(&workload->gits[i]));
	if (workload->git_count > 0)
		member_set(object, "git", gits);
	else
		json_decref(gits);
	member_set(object, "stale", stale(workload));
	return object;
}

static json_t *object_place(const struct object *object)
{
	json_t *place = member_required(json_object());

	set_place(place, &object->place);
	if (object->is_hook)
		member_set(place, "hook", json_true());
	return place;
}

static json_t *duplicates(const struct manifest *manifest)
{
	json_t *array = member_required(json_array());

	for (size_t i = 0; i < manifest->duplicate_count; i++) {
		const struct duplicate *duplicate = &manifest->duplicates[i];
		json_t *object = member_required(json_object());

		member_set(object, "kind", json_string(object_kind_name(duplicate->used->kind)));
		member_set_text_if(object, "namespace", duplicate->used->ns);
		member_set_text(object, "name", duplicate->used->name);
		member_set(object, "used", object_place(duplicate->used));
		member_set(object, "notUsed", object_place(duplicate->ignored));
		member_append(array, object);
	}
	return array;
}

static json_t *skipped(const struct manifest *manifest)
{
	json_t *array = member_required(json_array());

	for (size_t i = 0; i < manifest->remarks.passed_over_count; i++) {
		const struct passed_over *passed = &manifest->remarks.passed_over[i];
		json_t *object = member_required(json_object());

		member_set_text_if(object, "kind", passed->kind);
		member_set_text_if(object, "namespace", passed->ns);
		member_set_text_if(object, "name", passed->name);
		set_place(object, &passed->place);
		member_set(object, "reason", json_string(passed->reason));
		member_append(array, object);
	}
	return array;
}

static json_t *unnamed(const struct manifest *manifest)
{
	json_t *array = member_required(json_array());
	struct arena arena = { 0 };
	struct object **objects;
	size_t count = manifest_unnamed(manifest, &arena, &objects);

	for (size_t i = 0; i < count; i++) {
		json_t *object = member_required(json_object());

		member_set(object, "kind", json_string(object_kind_name(objects[i]->kind)));
		member_set_text_if(object, "namespace", objects[i]->ns);
		member_set_text(object, "name", objects[i]->name);
		set_place(object, &objects[i]->place);
		member_append(array, object);
	}
	arena_release(&arena);
	return array;
}

static json_t *findings_json(const struct manifest *manifest)
{
	json_t *array = member_required(json_array());

	for (size_t i = 0; i < manifest->remarks.misuse_count; i++) {
		const struct misuse *misuse = &manifest->remarks.misuses[i];
		json_t *object = member_required(json_object());

		member_set_text(object, "kind", misuse->kind);
		member_set_text_if(object, "namespace", misuse->ns);
		member_set_text(object, "name", misuse->name);
		set_place(object, &misuse->place);
		member_set_text(object, "text", misuse->text);
		member_append(array, object);
	}
	return array;
}

static json_t *notes_json(const struct plan *plan)
{
	json_t *array = member_required(json_array());
	struct arena arena = { 0 };

	for (enum unused_option option = 0; option < FITS_COUNT; option++) {
		struct str *values;
		size_t count = unused_missed(&plan->unused, option, &arena, &values);

		for (size_t i = 0; i < count; i++) {
			json_t *object = member_required(json_object());

			member_set(object, "option", json_string(unused_option_name(option)));
			member_set_text(object, "value", values[i]);
			member_append(array, object);
		}
	}
	arena_release(&arena);
	return array;
}

static json_t *edits_json(const struct report_edits *edits)
{
	json_t *array = member_required(json_array());

	for (size_t i = 0; edits && i < edits->count; i++) {
		const struct report_edit *edit = &edits->items[i];
		json_t *object = member_required(json_object());

		member_set(object, "from", json_integer((json_int_t)edit->at.from));
		member_set(object, "to", json_integer((json_int_t)edit->at.to));
		member_set_text(object, "text", edit->text);
		member_append(array, object);
	}
	return array;
}

static json_t *summary(const struct plan *plan)
{
	json_t *object = member_required(json_object());

	member_set_count(object, "workloads", plan->whole.workload_count);
	member_set_count(object, "stamped", plan->whole.counts.workloads);
	member_set_count(object, "stamps", plan->whole.counts.stamps);
	member_set_count(object, "unresolved", problems_count(&plan->whole.problems, PROBLEM_UNRESOLVED));
	member_set_count(object, "findings", problems_count(&plan->whole.problems, PROBLEM_FINDING));
	member_set_count(object, "notes", problems_count(&plan->whole.problems, PROBLEM_NOTE));
	member_set_count(object, "skipped", plan->input.manifest->remarks.passed_over_count);
	return object;
}

void report_json(const struct plan *plan, const struct report_edits *edits, struct buf *to)
{
	json_t *report, *workloads;

	report = member_required(json_object());
	workloads = member_required(json_array());
	member_set(report, "format", json_string("rollstamp-report/1"));
	member_set(report, "version", json_string(ROLLSTAMP_VERSION));
	member_set(report, "inject", json_string(policy_inject_name(plan->input.policy->inject)));
	member_set_text_if(report, "namespace", plan->input.policy->ns);
	member_set(report, "summary", summary(plan));
	for (size_t i = 0; i < plan->whole.workload_count; i++)
		member_append(workloads, workload_json(&plan->whole.workloads[i]));
	member_set(report, "workloads", workloads);
	member_set_if_any(report, "findings", findings_json(plan->input.manifest));
	member_set_if_any(report, "notes", notes_json(plan));
	member_set(report, "skipped", skipped(plan->input.manifest));
	member_set(report, "duplicates", duplicates(plan->input.manifest));
	member_set(report, "notConsumed", unnamed(plan->input.manifest));
	member_set(report, "edits", edits_json(edits));
	member_print(report, to);
}
