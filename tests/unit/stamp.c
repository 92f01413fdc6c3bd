/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/stamp.h"

#include "unit.h"
#include "yaml/verify.h"

static struct shape shape;
static struct podspec podspec;
static struct stamps stamps;
static struct placements first, second;
static struct stale_list stale;

/* A document with the template under `template`, and the stamps a and b for its containers. */
static void begin(const char *text)
{
	static const size_t both[] = { 0, 1 };
	struct str document = str_from(text);
	size_t budget = podspec_budget(document.len);

	shape_init(&shape, document, unit_parse(document), &unit_arena);
	assert_succeeds(
		podspec_read(node_get(shape.root, "template"), VOLUMES_ALL, &budget, &unit_arena, &podspec, &unit_err));
	first = second = (struct placements){ 0 };
	stale = (struct stale_list){ 0 };
	stamps = (struct stamps){ .arena = &unit_arena };
	stamps_add(&stamps, (struct stamp){
				    .annotation = S("configmap.rollstamp.io/b"),
				    .env = S("ROLLSTAMP_CONFIGMAP_B"),
				    .value = S("bb"),
				    .subject_kind = "ConfigMap",
				    .subject = S("b"),
				    .containers = both,
				    .container_count = COUNT(both),
			    });
	stamps_add(&stamps, (struct stamp){
				    .annotation = S("configmap.rollstamp.io/a"),
				    .env = S("ROLLSTAMP_CONFIGMAP_A"),
				    .value = S("aa"),
				    .subject_kind = "ConfigMap",
				    .subject = S("a"),
				    .in_every_container = true,
			    });
}

static bool write_stamps(unsigned inject)
{
	const struct podpath path = { .steps = { { .key = S("template") } }, .length = 1 };
	const struct stamp_target target = {
		.shape = &shape,
		.inject = inject,
		.path = &path,
		.pod_template = node_get(shape.root, "template"),
		.podspec = &podspec,
		.stamps = &stamps,
		.kept = &unit_arena,
		.stale = &stale,
	};

	return stamp_template(&target, &unit_err);
}

/* The document with the stamps in it. */
static struct str finish(void)
{
	struct edits edits;

	edits_init(&edits, &unit_arena);
	assert_succeeds(shape_finish(&shape, &edits, &unit_err));
	assert_succeeds(verify_document(&shape, &edits, VERIFY_WHOLE, &unit_arena, &unit_err));
	return edits_apply(&edits, shape.text, &unit_arena);
}

/* "ACTION NAME[ in CONTAINER]" of each placement. */
static struct str print(const struct placements *placements)
{
	static const char *const actions[] = { "inserted", "replaced", "unchanged" };
	struct buf out = { 0 };

	for (size_t i = 0; i < placements->count; i++) {
		const struct placement *at = &placements->items[i];

		buf_printf(&out, "%s%s %.*s", i > 0 ? "; " : "", actions[at->action], STR_ARG(at->name));
		if (at->type == PLACEMENT_VARIABLE)
			buf_printf(&out, " in %.*s", STR_ARG(at->container));
	}
	return buf_keep(&out, &unit_arena);
}

#define TEMPLATE(annotations, env)                                                                         \
	"{template: {metadata: {annotations: {" annotations "}}, spec: {containers: [{name: x, env: [" env \
	"]}, {name: y}]}}}"
#define A "configmap.rollstamp.io/a"
#define B "configmap.rollstamp.io/b"

static void every_owner_is_told_where_a_stamp_is_written(void **state)
{
	(void)state;
	begin(TEMPLATE("", ""));
	stamp_add_owner(&stamps.items[0], &first, &unit_arena);
	stamp_add_owner(&stamps.items[0], &second, &unit_arena);
	assert_succeeds(write_stamps(INJECT_ANNOTATIONS | INJECT_ENV));
	assert_str(print(&first), "inserted " B "; inserted ROLLSTAMP_CONFIGMAP_B in x; inserted "
				  "ROLLSTAMP_CONFIGMAP_B in y");
	assert_true(str_equal(print(&first), print(&second)));
	assert_int_equal(stale.count, 0);
	finish();
}

static void what_is_there_is_replaced_or_left(void **state)
{
	(void)state;
	begin(TEMPLATE(A ": \"aa\", " B ": old", "{name: ROLLSTAMP_CONFIGMAP_A, value: old}"));
	stamp_add_owner(&stamps.items[1], &first, &unit_arena);
	stamp_add_owner(&stamps.items[0], &second, &unit_arena);
	assert_succeeds(write_stamps(INJECT_ANNOTATIONS | INJECT_ENV));
	assert_str(print(&first), "unchanged " A "; replaced ROLLSTAMP_CONFIGMAP_A in x; inserted "
				  "ROLLSTAMP_CONFIGMAP_A in y");
	assert_str(print(&second), "replaced " B "; inserted ROLLSTAMP_CONFIGMAP_B in x; inserted "
				   "ROLLSTAMP_CONFIGMAP_B in y");
	finish();
}

/* The same stamps can be written into one template after the other: nothing of the first is kept in them. */
static void stamps_keep_nothing_of_a_template(void **state)
{
	struct str once, again;

	(void)state;
	begin(TEMPLATE(A ": old", "{name: ROLLSTAMP_CONFIGMAP_B, value: old}"));
	assert_succeeds(write_stamps(INJECT_ANNOTATIONS | INJECT_ENV));
	begin(TEMPLATE("", ""));
	assert_succeeds(write_stamps(INJECT_ANNOTATIONS | INJECT_ENV));
	once = finish();
	shape_init(&shape, S(TEMPLATE("", "")), unit_parse(S(TEMPLATE("", ""))), &unit_arena);
	podspec_find_containers(&podspec, node_get(shape.root, "template"));
	assert_succeeds(write_stamps(INJECT_ANNOTATIONS | INJECT_ENV));
	again = finish();
	assert_true(str_equal(once, again));
}

static void what_nothing_asks_for_is_stale(void **state)
{
	(void)state;
	begin(TEMPLATE(A ": \"aa\", configmap.rollstamp.io/gone: x", "{name: ROLLSTAMP_CONFIGMAP_A, value: aa}"));
	assert_succeeds(write_stamps(INJECT_ANNOTATIONS));
	assert_int_equal(stale.count, 2);
	assert_str(stale.items[0].name, "configmap.rollstamp.io/gone");
	assert_false(stale.items[0].is_env);
	/* Now only annotations are written. */
	assert_str(stale.items[1].name, "ROLLSTAMP_CONFIGMAP_A");
	assert_str(stale.items[1].container, "x");
	assert_str(finish(), TEMPLATE("\"" B "\": \"bb\", " A ": \"aa\", configmap.rollstamp.io/gone: x",
				      "{name: ROLLSTAMP_CONFIGMAP_A, value: aa}"));
}

static void two_stamps_with_one_name_are_refused(void **state)
{
	(void)state;
	begin(TEMPLATE("", ""));
	stamps.items[1].env = stamps.items[0].env;
	assert_succeeds(write_stamps(INJECT_ANNOTATIONS));
	begin(TEMPLATE("", ""));
	stamps.items[1].env = stamps.items[0].env;
	assert_fails(write_stamps(INJECT_ENV), "the stamps of ConfigMap ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_owner_is_told_where_a_stamp_is_written),
		TEST(what_is_there_is_replaced_or_left),
		TEST(stamps_keep_nothing_of_a_template),
		TEST(what_nothing_asks_for_is_stale),
		TEST(two_stamps_with_one_name_are_refused),
	};

	return unit_run(tests);
}
