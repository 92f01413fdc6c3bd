/* SPDX-License-Identifier: Apache-2.0 */
#include "app/report.h"

#include "base/utf8.h"

#include <jansson.h>
#include <stdlib.h>

/* jansson fails where it gets no memory; main sees to it that it leaves nothing out then. */
static json_t *required(json_t *value)
{
	if (!value)
		arena_out_of_memory();
	return value;
}

static bool is_utf8(struct str text)
{
	while (text.len > 0) {
		size_t length = utf8_length(text);

		if (length == 0)
			return false;
		text = str_skip(text, length);
	}
	return true;
}

/* Text that is no UTF-8, which only !!binary keys can hold, is none for JSON: it is shown as messages show it. */
static json_t *json_text(struct str text)
{
	struct buf safe = { 0 };
	json_t *value;

	if (is_utf8(text))
		return required(json_stringn(text.len > 0 ? text.ptr : "", text.len));
	err_print_safe(&safe, text);
	value = required(json_stringn(safe.ptr, safe.len));
	buf_release(&safe);
	return value;
}

static void set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, required(value)) != 0)
		arena_out_of_memory();
}

static void set_text(json_t *object, const char *key, struct str text)
{
	set(object, key, json_text(text));
}

/* Leaves the key out if there is nothing to say. */
static void set_text_if(json_t *object, const char *key, struct str text)
{
	if (text.len > 0)
		set_text(object, key, text);
}

static void append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, required(value)) != 0)
		arena_out_of_memory();
}

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
	set_text_if(object, "source", place->source);
	set_text(object, "file", place->stream->name);
	set(object, "line", json_integer((json_int_t)place_line(place)));
}

