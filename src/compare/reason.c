/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/reason.h"

#include "base/sort.h"
#include "kube/names.h"
#include "plan/checksums.h"

#include <stdlib.h>
#include <string.h>

const char *reason_type_name(enum reason_type type)
{
	switch (type) {
	case REASON_CONFIGMAP:
		return "configmap";
	case REASON_SECRET:
		return "secret";
	case REASON_PROVIDER:
		return "secretproviderclass";
	case REASON_SELECTION:
		return "selection";
	case REASON_GIT:
		return "git";
	case REASON_IMAGE:
		return "image";
	case REASON_CHECKSUM:
		return "checksum";
	case REASON_PATH:
		return "path";
	case REASON_FIRST_STAMP:
		return "first-stamp";
	case REASON_STAMP_LOST:
		return "stamp-lost";
	case REASON_RELEASED:
		return "released";
	}
	return "";
}

static struct reason *add(struct reasons *reasons, enum reason_type type, enum difference_effect effect)
{
	struct reason *reason;

	reasons->items =
		arena_grow(reasons->arena, reasons->items, reasons->count, &reasons->room, sizeof(*reasons->items));
	reason = &reasons->items[reasons->count++];
	*reason = (struct reason){ .type = type, .effect = effect };
	return reason;
}

static enum reason_type type_of(enum stamped_type type)
{
	switch (type) {
	case STAMPED_CONFIGMAP:
		return REASON_CONFIGMAP;
	case STAMPED_SECRET:
		return REASON_SECRET;
	case STAMPED_PROVIDER:
		return REASON_PROVIDER;
	case STAMPED_GIT:
		return REASON_GIT;
	case STAMPED_CONFIGMAPS:
	case STAMPED_SECRETS:
	case STAMPED_TYPES:
		break;
	}
	return REASON_SELECTION;
}

/* What `workload` consumes under the name of this stamp, or NULL. */
static const struct finding *finding_of(const struct side_workload *workload, const struct stamped *stamp,
					struct arena *arena)
{
	enum object_kind kind = stamp->type == STAMPED_SECRET ? OBJECT_SECRET : OBJECT_CONFIGMAP;

	if (stamp->type != STAMPED_SECRET && stamp->type != STAMPED_CONFIGMAP)
		return NULL;
	for (size_t i = 0; i < workload->finding_count; i++) {
		const struct finding *finding = &workload->findings[i];
		struct str name;

		if (finding->kind != kind || finding->name.len == 0)
			continue;
		name = stamp->is_env ? names_env(kind, finding->ns, finding->name, arena)
				     : names_annotation(kind, finding->ns, finding->name, arena);
		if (str_equal(name, stamp->name))
			return finding;
	}
	return NULL;
}

/* The selection of `workload` whose stamp this is, or NULL. */
static const struct selected_finding *selected_of(const struct side_workload *workload, const struct stamped *stamp,
						  struct arena *arena)
{
	enum object_kind kind = stamp->type == STAMPED_SECRETS ? OBJECT_SECRET : OBJECT_CONFIGMAP;

	if (stamp->type != STAMPED_SECRETS && stamp->type != STAMPED_CONFIGMAPS)
		return NULL;
	for (size_t i = 0; i < workload->selection_count; i++) {
		const struct selected_finding *finding = &workload->selections[i];
		struct str text = finding->collection.text;
		struct str name = stamp->is_env ? names_collection_env(kind, text, arena)
						: names_collection_annotation(kind, text, arena);

		if (finding->collection.kind == kind && finding->outcome == OUTCOME_RESOLVED &&
		    str_equal(name, stamp->name))
			return finding;
	}
	return NULL;
}

/* The last part of a url's path, as stamps name repositories. */
static bool is_repository(struct str url, struct str name)
{
	url = str_behind_last(url, '/');
	if (str_ends_with(url, ".git"))
		url.len -= 4;
	return str_equal(url, name);
}

/* The ref that the workload checks out of the repository; empty if it isn't known or there are several. */
static struct str ref_of(const struct side_workload *workload, struct str repository)
{
	struct str ref = { 0 };

	for (size_t i = 0; i < workload->git_count; i++) {
		const struct git_finding *git = &workload->gits[i];

		if (!str_equal(git->repository, repository) && !is_repository(git->url, repository))
			continue;
		if (ref.len > 0 && !str_equal(ref, git->ref))
			return (struct str){ 0 };
		ref = git->ref;
	}
	return ref;
}

