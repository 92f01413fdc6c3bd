/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/why.h"

#include "kube/contents.h"

const char *why_verdict_name(enum why_verdict verdict)
{
	switch (verdict) {
	case WHY_SAME:
		return "same";
	case WHY_MAY_ROLL:
		return "may roll";
	case WHY_ROLLS:
		return "rolls";
	case WHY_REFUSED:
		return "refused";
	case WHY_NEW:
		return "new";
	case WHY_GONE:
		return "gone";
	case WHY_VERDICTS:
		break;
	}
	return "";
}

static void match(struct side_workload *a, struct side_workload *b)
{
	a->other = b;
	b->other = a;
}

/* Those whose kind, namespace and name are the same. */
static void match_exactly(struct side *before, struct side *after)
{
	for (size_t i = 0; i < after->count; i++) {
		struct side_workload *found = map_get(&before->identities, after->items[i]->key);

		if (found && !found->other)
			match(found, after->items[i]);
	}
}

/* What is left of a kind and name on one side. */
struct rest {
	struct side_workload *before, *after;
	size_t before_count, after_count;
};

static struct rest *rest_of(struct map *rests, const struct side_workload *workload, struct arena *arena)
{
	struct str key = side_key_without_namespace(workload, arena);
	struct rest *rest = map_get(rests, key);

	if (!rest) {
		rest = ARENA_NEW(arena, struct rest);
		map_set(rests, key, rest);
	}
	return rest;
}

/* A render that names no namespace, and one that does, if there is only one of that kind and name in each. */
static void match_loosely(struct side *before, struct side *after, struct arena *arena)
{
	struct map rests;

	map_init(&rests, arena);
	for (size_t i = 0; i < before->count; i++) {
		struct rest *rest = before->items[i]->other ? NULL : rest_of(&rests, before->items[i], arena);

		if (!rest)
			continue;
		rest->before = before->items[i];
		rest->before_count++;
	}
	for (size_t i = 0; i < after->count; i++) {
		struct rest *rest = after->items[i]->other ? NULL : rest_of(&rests, after->items[i], arena);

		if (!rest)
			continue;
		rest->after = after->items[i];
		rest->after_count++;
	}
	for (size_t i = 0; i < after->count; i++) {
		struct rest *rest = after->items[i]->other ? NULL : rest_of(&rests, after->items[i], arena);

		if (rest && rest->before_count == 1 && rest->after_count == 1 &&
		    (rest->before->ns.len == 0 || rest->after->ns.len == 0))
			match(rest->before, rest->after);
	}
}

/* What weighs most comes first. */
static void put_in_order(struct reasons *reasons, struct arena *arena)
{
	struct reason *sorted = arena_array(arena, reasons->count, sizeof(*sorted));
	size_t count = 0;

	for (int effect = DIFFERENCE_REFUSED; effect >= DIFFERENCE_NONE; effect--)
		for (size_t i = 0; i < reasons->count; i++)
			if (reasons->items[i].effect == (enum difference_effect)effect)
				sorted[count++] = reasons->items[i];
	reasons->items = sorted;
}

static enum why_verdict verdict_of(const struct reasons *reasons)
{
	enum difference_effect most = DIFFERENCE_NONE;

	for (size_t i = 0; i < reasons->count; i++)
		if (reasons->items[i].effect > most)
			most = reasons->items[i].effect;
	switch (most) {
	case DIFFERENCE_NONE:
		break;
	case DIFFERENCE_MAY_ROLL:
		return WHY_MAY_ROLL;
	case DIFFERENCE_ROLLS:
		return WHY_ROLLS;
	case DIFFERENCE_REFUSED:
		return WHY_REFUSED;
	}
	return WHY_SAME;
}

/* A name that is there twice is taken by some ways of applying and refused by others, whatever else has changed. */
static enum why_verdict temper(enum why_verdict verdict, const struct reasons *reasons)
{
	for (size_t i = 0; i < reasons->count; i++)
		if (verdict == WHY_ROLLS && reasons->items[i].cause == CAUSE_DUPLICATE)
			return WHY_MAY_ROLL;
	return verdict;
}

static struct why_workload compare(struct why *why, const struct side_workload *before,
				   const struct side_workload *after)
{
	struct why_workload result = { .before = before, .after = after };
	struct reasons reasons = { .arena = why->arena, .keys = &why->keys };

	if (!before || !after) {
		result.verdict = before ? WHY_GONE : WHY_NEW;
		return result;
	}
	reason_find(before, after, &reasons);
	put_in_order(&reasons, why->arena);
	result.verdict = temper(verdict_of(&reasons), &reasons);
	result.stamps_alone = before->has_stamps_alone || after->has_stamps_alone;
	if (result.verdict != WHY_SAME)
		result.held_back = hold_name(&after->hold, why->arena);
	result.reasons = reasons.items;
	result.reason_count = reasons.count;
	return result;
}

static bool is_content(const struct reason *reason)
{
	return reason->type == REASON_CONFIGMAP || reason->type == REASON_SECRET;
}

