/* SPDX-License-Identifier: Apache-2.0 */
#include "app/lockjson.h"

#include "app/member.h"

static json_t *workload_json(const struct render_file *file, const struct workload *workload)
{
	json_t *object = member_required(json_object());

	member_set_text(object, "render", file->name);
	member_set_text(object, "kind", workload->kind);
	member_set_text_if(object, "namespace", workload->ns);
	member_set_text(object, "name", workload->name);
	return object;
}

static json_t *row_json(const struct lockdiff_row *row)
{
	json_t *object = member_required(json_object()), *users = member_required(json_array());

	member_set_text(object, "url", row->url);
	member_set_text(object, "ref", row->ref);
	member_set(object, "kind", json_string(ref_kind_name(row->kind)));
	member_set(object, "change", json_string(lockdiff_change_name(row->change)));
	if (row->kind != row->old_kind)
		member_set(object, "oldKind", json_string(ref_kind_name(row->old_kind)));
	member_set_text_if(object, "from", row->from);
	member_set_text_if(object, "to", row->to);
	member_set_text_if(object, "serverFailure", row->failure);
	for (size_t i = 0; i < row->user_count; i++)
		member_append(users, workload_json(row->users[i].file, row->users[i].workload));
	member_set(object, "usedBy", users);
	return object;
}

static json_t *unresolved_json(const struct lockresult *result)
{
	json_t *array = member_required(json_array());

	for (size_t i = 0; i < result->ref_count; i++) {
		const struct fleet_ref *ref = &result->refs[i];
		json_t *object;

		if (ref->git->outcome != CHECKOUT_UNRESOLVED)
			continue;
		object = workload_json(ref->file, ref->workload);
		member_set_text_if(object, "container", ref->git->container);
		member_set_count(object, "line", ref->git->line);
		member_set_text_if(object, "url", ref->git->url);
		member_set_text_if(object, "ref", ref->git->ref);
		member_set_text(object, "reason", ref->git->reason);
		if (ref->git->is_exempt)
			member_set(object, "allowed", json_true());
		member_append(array, object);
	}
	return array;
}

static json_t *summary_json(const struct lockresult *result)
{
	json_t *object = member_required(json_object());
	const struct lockdiff *diff = result->diff;

	member_set_count(object, "renders", result->fleet->count);
	for (enum lockdiff_change change = 0; change < LOCKDIFF_CHANGES; change++)
		member_set_count(object, lockdiff_change_name(change), diff->counts[change]);
	member_set_count(object, "commits", diff->itself);
	member_set_count(object, "unused", diff->unused);
	return object;
}

void lockjson_print(const struct lockresult *result, struct buf *to)
{
	json_t *whole = member_required(json_object()), *refs = member_required(json_array());
	const struct lockdiff *diff = result->diff;

	member_set(whole, "format", json_string("rollstamp-lock-changes/1"));
	member_set(whole, "version", json_string(ROLLSTAMP_VERSION));
	member_set_text(whole, "lock", result->path);
	member_set(whole, "changed", json_boolean(diff->has_changes));
	member_set(whole, "summary", summary_json(result));
	for (size_t i = 0; i < diff->count; i++)
		member_append(refs, row_json(diff->rows[i]));
	member_set(whole, "refs", refs);
	member_set(whole, "unresolved", unresolved_json(result));
	member_print(whole, to);
}