/* "SHOP_CONFIG" as people write it, where nothing better is known. */
static struct str lower(struct str text, struct arena *arena)
{
	char *copy = arena_alloc(arena, text.len + 1);

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		copy[i] = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return (struct str){ copy, text.len };
}

static struct str name_of(const struct stamped *stamp, const struct finding *finding, struct arena *arena)
{
	struct str subject = stamped_subject(stamp);

	if (finding && finding->ns.len > 0)
		return arena_printf(arena, "%.*s/%.*s", STR_ARG(finding->ns), STR_ARG(finding->name));
	if (finding)
		return finding->name;
	if (stamp->type == STAMPED_CONFIGMAPS || stamp->type == STAMPED_SECRETS)
		subject = arena_printf(arena, "%s %.*s", stamp->type == STAMPED_SECRETS ? "secrets" : "configmaps",
				       STR_ARG(subject));
	return stamp->is_env ? lower(subject, arena) : subject;
}

static struct reason *find_reason(const struct reasons *reasons, enum reason_type type, struct str name)
{
	for (size_t i = 0; i < reasons->count; i++)
		if (reasons->items[i].type == type && str_equal(reasons->items[i].name, name))
			return &reasons->items[i];
	return NULL;
}

/*
 * Adds a reason of that name for a stamp that differs, or makes more of the one that is there. NULL if that says as much
 * already: a stamp can stand in several places.
 */
static struct reason *add_named(struct reasons *reasons, enum reason_type type, struct str name,
				const struct stamped *old)
{
	bool is_untold = old && old->is_untold;
	struct reason *reason = find_reason(reasons, type, name);

	if (reason && (is_untold || !reason->is_untold))
		return NULL;
	if (!reason)
		reason = add(reasons, type, DIFFERENCE_NONE);
	reason->effect = is_untold ? DIFFERENCE_MAY_ROLL : DIFFERENCE_ROLLS;
	reason->name = name;
	reason->is_untold = is_untold;
	return reason;
}

/* The reason is the stamp of a selection. Of a report, and of what is stamped without its objects, only that is known. */
static void add_selection(struct reasons *reasons, const struct side_workload *before,
			  const struct side_workload *after, const struct stamped *old, const struct stamped *stamp)
{
	const struct stamped *either = stamp ? stamp : old;
	const struct selected_finding *was = selected_of(before, either, reasons->arena);
	const struct selected_finding *is = selected_of(after, either, reasons->arena);
	struct str name = name_of(either, NULL, reasons->arena);
	struct reason *reason;

	if (is || was)
		name = arena_printf(reasons->arena, "%s %.*s",
				    either->type == STAMPED_SECRETS ? "secrets" : "configmaps",
				    STR_ARG((is ? is : was)->collection.text));
	reason = add_named(reasons, REASON_SELECTION, name, stamp ? old : NULL);
	if (reason && (!old || was) && (!stamp || is))
		reason->keys = keys_compare_selected(reasons->keys, old ? was : NULL, stamp ? is : NULL);
}

/* A stamp that differs, or whose old value is not known; one of the two is NULL where it is new or gone. */
static void add_stamp(struct reasons *reasons, const struct side_workload *before, const struct side_workload *after,
		      const struct stamped *old, const struct stamped *stamp)
{
	const struct stamped *either = stamp ? stamp : old;
	const struct finding *was = finding_of(before, either, reasons->arena);
	const struct finding *is = finding_of(after, either, reasons->arena);
	struct str name = name_of(either, is ? is : was, reasons->arena);
	enum reason_type type = type_of(either->type);
	struct reason *reason;

	if (type == REASON_SELECTION) {
		add_selection(reasons, before, after, old, stamp);
		return;
	}
	reason = add_named(reasons, type, name, stamp ? old : NULL);
	if (!reason)
		return;
	if (type == REASON_GIT) {
		reason->from = old && !old->is_untold ? old->value : (struct str){ 0 };
		reason->to = stamp ? stamp->value : (struct str){ 0 };
		reason->ref = ref_of(after, name);
		return;
	}
	if (type != REASON_CONFIGMAP && type != REASON_SECRET)
		return;
	/* Of a report only the digest is known. */
	if ((old && !was) || (stamp && !is))
		return;
	reason->keys = keys_compare(reasons->keys, old ? was : NULL, stamp ? is : NULL);
}

