/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/hold.h"

#include "unit.h"

static struct hold read_hold(const char *kind, const char *text)
{
	static struct kinds kinds; /* its memory is the test's */
	struct node *object = unit_parse(str_from(text));

	kinds_init(&kinds, &unit_arena);
	return hold_read(kinds_find(&kinds, S("apps/v1"), str_from(kind)), object);
}

static void each_kind_is_held_back_in_its_own_way(void **state)
{
	static const struct {
		const char *kind, *text, *name;
	} rows[] = {
		{ "Deployment", "spec: {paused: true}", "paused" },
		{ "Deployment", "spec: {paused: yes}", "paused" },
		{ "Deployment", "spec: {paused: false}", "" },
		{ "Deployment", "spec: {paused: 'true'}", "" },
		{ "Deployment", "spec: {updateStrategy: {type: OnDelete}}", "" },
		{ "Deployment", "spec: {}", "" },
		{ "StatefulSet", "spec: {updateStrategy: {type: OnDelete}}", "OnDelete" },
		{ "StatefulSet", "spec: {updateStrategy: {rollingUpdate: {partition: 3}}}", "partition 3" },
		{ "StatefulSet", "spec: {updateStrategy: {rollingUpdate: {partition: 0}}}", "" },
		{ "StatefulSet", "spec: {updateStrategy: {rollingUpdate: {partition: many}}}", "" },
		{ "StatefulSet", "spec: {updateStrategy: {rollingUpdate: {partition: 12345678901234567890}}}", "" },
		{ "StatefulSet", "spec: {updateStrategy: {type: OnDelete, rollingUpdate: {partition: 3}}}",
		  "OnDelete" },
		{ "StatefulSet", "spec: {paused: true}", "" },
		{ "DaemonSet", "spec: {updateStrategy: {type: OnDelete}}", "OnDelete" },
		{ "DaemonSet", "spec: {updateStrategy: {type: RollingUpdate}}", "" },
		{ "DaemonSet", "spec: {paused: true}", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hold hold = read_hold(rows[i].kind, rows[i].text);

		assert_row(hold_name(&hold, &unit_arena), rows[i].name, rows[i].text);
	}
}

static void what_is_let_go_restarts_pods(void **state)
{
	static const struct hold none = { 0 }, paused = { .is_paused = true }, on_delete = { .is_on_delete = true };
	static const struct hold two = { .partition = 2 }, one = { .partition = 1 };
	static const struct {
		const struct hold *before, *after;
		const char *released;
	} rows[] = {
		{ &paused, &none, "paused" }, { &on_delete, &none, "OnDelete" }, { &two, &none, "partition" },
		{ &two, &one, "partition" },  { &on_delete, &two, "OnDelete" },  { &none, &none, NULL },
		{ &none, &paused, NULL },     { &none, &on_delete, NULL },       { &one, &two, NULL },
		{ &two, &two, NULL },         { &paused, &paused, NULL },        { &two, &on_delete, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *released = hold_released(rows[i].before, rows[i].after);
		struct str row = arena_printf(&unit_arena, "row %zu", i);

		assert_for(!released == !rows[i].released, row.ptr);
		if (released && rows[i].released)
			assert_row(str_from(released), rows[i].released, row.ptr);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_kind_is_held_back_in_its_own_way),
		TEST(what_is_let_go_restarts_pods),
	};

	return unit_run(tests);
}
