/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/difference.h"

#include "base/map.h"
#include "compare/quantity.h"

/* One step of the way from the template to a value. A path is written out only where something differs. */
struct path_step {
	const struct path_step *outer; /* NULL: the first one */
	struct str name;
	bool in_brackets;
};

struct walk {
	const struct difference_rules *rules;
	struct differences *differences;
	const struct path_step *at; /* NULL: the template itself */
	struct str container;
	struct arena scratch;
};

/* By what people tell the items of a list from each other; the first that all items have. */
static const char *const item_names[] = { "name", "mountPath", "devicePath", "containerPort", "ip", "path", "key" };

static bool is_plain_key(struct str key)
{
	for (size_t i = 0; i < key.len; i++)
		if (!str_is_alphanumeric(key.ptr[i]))
			return false;
	return key.len > 0;
}

static void print_steps(const struct path_step *step, struct buf *to)
{
	if (!step)
		return;
	print_steps(step->outer, to);
	if (step->in_brackets || !is_plain_key(step->name))
		buf_printf(to, "[%.*s]", STR_ARG(step->name));
	else
		buf_printf(to, "%s%.*s", to->len > 0 ? "." : "", STR_ARG(step->name));
}

static void add(struct walk *w, const struct value *before, const struct value *after, enum difference_effect effect,
		enum difference_cause cause)
{
	struct differences *all = w->differences;
	struct buf path = { 0 };

	print_steps(w->at, &path);
	all->items = arena_grow(all->arena, all->items, all->count, &all->room, sizeof(*all->items));
	all->items[all->count++] = (struct difference){
		.path = buf_keep(&path, all->arena),
		.effect = effect,
		.cause = cause,
		.before = before,
		.after = after,
		.container = arena_dup(all->arena, w->container),
	};
}

/* Is there something that the API server refuses, below? */
static bool has_wrong(const struct value *value)
{
	if (value->is_wrong)
		return true;
	for (const struct value *child = value->child; child; child = child->next)
		if (has_wrong(child))
			return true;
	return false;
}

static void compare(struct walk *w, const struct value *before, const struct value *after);
static void compare_mappings(struct walk *w, const struct value *before, const struct value *after);

/* A map such as labels, of which no entry at all is the same as no map. */
static bool is_map(const struct value *value)
{
	return value->type == VALUE_MAPPING && value->child && value->child->is_entry;
}

/* Something that is on one side alone. */
static void compare_alone(struct walk *w, const struct value *before, const struct value *after)
{
	static const struct value none = { .type = VALUE_MAPPING };
	const struct value *there = before ? before : after;

	if (is_map(there) && !there->is_wrong)
		compare_mappings(w, before ? before : &none, after ? after : &none);
	else if (after && w->rules->knows_fields && has_wrong(after))
		add(w, before, after, DIFFERENCE_REFUSED, CAUSE_TYPE);
	else if (there->is_unknown && w->rules->knows_fields) {
		/* It was dropped when it came, so nothing goes when it goes. */
		if (after)
			add(w, before, after, DIFFERENCE_MAY_ROLL, CAUSE_UNKNOWN);
	} else if (there->type == VALUE_NULL)
		add(w, before, after, DIFFERENCE_MAY_ROLL, CAUSE_NULL);
	else
		add(w, before, after, DIFFERENCE_ROLLS, CAUSE_CHANGED);
}

static void compare_mappings(struct walk *w, const struct value *before, const struct value *after)
{
	const struct value *left = before->child, *right = after->child;

	while (left || right) {
		int order = !left ? 1 : !right ? -1 : str_compare(left->key, right->key);
		const struct value *there = order <= 0 ? left : right;
		const struct path_step step = { .outer = w->at, .name = there->key, .in_brackets = there->is_entry };

		w->at = &step;
		if (order == 0)
			compare(w, left, right);
		else
			compare_alone(w, order < 0 ? left : NULL, order < 0 ? NULL : right);
		w->at = step.outer;
		left = order <= 0 ? left->next : left;
		right = order >= 0 ? right->next : right;
	}
}

static struct str item_name(const struct value *item, const char *by)
{
	return value_text(item, by);
}

/* Do all items have the field, each another one? Then `*index` finds them by it. */
static bool index_items(const struct value *list, const char *by, struct arena *arena, struct map *index)
{
	map_init(index, arena);
	for (struct value *item = list->child; item; item = item->next) {
		struct str name = item_name(item, by);

		if (name.len == 0 || map_get(index, name))
			return false;
		map_set(index, name, item);
	}
	return true;
}

static const char *common_name(struct walk *w, const struct value *before, const struct value *after, struct map *left,
			       struct map *right)
{
	for (size_t i = 0; i < sizeof(item_names) / sizeof(*item_names); i++)
		if (index_items(before, item_names[i], &w->scratch, left) &&
		    index_items(after, item_names[i], &w->scratch, right))
			return item_names[i];
	return NULL;
}

/* Is a list that of containers, so that what is below belongs to one? */
static bool is_container_list(const struct value *list)
{
	return str_is(list->key, "containers") || str_is(list->key, "initContainers");
}

static void compare_item(struct walk *w, const struct value *list, struct str name, const struct value *before,
			 const struct value *after)
{
	const struct path_step step = { .outer = w->at, .name = name, .in_brackets = true };
	struct str outside = w->container;

	w->at = &step;
	if (is_container_list(list))
		w->container = name;
	if (before && after)
		compare(w, before, after);
	else
		compare_alone(w, before, after);
	w->container = outside;
	w->at = step.outer;
}

