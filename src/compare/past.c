/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/past.h"

#include "base/sort.h"

#include <jansson.h>
#include <stdlib.h>

#define FORMAT "rollstamp-report/1"

bool past_is_report(struct str text)
{
	return str_starts_with(str_trim(text), "{") && memmem(text.ptr, text.len, FORMAT, sizeof(FORMAT) - 1);
}

static struct str text_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? (struct str){ json_string_value(value), json_string_length(value) }
				     : (struct str){ 0 };
}

static void add_stamp(struct side *side, struct side_workload *workload, struct str name, bool is_env, struct str value)
{
	struct stamped stamp = { .is_env = is_env };

	stamp.name = arena_dup(side->arena, name);
	stamp.value = arena_dup(side->arena, value);
	if (stamped_type_of(stamp.name, is_env, &stamp.type))
		stamped_add(&workload->stamps, side->arena, stamp);
}

/* The places where a stamp was written: [{"as": "annotation", "name": ...}]. */
static void add_written(struct side *side, struct side_workload *workload, const json_t *of, struct str value)
{
	const json_t *written = json_object_get(of, "written"), *at;
	size_t i;

	json_array_foreach(written, i,
			   at) if (str_is(text_of(at, "as"), "annotation") || str_is(text_of(at, "as"), "env"))
		add_stamp(side, workload, text_of(at, "name"), str_is(text_of(at, "as"), "env"), value);
}

static int compare_stamps(const void *a, const void *b)
{
	const struct stamped *left = a, *right = b;
	int order = str_compare(left->name, right->name);

	return order != 0 ? order : str_compare(left->value, right->value);
}

/* One annotation stands for all commits of a repository. */
static void join_commits(struct side *side, struct stamped_list *stamps)
{
	size_t kept = 0;

	stamps->count = sort_unique(stamps->items, stamps->count, sizeof(*stamps->items), compare_stamps);
	for (size_t i = 0; i < stamps->count; i++) {
		struct stamped *last = kept > 0 ? &stamps->items[kept - 1] : NULL, *at = &stamps->items[i];

		if (last && str_equal(last->name, at->name))
			last->value = arena_printf(side->arena, "%.*s,%.*s", STR_ARG(last->value), STR_ARG(at->value));
		else
			stamps->items[kept++] = *at;
	}
	stamps->count = kept;
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
	join_commits(side, &workload->stamps);
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