static json_t *mentions(const struct finding *finding)
{
	json_t *array = required(json_array());

	for (size_t i = 0; i < finding->mention_count; i++) {
		const struct mention *mention = &finding->mentions[i];
		json_t *object = required(json_object());

		set(object, "via", json_string(reference_via_name(mention->via)));
		set_text_if(object, "container", mention->container);
		set_text_if(object, "name", mention->detail);
		set(object, "optional", json_boolean(mention->is_optional));
		set(object, "line", json_integer((json_int_t)mention->line));
		append(array, object);
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
	json_t *array = required(json_array());

	for (size_t i = 0; i < list->count; i++) {
		const struct placement *at = &list->items[i];
		json_t *object = required(json_object());

		set(object, "as", json_string(placement_name(at->type)));
		set_text(object, "name", at->name);
		if (at->type == PLACEMENT_VARIABLE || at->type == PLACEMENT_WORD)
			set_text(object, "container", at->container);
		set(object, "action", json_string(action_name(at->action)));
		append(array, object);
	}
	return array;
}

/* Of an object with more keys the report names these: thousands of workloads can share one with thousands of keys. */
#define KEYS_LISTED 100

enum which_keys { KEYS_PRESENT, KEYS_ABSENT, KEYS_CHANGED };

static json_t *keys(const struct finding *finding, enum which_keys which)
{
	json_t *array = required(json_array());
	struct selection_walk walk = { 0 };
	struct data_item item;

	if (which == KEYS_CHANGED && !finding->object->has_changed_keys)
		return array;
	while (json_array_size(array) < KEYS_LISTED && selection_next(&finding->selection, &walk, &item))
		if (which == KEYS_CHANGED ? item.key_changed : item.absent == (which == KEYS_ABSENT))
			append(array, json_text(item.key));
	return array;
}

static json_t *identify(const struct finding *finding)
{
	json_t *object = required(json_object());

	set(object, "kind", json_string(object_kind_name(finding->kind)));
	set_text_if(object, "namespace", finding->ns);
	set_text(object, "name", finding->name);
	return object;
}

static const char *scope_name(enum object_scope scope)
{
	return scope == SCOPE_STREAM ? "stream" : scope == SCOPE_EXTERNAL ? "external" : "cluster";
}

static json_t *stamp(const struct finding *finding)
{
	json_t *object = identify(finding), *from = required(json_object()), *changed = keys(finding, KEYS_CHANGED);

	set(object, "digest", json_string(finding->digest));
	if (finding->is_guessable)
		set(object, "guessable", json_true());
	set(object, "allKeys", json_boolean(finding->all_keys));
	set(object, "keyCount", json_integer((json_int_t)finding->selection.count));
	set(object, "keys", keys(finding, KEYS_PRESENT));
	set(object, "absentKeys", keys(finding, KEYS_ABSENT));
	if (json_array_size(changed) > 0)
		set(object, "keysReadAsText", changed);
	else
		json_decref(changed);
	set(from, "scope", json_string(scope_name(finding->object->scope)));
	set_place(from, &finding->object->place);
	if (finding->object->is_hook)
		set(from, "hook", json_true());
	set(object, "from", from);
	set(object, "references", mentions(finding));
	set(object, "written", written(&finding->placements));
	return object;
}

static json_t *unresolved(const struct finding *finding)
{
	json_t *object = identify(finding);
	struct buf reason = { 0 };

	buf_add(&reason, findings_reason(finding));
	buf_add_cstring(&reason, outcome_advise(finding->outcome));
	set_text(object, "reason", buf_str(&reason));
	buf_release(&reason);
	set(object, "optional", json_boolean(finding->is_optional));
	set(object, "allowed", json_boolean(finding->is_exempt));
	set(object, "references", mentions(finding));
	return object;
}

static json_t *second_reasons(const struct workload *workload)
{
	json_t *array = required(json_array());

	for (size_t i = 0; i < workload->second_reasons.count; i++) {
		const struct second_reason *reason = &workload->second_reasons.items[i];
		json_t *object = required(json_object());

		set(object, "as", json_string(reason->is_label ? "label" : "annotation"));
		set_text(object, "name", reason->name);
		if (reason->is_dropped)
			set(object, "dropped", json_true());
		set_text_if(object, "kept", reason->why_kept);
		append(array, object);
	}
	return array;
}

static json_t *not_stamped(const struct finding *finding)
{
	json_t *object = identify(finding);

	set(object, "status", json_string(outcome_name(finding->outcome)));
	set_text(object, "reason", findings_reason(finding));
	set(object, "references", mentions(finding));
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
	json_t *object = required(json_object());

	set(object, "via", json_string(gitref_via_name(finding->via)));
	set_text_if(object, "container", finding->container);
	set_text(object, "where", finding->where);
	set(object, "line", json_integer((json_int_t)finding->line));
	set_text_if(object, "url", finding->url);
	set_text_if(object, "ref", finding->ref);
	set(object, "status", json_string(checkout_outcome_name(finding->outcome)));
	if (finding->outcome != CHECKOUT_RESOLVED) {
		set_text(object, "reason", finding->reason);
		if (finding->is_exempt)
			set(object, "allowed", json_true());
		return object;
	}
	set(object, "refKind", json_string(ref_kind_name(finding->kind)));
	set_text(object, "commit", finding->commit);
	set(object, "from", json_string(source_name(finding->source)));
	set_text_if(object, "serverFailure", finding->failure);
	set_text(object, "repository", finding->repository);
	set(object, "pinned", json_boolean(finding->is_pinned));
	set_text_if(object, "notPinned", finding->why_not);
	set(object, "written", written(&finding->placements));
	return object;
}

static json_t *stale(const struct workload *workload)
{
	json_t *array = required(json_array());

	for (size_t i = 0; i < workload->stale.count; i++) {
		const struct stale *at = &workload->stale.items[i];
		json_t *object = required(json_object());

		set(object, "as", json_string(at->is_env ? "env" : "annotation"));
		set_text(object, "name", at->name);
		if (at->is_env)
			set_text(object, "container", at->container);
		set(object, "line", json_integer((json_int_t)findings_stale_line(workload, at)));
		append(array, object);
	}
	return array;
}

static json_t *workload_json(const struct workload *workload)
{
	json_t *object = required(json_object()), *stamps = required(json_array());
	json_t *unresolveds = required(json_array()), *others = required(json_array());
	json_t *gits = required(json_array());

	set_text(object, "apiVersion", workload->api_version);
	set_text(object, "kind", workload->kind);
	set_text_if(object, "namespace", workload->ns);
	set_text(object, "name", workload->name);
	set_place(object, &workload->place);
	set(object, "effect", json_string(workload->effect));
	set_text_if(object, "alsoRestartedBy", workload->other_mover);
	if (workload->second_reasons.count > 0)
		set(object, "secondReasons", second_reasons(workload));
	for (size_t i = 0; i < workload->finding_count; i++) {
		const struct finding *finding = &workload->findings[i];

		if (finding->outcome == OUTCOME_RESOLVED)
			append(stamps, stamp(finding));
		else if (outcome_is_unresolved(finding->outcome))
			append(unresolveds, unresolved(finding));
		else
			append(others, not_stamped(finding));
	}
	set(object, "stamps", stamps);
	set(object, "unresolved", unresolveds);
	set(object, "notStamped", others);
	for (size_t i = 0; i < workload->git_count; i++)
		append(gits, git(&workload->gits[i]));
	if (workload->git_count > 0)
		set(object, "git", gits);
	else
		json_decref(gits);
	set(object, "stale", stale(workload));
	return object;
}

static json_t *object_place(const struct object *object)
{
	json_t *place = required(json_object());

	set_place(place, &object->place);
	if (object->is_hook)
		set(place, "hook", json_true());
	return place;
}

static json_t *duplicates(const struct manifest *manifest)
{
	json_t *array = required(json_array());

	for (size_t i = 0; i < manifest->duplicate_count; i++) {
		const struct duplicate *duplicate = &manifest->duplicates[i];
		json_t *object = required(json_object());

		set(object, "kind", json_string(object_kind_name(duplicate->used->kind)));
		set_text_if(object, "namespace", duplicate->used->ns);
		set_text(object, "name", duplicate->used->name);
		set(object, "used", object_place(duplicate->used));
		set(object, "notUsed", object_place(duplicate->ignored));
		append(array, object);
	}
	return array;
}

static json_t *skipped(const struct manifest *manifest)
{
	json_t *array = required(json_array());

	for (size_t i = 0; i < manifest->remarks.passed_over_count; i++) {
		const struct passed_over *passed = &manifest->remarks.passed_over[i];
		json_t *object = required(json_object());

		set_text_if(object, "kind", passed->kind);
		set_text_if(object, "namespace", passed->ns);
		set_text_if(object, "name", passed->name);
		set_place(object, &passed->place);
		set(object, "reason", json_string(passed->reason));
		append(array, object);
	}
	return array;
}

static json_t *unnamed(const struct manifest *manifest)
{
	json_t *array = required(json_array());
	struct arena arena = { 0 };
	struct object **objects;
	size_t count = manifest_unnamed(manifest, &arena, &objects);

	for (size_t i = 0; i < count; i++) {
		json_t *object = required(json_object());

		set(object, "kind", json_string(object_kind_name(objects[i]->kind)));
		set_text_if(object, "namespace", objects[i]->ns);
		set_text(object, "name", objects[i]->name);
		set_place(object, &objects[i]->place);
		append(array, object);
	}
	arena_release(&arena);
	return array;
}

static json_t *findings_json(const struct manifest *manifest)
{
	json_t *array = required(json_array());

	for (size_t i = 0; i < manifest->remarks.misuse_count; i++) {
		const struct misuse *misuse = &manifest->remarks.misuses[i];
		json_t *object = required(json_object());

		set_text(object, "kind", misuse->kind);
		set_text_if(object, "namespace", misuse->ns);
		set_text(object, "name", misuse->name);
		set_place(object, &misuse->place);
		set_text(object, "text", misuse->text);
		append(array, object);
	}
	return array;
}

static json_t *notes_json(const struct plan *plan)
{
	json_t *array = required(json_array());
	struct arena arena = { 0 };

	for (enum unused_option option = 0; option < FITS_COUNT; option++) {
		struct str *values;
		size_t count = unused_missed(&plan->unused, option, &arena, &values);

		for (size_t i = 0; i < count; i++) {
			json_t *object = required(json_object());

			set(object, "option", json_string(unused_option_name(option)));
			set_text(object, "value", values[i]);
			append(array, object);
		}
	}
	arena_release(&arena);
	return array;
}

static void set_if_any(json_t *object, const char *key, json_t *array)
{
	if (json_array_size(array) > 0)
		set(object, key, array);
	else
		json_decref(array);
}

static json_t *edits_json(const struct report_edits *edits)
{
	json_t *array = required(json_array());

	for (size_t i = 0; edits && i < edits->count; i++) {
		const struct report_edit *edit = &edits->items[i];
		json_t *object = required(json_object());

		set(object, "from", json_integer((json_int_t)edit->at.from));
		set(object, "to", json_integer((json_int_t)edit->at.to));
		set_text(object, "text", edit->text);
		append(array, object);
	}
	return array;
}

static void set_count(json_t *object, const char *key, size_t count)
{
	set(object, key, json_integer((json_int_t)count));
}

static json_t *summary(const struct plan *plan)
{
	json_t *object = required(json_object());

	set_count(object, "workloads", plan->whole.workload_count);
	set_count(object, "stamped", plan->whole.counts.workloads);
	set_count(object, "stamps", plan->whole.counts.stamps);
	set_count(object, "unresolved", problems_count(&plan->whole.problems, PROBLEM_UNRESOLVED));
	set_count(object, "findings", problems_count(&plan->whole.problems, PROBLEM_FINDING));
	set_count(object, "notes", problems_count(&plan->whole.problems, PROBLEM_NOTE));
	set_count(object, "skipped", plan->input.manifest->remarks.passed_over_count);
	return object;
}

void report_json(const struct plan *plan, const struct report_edits *edits, struct buf *to)
{
	json_t *report, *workloads;
	char *text;

	report = required(json_object());
	workloads = required(json_array());
	set(report, "format", json_string("rollstamp-report/1"));
	set(report, "version", json_string(ROLLSTAMP_VERSION));
	set(report, "inject", json_string(policy_inject_name(plan->input.policy->inject)));
	set_text_if(report, "namespace", plan->input.policy->ns);
	set(report, "summary", summary(plan));
	for (size_t i = 0; i < plan->whole.workload_count; i++)
		append(workloads, workload_json(&plan->whole.workloads[i]));
	set(report, "workloads", workloads);
	set_if_any(report, "findings", findings_json(plan->input.manifest));
	set_if_any(report, "notes", notes_json(plan));
	set(report, "skipped", skipped(plan->input.manifest));
	set(report, "duplicates", duplicates(plan->input.manifest));
	set(report, "notConsumed", unnamed(plan->input.manifest));
	set(report, "edits", edits_json(edits));
	text = json_dumps(report, JSON_INDENT(2));
	json_decref(report);
	if (!text)
		arena_out_of_memory();
	buf_add_cstring(to, text);
	buf_add_char(to, '\n');
	free(text);
}
