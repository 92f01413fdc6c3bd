/* SPDX-License-Identifier: Apache-2.0 */
#include "app/whyjson.h"

#include "app/member.h"

static json_t *list(const struct keys_list *keys)
{
	json_t *array = member_required(json_array());

	for (size_t i = 0; i < keys->count && i < KEYS_NAMED; i++)
		member_append(array, member_text(keys->items[i]));
	return array;
}

static size_t unnamed(const struct keys_list *keys)
{
	return keys->count > KEYS_NAMED ? keys->count - KEYS_NAMED : 0;
}

static void set_keys(json_t *object, const struct keys_changes *changes)
{
	json_t *keys;
	size_t more = unnamed(&changes->changed) + unnamed(&changes->added) + unnamed(&changes->gone);

	if (!changes->is_known)
		return;
	keys = member_required(json_object());
	member_set(keys, "changed", list(&changes->changed));
	member_set(keys, "added", list(&changes->added));
	member_set(keys, "gone", list(&changes->gone));
	if (more > 0)
		member_set_count(keys, "more", more);
	member_set(object, "keys", keys);
}

static const char *effect_name(enum difference_effect effect)
{
	switch (effect) {
	case DIFFERENCE_NONE:
		break;
	case DIFFERENCE_MAY_ROLL:
		return "may roll";
	case DIFFERENCE_ROLLS:
		return "rolls";
	case DIFFERENCE_REFUSED:
		return "refused";
	}
	return "none";
}

/* Why it is not simply that a value has changed; NULL: it is. */
static const char *note_of(const struct reason *reason)
{
	if (reason->is_fixed)
		return "immutable";
	if (reason->is_selector)
		return "selector";
	if (reason->is_untold)
		return "not-told";
	switch (reason->cause) {
	case CAUSE_CHANGED:
		break;
	case CAUSE_ORDER:
		return "order";
	case CAUSE_NULL:
		return "null";
	case CAUSE_UNKNOWN:
		return "unknown-field";
	case CAUSE_TYPE:
		return "type";
	case CAUSE_DUPLICATE:
		return "duplicate";
	case CAUSE_DEFAULT:
		return "default";
	}
	return NULL;
}

static json_t *reason_json(const struct reason *reason, const struct side_workload *workload, struct arena *arena)
{
	json_t *object = member_required(json_object());
	const char *note = note_of(reason);

	member_set(object, "type", json_string(reason_type_name(reason->type)));
	member_set(object, "effect", json_string(effect_name(reason->effect)));
	member_set_text_if(object, "name", reason->name);
	member_set_text_if(object, "container", reason->container);
	member_set_text_if(object, "path", reason->path);
	member_set_text_if(object, "ref", reason->ref);
	member_set_text_if(object, "from", reason->from);
	member_set_text_if(object, "to", reason->to);
	set_keys(object, &reason->keys);
	if (note)
		member_set(object, "note", json_string(note));
	member_set_text_if(object, "exclude", reason_exclude(reason, workload, arena));
	return object;
}

static json_t *workload_json(const struct why_workload *item, struct arena *arena)
{
	const struct side_workload *workload = why_subject(item);
	json_t *object = member_required(json_object()), *reasons = member_required(json_array());

	member_set_text(object, "kind", workload->kind);
	member_set_text_if(object, "namespace", workload->ns);
	member_set_text(object, "name", workload->name);
	member_set(object, "verdict", json_string(why_verdict_name(item->verdict)));
	member_set_text_if(object, "heldBack", item->held_back);
	if (item->stamps_alone)
		member_set(object, "stampsAlone", json_true());
	for (size_t i = 0; i < item->reason_count; i++)
		member_append(reasons, reason_json(&item->reasons[i], workload, arena));
	member_set(object, "reasons", reasons);
	return object;
}

static json_t *summary(const struct why *why)
{
	json_t *object = member_required(json_object());

	member_set_count(object, "workloads", why->after_count);
	member_set_count(object, "rolls", why->counts[WHY_ROLLS]);
	member_set_count(object, "mayRoll", why->counts[WHY_MAY_ROLL]);
	member_set_count(object, "refused", why->counts[WHY_REFUSED]);
	member_set_count(object, "new", why->counts[WHY_NEW]);
	member_set_count(object, "gone", why->counts[WHY_GONE]);
	member_set_count(object, "same", why->counts[WHY_SAME]);
	member_set_count(object, "firstStamps", why->first_stamps);
	return object;
}

static json_t *unread_json(const struct why *why)
{
	json_t *array = member_required(json_array());

	for (size_t i = 0; i < why->unread_count; i++) {
		const struct why_unread *unread = &why->unread[i];
		json_t *object = member_required(json_object());

		member_set(object, "kind", json_string(object_kind_name(unread->object->kind)));
		member_set_text_if(object, "namespace", unread->object->ns);
		member_set_text(object, "name", unread->object->name);
		set_keys(object, &unread->keys);
		member_append(array, object);
	}
	return array;
}

void whyjson_print(const struct why *why, struct buf *to)
{
	json_t *whole = member_required(json_object()), *workloads = member_required(json_array());

	member_set(whole, "format", json_string("rollstamp-why/1"));
	member_set(whole, "version", json_string(ROLLSTAMP_VERSION));
	member_set(whole, "summary", summary(why));
	member_set(whole, "gitCompared", json_boolean(!why->git_not_compared));
	for (size_t i = 0; i < why->count; i++)
		member_append(workloads, workload_json(&why->items[i], why->arena));
	member_set(whole, "workloads", workloads);
	member_set_if_any(whole, "unread", unread_json(why));
	member_print(whole, to);
}