/* In which list of a pod's containers this one is; NULL: it is in none. */
static const char *list_of(const struct side_workload *workload, struct str container)
{
	static const char *const lists[] = { "containers", "initContainers" };
	const struct value *spec = value_get(workload->pod_template, "spec");

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		const struct value *list = value_get(spec, lists[i]);

		for (const struct value *at = list ? list->child : NULL; at; at = at->next)
			if (str_equal(value_text(at, "name"), container))
				return lists[i];
	}
	return NULL;
}

/*
 * A variable that one side alone has in this container, and both have somewhere. What else makes a container new is told
 * where it differs, and a report knows no containers.
 */
static void add_moved(struct reasons *reasons, const struct side_workload *before, const struct side_workload *after,
		      const struct stamped *stamp)
{
	const char *list = list_of(after, stamp->container);

	if (!list || (before->pod_template && !list_of(before, stamp->container)))
		return;
	add(reasons, REASON_PATH, DIFFERENCE_ROLLS)->path =
		arena_printf(reasons->arena, "%.*s.spec.%s[%.*s].env[%.*s]", STR_ARG(after->path), list,
			     STR_ARG(stamp->container), STR_ARG(stamp->name));
}

static int compare_places(const void *a, const void *b)
{
	return stamped_compare(a, b);
}

/* What `list` has under the name of `stamp`, of another container; one that says the same if there is one; or NULL. */
static const struct stamped *find_elsewhere(const struct stamped_list *list, const struct stamped *stamp)
{
	const struct stamped first = { .name = stamp->name }, *found = NULL;
	size_t i = sort_lower_bound(list->items, list->count, sizeof(first), &first, compare_places);

	for (; i < list->count && str_equal(list->items[i].name, stamp->name); i++)
		if (!found || str_equal(list->items[i].value, stamp->value))
			found = &list->items[i];
	return found;
}

/* A stamp of one side, `is_old` or not, which the other side has not in this place. */
static void add_alone(struct reasons *reasons, const struct side_workload *before, const struct side_workload *after,
		      const struct stamped *stamp, bool is_old)
{
	const struct stamped *other = find_elsewhere(is_old ? &after->stamps : &before->stamps, stamp);
	const struct stamped *old = is_old ? stamp : other;

	if (!other || old->is_untold || !str_equal(other->value, stamp->value))
		add_stamp(reasons, before, after, old, is_old ? other : stamp);
	if (other)
		add_moved(reasons, before, after, stamp);
}

static void add_stamps(struct reasons *reasons, const struct side_workload *before, const struct side_workload *after)
{
	const struct stamped_list *left = &before->stamps, *right = &after->stamps;
	size_t i = 0, k = 0;

	if (left->count == 0 && right->count == 0)
		return;
	if (left->count == 0 || right->count == 0) {
		add(reasons, right->count > 0 ? REASON_FIRST_STAMP : REASON_STAMP_LOST, DIFFERENCE_ROLLS);
		return;
	}
	while (i < left->count || k < right->count) {
		const struct stamped *old = i < left->count ? &left->items[i] : NULL;
		const struct stamped *stamp = k < right->count ? &right->items[k] : NULL;
		int order = !old ? 1 : !stamp ? -1 : stamped_compare(old, stamp);

		if (order != 0)
			add_alone(reasons, before, after, order < 0 ? old : stamp, order < 0);
		else if (old->is_untold || !str_equal(old->value, stamp->value))
			add_stamp(reasons, before, after, old, stamp);
		i += order <= 0;
		k += order >= 0;
	}
}

/* Is it the commit of a git reason that has been written into the template as well (--git=pin)? */
static bool is_pin(const struct reasons *reasons, const struct difference *difference)
{
	struct str before, after;

	if (!difference->before || !difference->after)
		return false;
	before = difference->before->text;
	after = difference->after->text;
	for (size_t i = 0; i < reasons->count; i++) {
		const struct reason *reason = &reasons->items[i];
		const char *at;
		size_t head;

		if (reason->type != REASON_GIT || reason->from.len == 0 || reason->to.len == 0)
			continue;
		at = before.len > 0 ? memmem(before.ptr, before.len, reason->from.ptr, reason->from.len) : NULL;
		if (!at || before.len - reason->from.len + reason->to.len != after.len)
			continue;
		head = (size_t)(at - before.ptr);
		if (memcmp(before.ptr, after.ptr, head) == 0 &&
		    memcmp(after.ptr + head, reason->to.ptr, reason->to.len) == 0 &&
		    str_equal(str_skip(before, head + reason->from.len), str_skip(after, head + reason->to.len)))
			return true;
	}
	return false;
}

