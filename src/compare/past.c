/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/past.h"

#include "yaml/mention.h"

#include <jansson.h>

#define FORMAT "rollstamp-report/1"

bool past_is_report(struct str text)
{
	return str_starts_with(str_trim(text), "{") && mention_of(text, FORMAT);
}

static struct str text_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? (struct str){ json_string_value(value), json_string_length(value) }
				     : (struct str){ 0 };
}

/* Adds the stamp that stands at `at`: { "as": "annotation", "name": ... }. */
static void add_stamp(struct side *side, struct side_workload *workload, const json_t *at, struct str value)
{
	struct stamped stamp = { .is_env = str_is(text_of(at, "as"), "env"), .is_untold = value.len == 0 };

	if (!stamp.is_env && !str_is(text_of(at, "as"), "annotation"))
		return;
	stamp.name = arena_dup(side->arena, text_of(at, "name"));
	stamp.container = arena_dup(side->arena, text_of(at, "container"));
	stamp.value = arena_dup(side->arena, value);
	if (stamped_type_of(stamp.name, stamp.is_env, &stamp.type))
		stamped_add(&workload->stamps, side->arena, stamp);
}

/* The places where a stamp was written. */
static void add_written(struct side *side, struct side_workload *workload, const json_t *of, struct str value)
{
	const json_t *at;
	size_t i;

	json_array_foreach(json_object_get(of, "written"), i, at) add_stamp(side, workload, at, value);
}

static struct side_workload *read_workload(struct side *side, const json_t *from)
{
	struct side_workload *workload = ARENA_NEW(side->arena, struct side_workload);
	const json_t *at;
	size_t i;

	*workload = (struct side_workload){
		.api_version = arena_dup(side->arena, text_of(from, "apiVersion")),
		.kind = arena_dup(side->arena, text_of(from, "kind")),
		.ns = arena_dup(side->arena, text_of(from, "namespace")),
		.name = arena_dup(side->arena, text_of(from, "name")),
		.has_stamps_alone = true,
		.selects_itself = true,
	};
	json_array_foreach(json_object_get(from, "stamps"), i, at)
		add_written(side, workload, at, text_of(at, "digest"));
	json_array_foreach(json_object_get(from, "selections"), i, at)
		add_written(side, workload, at, text_of(at, "digest"));
	json_array_foreach(json_object_get(from, "git"), i, at) add_written(side, workload, at, text_of(at, "commit"));
	/* Those that were left alone are in the template, too. Up to 0.1.0 a report did not tell what they say. */
	json_array_foreach(json_object_get(from, "stale"), i, at) add_stamp(side, workload, at, text_of(at, "value"));
	stamped_sort(&workload->stamps, side->arena);
	return workload;
}

bool past_read(struct side *side, struct str name, struct str text, struct err *err)
{
	json_error_t error;
	json_t *report = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
	bool ok = report && str_is(text_of(report, "format"), FORMAT);
	const json_t *at;
	size_t i;

	/* The message must not quote the file. */
	if (!report)
		err_set(err, "%.*s: line %d: this is no report: not JSON", STR_ARG(name), error.line);
	else if (!ok)
		err_set(err, "%.*s: this is no report of rollstamp: its format is not " FORMAT, STR_ARG(name));
	else
		json_array_foreach(json_object_get(report, "workloads"), i, at) side_add(side, read_workload(side, at));
	json_decref(report);
	if (!ok)
		return false;
	side->is_report = true;
	return true;
}