static void compare_named(struct walk *w, const struct value *before, const struct value *after, const char *by,
			  const struct map *left, const struct map *right)
{
	const struct value *at = before->child;
	bool has_order = true;

	for (const struct value *item = before->child; item; item = item->next)
		if (!map_get(right, item_name(item, by)))
			compare_item(w, after, item_name(item, by), item, NULL);
	for (const struct value *item = after->child; item; item = item->next) {
		const struct value *old = map_get(left, item_name(item, by));

		compare_item(w, after, item_name(item, by), old, item);
		if (!old)
			continue;
		/* Those that are in both lists follow each other as they did. */
		while (at && !map_get(right, item_name(at, by)))
			at = at->next;
		has_order = has_order && at == old;
		at = at ? at->next : NULL;
	}
	if (!has_order)
		add(w, before, after, DIFFERENCE_ROLLS, CAUSE_ORDER);
}

static void compare_by_place(struct walk *w, const struct value *before, const struct value *after)
{
	const struct value *left = before->child, *right = after->child;

	for (size_t i = 0; left || right; i++) {
		compare_item(w, after, arena_printf(&w->scratch, "%zu", i), left, right);
		left = left ? left->next : NULL;
		right = right ? right->next : NULL;
	}
}

/* A variable that is there twice: client-side apply and Helm 3 take it, server-side apply and Helm 4 do not. */
static void find_duplicate(struct walk *w, const struct value *before, const struct value *after)
{
	struct map seen;

	if (!str_is(after->key, "env") || !w->rules->knows_fields)
		return;
	if (index_items(after, "name", &w->scratch, &seen) || difference_is_none(before, after))
		return;
	add(w, before, after, DIFFERENCE_MAY_ROLL, CAUSE_DUPLICATE);
}

/* Is there no difference between two values, whatever the rules are? */
static bool is_unchanged(const struct value *before, const struct value *after)
{
	const struct value *left = before->child, *right = after->child;

	if (before->type != after->type || after->is_wrong || before->is_filled != after->is_filled ||
	    !str_equal(before->key, after->key) || !str_equal(before->text, after->text))
		return false;
	for (; left && right; left = left->next, right = right->next)
		if (!is_unchanged(left, right))
			return false;
	return left == right;
}

static void compare_lists(struct walk *w, const struct value *before, const struct value *after)
{
	struct map left, right;
	const char *by;

	/* Most lists are what they were, which takes no names to see. */
	if (is_unchanged(before, after))
		return;
	by = common_name(w, before, after, &left, &right);
	if (by) {
		compare_named(w, before, after, by, &left, &right);
		return;
	}
	compare_by_place(w, before, after);
	find_duplicate(w, before, after);
}

static bool is_same_scalar(const struct walk *w, const struct value *before, const struct value *after)
{
	if (before->type == after->type && str_equal(before->text, after->text))
		return true;
	return w->rules->by_value && before->form == FIELD_QUANTITY && after->form == FIELD_QUANTITY &&
	       quantity_equal(before->text, after->text);
}

/* Is `null` an entry of a map of people's own keys, and `other` what Go reads that as, where it is kept? */
static bool is_zero_of(const struct value *null, const struct value *other)
{
	if (null->type != VALUE_NULL || !null->is_entry || other->type != VALUE_TEXT)
		return false;
	return other->form == FIELD_QUANTITY ? str_is(other->text, "0") : other->text.len == 0;
}

/* Two values that are both there. */
static void compare(struct walk *w, const struct value *before, const struct value *after)
{
	bool is_filled = before->is_filled != after->is_filled && !w->rules->fills_in;

	if (after->is_wrong && w->rules->knows_fields) {
		add(w, before, after, DIFFERENCE_REFUSED, CAUSE_TYPE);
	} else if (before->type == VALUE_MAPPING && after->type == VALUE_MAPPING) {
		if (is_filled)
			add(w, before, after, DIFFERENCE_MAY_ROLL, CAUSE_DEFAULT);
		compare_mappings(w, before, after);
	} else if (before->type == VALUE_LIST && after->type == VALUE_LIST) {
		compare_lists(w, before, after);
	} else if (is_same_scalar(w, before, after)) {
		if (is_filled)
			add(w, before, after, DIFFERENCE_MAY_ROLL, CAUSE_DEFAULT);
	} else if (is_zero_of(before, after) || is_zero_of(after, before)) {
		add(w, before, after, DIFFERENCE_MAY_ROLL, CAUSE_NULL);
	} else if (after->is_unknown && w->rules->knows_fields) {
		add(w, before, after, DIFFERENCE_MAY_ROLL, CAUSE_UNKNOWN);
	} else {
		add(w, before, after, DIFFERENCE_ROLLS, CAUSE_CHANGED);
	}
}

void difference_find(const struct value *before, const struct value *after, const struct difference_rules *rules,
		     struct differences *differences)
{
	struct walk w = { .rules = rules, .differences = differences };

	/* Two templates of one text share their value. */
	if (before && before == after && !has_wrong(after))
		return;
	if (before && after)
		compare(&w, before, after);
	else if (before || after)
		compare_alone(&w, before, after);
	arena_release(&w.scratch);
}

bool difference_is_none(const struct value *a, const struct value *b)
{
	const struct value *left, *right;

	if (!a || !b)
		return a == b;
	if (a->type != b->type || !str_equal(a->key, b->key) || !str_equal(a->text, b->text))
		return false;
	for (left = a->child, right = b->child; left && right; left = left->next, right = right->next)
		if (!difference_is_none(left, right))
			return false;
	return left == right;
}