static bool annotation_of(struct str path, struct str *name)
{
	static const char head[] = "metadata.annotations[";

	if (!str_starts_with(path, head) || !str_ends_with(path, "]"))
		return false;
	*name = str_slice(path, (struct span){ sizeof(head) - 1, path.len - 1 });
	return true;
}

static bool is_image(const struct difference *difference)
{
	return difference->container.len > 0 && str_ends_with(difference->path, "].image") && difference->before &&
	       difference->after && difference->before->type == VALUE_TEXT;
}

static void add_difference(struct reasons *reasons, const struct side_workload *after,
			   const struct difference *difference)
{
	bool rolls = difference->effect == DIFFERENCE_ROLLS;
	struct reason *reason;
	struct str name;

	/* What follows from an image is no reason of its own; nor is what is said already. */
	if (difference->before && difference->after && difference->before->is_filled && difference->after->is_filled)
		return;
	if (is_pin(reasons, difference))
		return;
	if (rolls && is_image(difference)) {
		reason = add(reasons, REASON_IMAGE, difference->effect);
		reason->container = difference->container;
		reason->from = difference->before->text;
		reason->to = difference->after->text;
	} else if (rolls && annotation_of(difference->path, &name) && checksums_is_name(name)) {
		reason = add(reasons, REASON_CHECKSUM, difference->effect);
		reason->name = name;
	} else {
		reason = add(reasons, REASON_PATH, difference->effect);
	}
	reason->cause = difference->cause;
	reason->path = arena_printf(reasons->arena, "%.*s.%.*s", STR_ARG(after->path), STR_ARG(difference->path));
}

static void add_differences(struct reasons *reasons, const struct side_workload *before,
			    const struct side_workload *after)
{
	struct differences found = { .arena = reasons->arena };

	difference_find(before->pod_template, after->pod_template, &after->rules, &found);
	for (size_t i = 0; i < found.count; i++)
		add_difference(reasons, after, &found.items[i]);
}

/* What the API server lets nobody change, and what it refuses of the workload itself. */
static void add_fixed(struct reasons *reasons, const struct side_workload *before, const struct side_workload *after)
{
	/* It compares by value, and has the types of all that is in there. */
	static const struct difference_rules rules = { .by_value = true, .fills_in = true, .knows_fields = true };
	struct differences found = { .arena = reasons->arena };

	if (before->fixed && after->fixed)
		difference_find(before->fixed, after->fixed, &rules, &found);
	for (size_t i = 0; i < found.count; i++) {
		struct reason *reason = add(reasons, REASON_PATH, DIFFERENCE_REFUSED);

		reason->path = arena_printf(reasons->arena, "spec.%.*s", STR_ARG(found.items[i].path));
		reason->is_fixed = true;
	}
	if (after->refused.len > 0) {
		struct reason *reason = add(reasons, REASON_PATH, DIFFERENCE_REFUSED);

		reason->path = after->refused;
		reason->cause = CAUSE_TYPE;
	}
	if (after->selects_itself || found.count > 0)
		return;
	add(reasons, REASON_PATH, DIFFERENCE_REFUSED)->path = str_from("spec.selector");
	reasons->items[reasons->count - 1].is_selector = true;
}

void reason_find(const struct side_workload *before, const struct side_workload *after, struct reasons *reasons)
{
	const char *released = hold_released(&before->hold, &after->hold);

	add_stamps(reasons, before, after);
	if (before->has_stamps_alone || after->has_stamps_alone)
		return;
	add_differences(reasons, before, after);
	add_fixed(reasons, before, after);
	if (released)
		add(reasons, REASON_RELEASED, DIFFERENCE_MAY_ROLL)->name = str_from(released);
}

/* `head` stands before the first of all keys. */
static void print_keys(const struct keys_list *list, const char *head, const char *what, bool *is_first, struct buf *to)
{
	for (size_t i = 0; i < list->count && i < KEYS_NAMED; i++) {
		bool is_last = i + 1 == list->count || i + 1 == KEYS_NAMED;

		buf_printf(to, "%s%.*s", *is_first ? head : ", ", STR_ARG(list->items[i]));
		if (is_last && list->count > KEYS_NAMED)
			buf_printf(to, " and %zu more", list->count - KEYS_NAMED);
		if (is_last)
			buf_printf(to, " %s", what);
		*is_first = false;
	}
}

/* What a stamp of a report that does not say its value comes to. */
#define UNTOLD " may have changed (the report does not tell what it was)"