static void count(struct why *why, const struct why_workload *workload)
{
	why->counts[workload->verdict]++;
	why->first_stamps += workload->reason_count == 1 && workload->reasons[0].type == REASON_FIRST_STAMP;
	if (workload->verdict == WHY_NEW || workload->verdict == WHY_GONE)
		why->only_contents = false;
	for (size_t i = 0; i < workload->reason_count; i++)
		why->only_contents = why->only_contents && is_content(&workload->reasons[i]);
}

void why_compare(struct side *before, struct side *after, struct arena *arena, struct why *why)
{
	*why = (struct why){ .arena = arena, .after_count = after->count, .only_contents = true };
	keys_init(&why->keys, arena);
	match_exactly(before, after);
	match_loosely(before, after, arena);
	why->items = arena_array(arena, before->count + after->count, sizeof(*why->items));
	for (size_t i = 0; i < after->count; i++)
		why->items[why->count++] = compare(why, after->items[i]->other, after->items[i]);
	for (size_t i = 0; i < before->count; i++)
		if (!before->items[i]->other)
			why->items[why->count++] = compare(why, before->items[i], NULL);
	for (size_t i = 0; i < why->count; i++)
		count(why, &why->items[i]);
	why->only_contents = why->only_contents && why_roll_count(why) > 0;
}

/* Are two objects the same text, so that nothing needs to be read? */
static bool is_same_text(const struct object *a, const struct object *b)
{
	return a->item == OBJECT_ALONE && b->item == OBJECT_ALONE &&
	       str_equal(stream_text(a->place.stream, a->place.document),
			 stream_text(b->place.stream, b->place.document));
}

void why_find_unread(struct manifest *before, struct manifest *after, struct why *why)
{
	struct object **objects;
	size_t count = manifest_unnamed(after, why->arena, &objects);
	struct err ignored;

	why->unread = arena_array(why->arena, count, sizeof(*why->unread));
	for (size_t i = 0; i < count; i++) {
		struct object *object = objects[i], *old;
		struct keys_changes keys;

		if (manifest_find(before, object->kind, object->ns, object->name, &old) != LOOKUP_FOUND ||
		    is_same_text(old, object))
			continue;
		if (!contents_load(before, old, &ignored) || !contents_load(after, object, &ignored))
			continue;
		keys = keys_compare_objects(&why->keys, old, object);
		if (keys.changed.count + keys.added.count + keys.gone.count > 0)
			why->unread[why->unread_count++] = (struct why_unread){ .object = object, .keys = keys };
	}
}

bool why_counts(enum why_verdict verdict)
{
	return verdict != WHY_SAME && verdict != WHY_NEW;
}

size_t why_roll_count(const struct why *why)
{
	size_t count = 0;

	for (int verdict = 0; verdict < WHY_VERDICTS; verdict++)
		count += why_counts((enum why_verdict)verdict) ? why->counts[verdict] : 0;
	return count;
}

const struct side_workload *why_subject(const struct why_workload *item)
{
	return item->after ? item->after : item->before;
}

struct str why_workload_name(const struct why_workload *item, struct arena *arena)
{
	const struct side_workload *workload = why_subject(item);

	return arena_printf(arena, "%.*s/%.*s%s%.*s", STR_ARG(workload->kind), STR_ARG(workload->ns),
			    workload->ns.len > 0 ? "/" : "", STR_ARG(workload->name));
}

struct str why_reason_text(const struct why_workload *item, size_t i, struct arena *arena)
{
	struct buf text = { 0 };

	reason_print(&item->reasons[i], &text);
	if (item->reason_count == 1 && item->reasons[i].type == REASON_CHECKSUM)
		buf_add_cstring(&text, " only");
	return buf_keep(&text, arena);
}

void why_print_headline(const struct why *why, struct buf *to)
{
	size_t rolls = why->counts[WHY_ROLLS];

	buf_printf(to, "%zu of %zu workload%s roll%s", rolls, why->after_count,
		   why->after_count == 1 && rolls == 1 ? "" : "s", rolls == 1 ? "s" : "");
}

void why_print_others(const struct why *why, const char *before, struct buf *to)
{
	static const struct {
		enum why_verdict verdict;
		const char *one, *many;
	} words[] = {
		{ WHY_MAY_ROLL, "may roll", "may roll" },
		{ WHY_REFUSED, "is refused by the API server", "are refused by the API server" },
		{ WHY_NEW, "is new", "are new" },
		{ WHY_GONE, "is gone", "are gone" },
	};
	const char *separator = before;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t count = why->counts[words[i].verdict];

		if (count == 0)
			continue;
		buf_printf(to, "%s%zu %s", separator, count, count == 1 ? words[i].one : words[i].many);
		separator = ", ";
	}
}

void why_print_unread(const struct why_unread *unread, struct buf *to)
{
	struct reason reason = {
		.type = unread->object->kind == OBJECT_SECRET ? REASON_SECRET : REASON_CONFIGMAP,
		.name = unread->object->name,
		.keys = unread->keys,
	};

	reason_print(&reason, to);
}
