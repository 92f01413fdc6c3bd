/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/keys.h"

#include "unit.h"

/* An object with the data of "a=1 b=2", whose keys are sorted. */
static struct object *make_object(const char *text)
{
	struct object *object = ARENA_NEW(&unit_arena, struct object);
	struct str rest = str_from(text);

	object->items = arena_array(&unit_arena, rest.len + 1, sizeof(*object->items));
	while (rest.len > 0) {
		struct str value = str_cut(&rest, ' ');

		object->items[object->count].key = str_cut(&value, '=');
		object->items[object->count++].value = value;
	}
	return object;
}

/* All keys of an object, or with `key` that one. */
static struct finding find(struct object *object, const char *key)
{
	struct str only = str_from(key ? key : "");

	return (struct finding){
		.outcome = OUTCOME_RESOLVED,
		.all_keys = !key,
		.object = object,
		.selection = selection_make(object, !key, &only, key ? 1 : 0, &unit_arena),
	};
}

static void add(struct buf *to, const char *what, const struct keys_list *list)
{
	for (size_t i = 0; i < list->count && i < KEYS_NAMED; i++)
		buf_printf(to, "%s%s%.*s", to->len > 0 ? " " : "", what, STR_ARG(list->items[i]));
}

/* "~changed +added -gone", or "?". */
static struct str print(struct keys_changes changes)
{
	struct buf text = { 0 };

	if (!changes.is_known)
		return S("?");
	add(&text, "~", &changes.changed);
	add(&text, "+", &changes.added);
	add(&text, "-", &changes.gone);
	return buf_keep(&text, &unit_arena);
}

static void keys_that_changed_were_added_or_are_gone_are_told_apart(void **state)
{
	static const struct {
		const char *before, *after, *changes;
	} rows[] = {
		{ "a=1 b=2", "a=1 b=2", "" },
		{ "a=1 b=2", "a=1 b=3", "~b" },
		{ "a=1", "a=1 b=2", "+b" },
		{ "a=1 b=2", "b=2", "-a" },
		{ "a=1 c=1 d=1", "b=1 c=2 e=1", "~c +b +e -a -d" },
		{ "", "a=1", "+a" },
		{ "a=1", "", "-a" },
		{ "", "", "" },
	};
	struct keys keys;

	(void)state;
	keys_init(&keys, &unit_arena);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct object *before = make_object(rows[i].before), *after = make_object(rows[i].after);
		struct finding old = find(before, NULL), now = find(after, NULL);

		assert_row(print(keys_compare_objects(&keys, before, after)), rows[i].changes, rows[i].after);
		assert_row(print(keys_compare(&keys, &old, &now)), rows[i].changes, rows[i].after);
		/* The second time it is remembered. */
		assert_row(print(keys_compare(&keys, &old, &now)), rows[i].changes, rows[i].after);
	}
}

static void only_keys_that_are_consumed_are_named(void **state)
{
	struct object *before = make_object("a=1 b=1 c=1"), *after = make_object("a=2 b=2 d=1");
	struct finding a = find(before, "a"), b = find(after, "b"), all = find(after, NULL), other = find(after, "a");
	struct finding absent = find(before, "d"), present = find(after, "d");
	struct keys keys;

	(void)state;
	keys_init(&keys, &unit_arena);
	assert_str(print(keys_compare(&keys, &a, &other)), "~a");
	assert_str(print(keys_compare(&keys, &a, &b)), "+b -a");
	assert_str(print(keys_compare(&keys, &a, &all)), "~a +b +d");
	assert_str(print(keys_compare(&keys, NULL, &b)), "+b");
	assert_str(print(keys_compare(&keys, &a, NULL)), "-a");
	assert_str(print(keys_compare(&keys, &absent, &present)), "+d");
}

static void without_an_object_nothing_is_known_of_its_keys(void **state)
{
	struct object *object = make_object("a=1");
	struct finding found = find(object, NULL), missing = { .outcome = OUTCOME_MISSING };
	struct keys keys;

	(void)state;
	keys_init(&keys, &unit_arena);
	assert_str(print(keys_compare(&keys, &found, &missing)), "?");
	assert_str(print(keys_compare(&keys, &missing, &found)), "?");
	assert_str(print(keys_compare(&keys, NULL, &missing)), "?");
}

static void more_keys_than_anybody_reads_are_counted(void **state)
{
	struct buf text = { 0 };
	struct keys_changes changes;
	struct keys keys;

	(void)state;
	for (int i = 0; i < KEYS_NAMED + 5; i++)
		buf_printf(&text, "%sk%04d=x", i > 0 ? " " : "", i);
	keys_init(&keys, &unit_arena);
	changes = keys_compare_objects(&keys, make_object(""), make_object(buf_keep(&text, &unit_arena).ptr));
	assert_int_equal(changes.added.count, KEYS_NAMED + 5);
	assert_str(changes.added.items[KEYS_NAMED - 1], "k0099");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keys_that_changed_were_added_or_are_gone_are_told_apart),
		TEST(only_keys_that_are_consumed_are_named),
		TEST(without_an_object_nothing_is_known_of_its_keys),
		TEST(more_keys_than_anybody_reads_are_counted),
	};

	return unit_run(tests);
}