static void print_object(const struct reason *reason, struct buf *to)
{
	const char *head = reason->type == REASON_SELECTION ? " " : " key ";
	bool is_first = true;

	if (reason->type == REASON_SELECTION)
		buf_printf(to, "%.*s:", STR_ARG(reason->name));
	else
		buf_printf(to, "%s/%.*s:", reason_type_name(reason->type), STR_ARG(reason->name));
	print_keys(&reason->keys.changed, head, "changed", &is_first, to);
	print_keys(&reason->keys.added, head, "added", &is_first, to);
	print_keys(&reason->keys.gone, head, "gone", &is_first, to);
	if (is_first)
		buf_add_cstring(to, reason->is_untold ? UNTOLD : " changed");
}

/* As many digits of a commit as git shows. */
static void print_commits(struct str commits, struct buf *to)
{
	bool is_first = true;

	while (commits.ptr && commits.len > 0) {
		struct str commit = str_cut(&commits, ',');

		commit.len = commit.len > 8 ? 8 : commit.len;
		buf_printf(to, "%s%.*s", is_first ? "" : ",", STR_ARG(commit));
		is_first = false;
	}
}

static void print_git(const struct reason *reason, struct buf *to)
{
	buf_printf(to, "git %.*s: ", STR_ARG(reason->name));
	/* A pinned commit is its own ref. */
	if (reason->ref.len > 0 && !str_equal(reason->ref, reason->to))
		buf_printf(to, "%.*s ", STR_ARG(reason->ref));
	if (reason->is_untold) {
		print_commits(reason->to, to);
		buf_add_cstring(to, UNTOLD);
		return;
	}
	print_commits(reason->from, to);
	if (reason->to.len == 0) {
		buf_add_cstring(to, " gone");
	} else if (reason->from.len == 0) {
		print_commits(reason->to, to);
		buf_add_cstring(to, " added");
	} else {
		buf_add_cstring(to, "..");
		print_commits(reason->to, to);
	}
}

static void print_path(const struct reason *reason, struct buf *to)
{
	buf_add(to, reason->path);
	if (reason->is_fixed)
		buf_add_cstring(to, ": can't be changed");
	if (reason->is_selector)
		buf_add_cstring(to, ": does not fit the template's labels");
	switch (reason->cause) {
	case CAUSE_CHANGED:
		break;
	case CAUSE_ORDER:
		buf_add_cstring(to, ": another order");
		break;
	case CAUSE_NULL:
		buf_add_cstring(to, ": null (only server-side apply and Helm 4 keep it)");
		break;
	case CAUSE_UNKNOWN:
		buf_add_cstring(to, ": an unknown field (dropped, or refused)");
		break;
	case CAUSE_TYPE:
		buf_add_cstring(to, ": a value of the wrong type");
		break;
	case CAUSE_DUPLICATE:
		buf_add_cstring(to, ": a name twice (server-side apply and Helm 4 refuse it)");
		break;
	case CAUSE_DEFAULT:
		buf_add_cstring(to, ": the default, written out");
		break;
	}
}

void reason_print(const struct reason *reason, struct buf *to)
{
	switch (reason->type) {
	case REASON_CONFIGMAP:
	case REASON_SECRET:
	case REASON_PROVIDER:
	case REASON_SELECTION:
		print_object(reason, to);
		break;
	case REASON_GIT:
		print_git(reason, to);
		break;
	case REASON_IMAGE:
		buf_printf(to, "image of %.*s: %.*s -> %.*s", STR_ARG(reason->container), STR_ARG(reason->from),
			   STR_ARG(reason->to));
		break;
	case REASON_CHECKSUM:
		buf_add(to, reason->name);
		break;
	case REASON_PATH:
		print_path(reason, to);
		break;
	case REASON_FIRST_STAMP:
		buf_add_cstring(to, "first stamp");
		break;
	case REASON_STAMP_LOST:
		buf_add_cstring(to, "stamp lost");
		break;
	case REASON_RELEASED:
		buf_printf(to, "no longer held back: %.*s", STR_ARG(reason->name));
		break;
	}
}

struct str reason_exclude(const struct reason *reason, const struct side_workload *workload, struct arena *arena)
{
	if ((reason->type != REASON_CONFIGMAP && reason->type != REASON_SECRET) || !reason->keys.is_known)
		return (struct str){ 0 };
	return arena_printf(arena, "--exclude=%.*s/%.*s=%s/%.*s", STR_ARG(workload->kind), STR_ARG(workload->name),
			    reason_type_name(reason->type), STR_ARG(reason->name));
}
