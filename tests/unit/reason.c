/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/reason.h"

#include "sides.h"
#include "unit.h"

/* The reasons of the only workload, as people read them. */
static struct str tell(struct str before, struct str after)
{
	const struct contrast *both = sides_compare(before.ptr, after.ptr);
	const struct why_workload *item = &both->why.items[0];
	struct buf text = { 0 };

	assert_int_equal(both->why.count, 1);
	for (size_t i = 0; i < item->reason_count; i++) {
		if (i > 0)
			buf_add_cstring(&text, "; ");
		reason_print(&item->reasons[i], &text);
	}
	return buf_keep(&text, &unit_arena);
}

static struct str web(const char *annotations, const char *image, const char *more)
{
	return sides_deployment("Deployment", "", annotations, image, more);
}

static void a_reason_is_told_in_the_words_that_people_use(void **state)
{
	static const struct {
		const char *annotations[2], *image[2], *more[2];
		const char *told;
	} rows[] = {
		{ { "a: b", "a: b" }, { "x:1", "x:1" }, { "", "" }, "" },
		{ { "", "" }, { "x:1", "x:2" }, { "", "" }, "image of app: x:1 -> x:2" },
		{ { "", "" }, { "x:1", "x" }, { "", "" }, "image of app: x:1 -> x" },
		{ { "checksum/config: a", "checksum/config: b" }, { "x", "x" }, { "", "" }, "checksum/config" },
		{ { "", "checksum/secret: b" }, { "x", "x" }, { "", "" }, "checksum/secret" },
		{ { "note: a", "note: b" }, { "x", "x" }, { "", "" }, "spec.template.metadata.annotations[note]" },
		{ { "", "" }, { "x", "x" }, { "", "        tty: true\n" }, "spec.template.spec.containers[app].tty" },
		{ { "", "" },
		  { "x", "x" },
		  { "        args: [a]\n", "        args: [1]\n" },
		  "spec.template.spec.containers[app].args[0]: a value of the wrong type" },
		{ { "", "" },
		  { "x", "x" },
		  { "        env: [{name: A}, {name: B}]\n", "        env: [{name: B}, {name: A}]\n" },
		  "spec.template.spec.containers[app].env: another order" },
		{ { "", "empty: null" },
		  { "x", "x" },
		  { "", "" },
		  "spec.template.metadata.annotations[empty]: null (only server-side apply and Helm 4 keep it)" },
		{ { "", "" },
		  { "x", "x" },
		  { "", "        shiny: 1\n" },
		  "spec.template.spec.containers[app].shiny: an unknown field (dropped, or refused)" },
		{ { "", "configmap.rollstamp.io/shop: d1" }, { "x", "x" }, { "", "" }, "first stamp" },
		{ { "configmap.rollstamp.io/shop: d1", "" }, { "x", "x" }, { "", "" }, "stamp lost" },
		{ { "configmap.rollstamp.io/shop: d1", "configmap.rollstamp.io/shop: d2" },
		  { "x", "x" },
		  { "", "" },
		  "configmap/shop: changed" },
		{ { "secret.rollstamp.io/a: d1", "secret.rollstamp.io/b: d1" },
		  { "x", "x" },
		  { "", "" },
		  "secret/a: changed; secret/b: changed" },
		{ { "git.rollstamp.io/routes: 0123456789abcdef", "git.rollstamp.io/routes: fedcba9876543210" },
		  { "x", "x" },
		  { "", "" },
		  "git routes: 01234567..fedcba98" },
		{ { "configmaps.rollstamp.io/dash: d1", "configmaps.rollstamp.io/dash: d2" },
		  { "x", "x" },
		  { "", "" },
		  "configmaps dash: changed" },
		/* What weighs most comes first. */
		{ { "", "empty: null" },
		  { "x:1", "x:2" },
		  { "        args: [a]\n", "        args: [1]\n" },
		  "spec.template.spec.containers[app].args[0]: a value of the wrong type; image of app: x:1 -> x:2; "
		  "spec.template.metadata.annotations[empty]: null (only server-side apply and Helm 4 keep it)" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_row(tell(web(rows[i].annotations[0], rows[i].image[0], rows[i].more[0]),
				web(rows[i].annotations[1], rows[i].image[1], rows[i].more[1])),
			   rows[i].told, rows[i].told);
}

static void what_the_workload_itself_says_can_be_a_reason(void **state)
{
	static const struct {
		const char *kind, *before, *after, *told;
	} rows[] = {
		{ "Deployment", "  replicas: 1\n", "  replicas: 2\n", "" },
		{ "Deployment", "  paused: true\n", "", "no longer held back: paused" },
		{ "StatefulSet", "  updateStrategy: {type: OnDelete}\n", "", "no longer held back: OnDelete" },
		{ "StatefulSet", "  serviceName: a\n", "  serviceName: b\n", "spec.serviceName: can't be changed" },
		{ "StatefulSet", "", "  podManagementPolicy: OrderedReady\n", "" },
		{ "StatefulSet", "  volumeClaimTemplates: [{metadata: {name: d, labels: {a: b}}}]\n",
		  "  volumeClaimTemplates: [{metadata: {name: d, labels: {a: c}}}]\n",
		  "spec.volumeClaimTemplates[d].metadata.labels[a]: can't be changed" },
		{ "StatefulSet",
		  "  volumeClaimTemplates: [{metadata: {name: d}, spec: {resources: {requests: {storage: 1Gi}}}}]\n",
		  "  volumeClaimTemplates: [{kind: PersistentVolumeClaim, metadata: {name: d}, "
		  "spec: {volumeMode: Filesystem, resources: {requests: {storage: 1024Mi}}}}]\n",
		  "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_row(tell(sides_deployment(rows[i].kind, rows[i].before, "", "x", ""),
				sides_deployment(rows[i].kind, rows[i].after, "", "x", "")),
			   rows[i].told, rows[i].after);
}

static void keys_that_changed_are_named_and_the_option_that_leaves_them_out(void **state)
{
	static const char objects[] = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {k: %s}\n";
	struct str deployment = web("", "x", "        envFrom: [{secretRef: {name: s}}]\n"), told;
	struct str before = arena_printf(&unit_arena, objects, "one"),
		   after = arena_printf(&unit_arena, objects, "two");
	const struct contrast *both;
	const struct why_workload *item;

	(void)state;
	told = tell(unit_join((struct str[]){ before, deployment }, 2),
		    unit_join((struct str[]){ after, deployment }, 2));
	assert_str(told, "secret/s: key k changed");
	both = sides_compare(unit_join((struct str[]){ before, deployment }, 2).ptr,
			     unit_join((struct str[]){ after, deployment }, 2).ptr);
	item = &both->why.items[0];
	assert_str(reason_exclude(&item->reasons[0], item->after, &unit_arena), "--exclude=Deployment/web=secret/s");
	/* Of a stamp without its object it is not known what an option would leave out. */
	both = sides_compare(web("secret.rollstamp.io/s: a", "x:1", "").ptr,
			     web("secret.rollstamp.io/s: b", "x:2", "").ptr);
	item = &both->why.items[0];
	assert_int_equal(item->reason_count, 2);
	assert_str(reason_exclude(&item->reasons[0], item->after, &unit_arena), "");
	assert_str(reason_exclude(&item->reasons[1], item->after, &unit_arena), "");
}

static void many_keys_are_cut_in_a_line(void **state)
{
	struct reason reason = { .type = REASON_CONFIGMAP, .name = S("big"), .keys = { .is_known = true } };
	struct str names[KEYS_NAMED];
	struct buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < KEYS_NAMED; i++)
		names[i] = S("k");
	reason.keys.added = (struct keys_list){ .items = names, .count = KEYS_NAMED + 7 };
	reason.keys.gone = (struct keys_list){ .items = names, .count = 1 };
	reason_print(&reason, &text);
	assert_true(str_starts_with(buf_str(&text), "configmap/big: key k, k, "));
	assert_true(str_ends_with(buf_str(&text), ", k and 7 more added, k gone"));
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_SIDES(a_reason_is_told_in_the_words_that_people_use),
		TEST_SIDES(what_the_workload_itself_says_can_be_a_reason),
		TEST_SIDES(keys_that_changed_are_named_and_the_option_that_leaves_them_out),
		TEST_SIDES(many_keys_are_cut_in_a_line),
	};

	return unit_run(tests);
}
