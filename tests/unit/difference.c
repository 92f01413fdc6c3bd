/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/difference.h"

#include "unit.h"

static const char base[] = "metadata: {labels: {app: web}, annotations: {note: x}}\n"
			   "spec:\n"
			   "  containers:\n"
			   "  - name: app\n"
			   "    image: web:1\n"
			   "    args: [a, b]\n"
			   "    env: [{name: A, value: '1'}, {name: B, value: '2'}]\n"
			   "    ports: [{containerPort: 80}]\n"
			   "    readinessProbe: {httpGet: {port: 80}}\n"
			   "    resources: {limits: {cpu: 1, memory: 1Gi}}\n"
			   "    volumeMounts: [{name: data, mountPath: /data}]\n"
			   "  volumes: [{name: data, emptyDir: {}}, {name: conf, configMap: {name: c}}]\n";

static const struct difference_rules deployment = { .by_value = true, .fills_in = true, .knows_fields = true };
static const struct difference_rules stateful = { .by_value = false, .fills_in = true, .knows_fields = true };
static const struct difference_rules rollout = { .by_value = false, .fills_in = false, .knows_fields = false };

static struct fields table; /* its memory is the test's */

static struct value_maker make_maker(struct str text)
{
	fields_init(&table, &unit_arena);
	return (struct value_maker){
		.fields = &table,
		.text = text,
		.arena = &unit_arena,
		.scratch = &unit_arena,
		.budget = value_budget(text.len),
	};
}

static struct value *make(struct str text)
{
	struct value_maker maker = make_maker(text);
	struct value *value;

	assert_succeeds(value_make(&maker, unit_parse(text), table.pod, &value, &unit_err));
	return value;
}

static bool is_right(struct str text)
{
	const struct value_maker maker = make_maker(text);

	return value_is_right(&maker, unit_parse(text), table.pod);
}

static struct str replace(struct str text, const char *from, const char *to)
{
	struct buf result = { 0 };
	const char *at = strstr(text.ptr, from);

	if (!at)
		fail_msg("%s is not in the template", from);
	buf_add(&result, (struct str){ text.ptr, (size_t)(at - text.ptr) });
	buf_add_cstring(&result, to);
	buf_add_cstring(&result, at + strlen(from));
	return buf_keep(&result, &unit_arena);
}

/* "may roll: spec.containers[app].image", one a line. */
static struct str find(struct str before, struct str after, const struct difference_rules *rules)
{
	static const char *const effects[] = { "none", "may roll", "rolls", "refused" };
	static const char *const whys[] = {
		"", " (order)", " (null)", " (unknown)", " (type)", " (twice)", " (default)"
	};
	struct differences found = { .arena = &unit_arena };
	struct buf text = { 0 };

	difference_find(make(before), make(after), rules, &found);
	for (size_t i = 0; i < found.count; i++) {
		/* What is found to be refused is not right at a first look, either. */
		assert_for(found.items[i].effect != DIFFERENCE_REFUSED || !is_right(after), after.ptr);
		buf_printf(&text, "%s%s: %.*s%s", i > 0 ? "; " : "", effects[found.items[i].effect],
			   STR_ARG(found.items[i].path), whys[found.items[i].cause]);
	}
	return buf_keep(&text, &unit_arena);
}

struct row {
	const char *from, *to, *found;
};

static void try_rows(const struct row *rows, size_t count, const struct difference_rules *rules)
{
	struct str before = str_from(base);

	for (size_t i = 0; i < count; i++) {
		struct str after = replace(before, rows[i].from, rows[i].to);

		assert_row(find(before, after, rules), rows[i].found, rows[i].to);
	}
}

static void what_is_written_in_another_way_is_the_same(void **state)
{
	static const struct row rows[] = {
		{ "image: web:1\n    args: [a, b]", "args: [a, b]\n    image: web:1", "" },
		{ "image: web:1", "image: web:1\n    command: null\n    envFrom: []", "" },
		{ "image: web:1", "image: web:1\n    stdin: false\n    workingDir: ''", "" },
		{ "image: web:1", "image: web:1\n    imagePullPolicy: IfNotPresent", "" },
		{ "image: web:1", "image: web:1\n    terminationMessagePath: /dev/termination-log", "" },
		{ "{containerPort: 80}", "{containerPort: 80, protocol: TCP}", "" },
		{ "{containerPort: 80}", "{containerPort: 80.0, hostPort: 0}", "" },
		{ "{containerPort: 80}", "{containerPort: 0120}", "" },
		{ "{httpGet: {port: 80}}", "{httpGet: {port: 80, path: /, scheme: HTTP}, periodSeconds: 10}", "" },
		{ "{httpGet: {port: 80}}", "{httpGet: {port: 80}, timeoutSeconds: 0}", "" },
		{ "cpu: 1", "cpu: 1000m", "" },
		{ "cpu: 1", "cpu: '1'", "" },
		{ "memory: 1Gi", "memory: 1024Mi", "" },
		{ "memory: 1Gi", "memory: 1073741824", "" },
		{ "mountPath: /data", "mountPath: /data, readOnly: false, subPath: ''", "" },
		{ "{name: data, emptyDir: {}}", "{name: data}", "" },
		{ "{name: data, emptyDir: {}}", "{name: data, emptyDir: null}", "" },
		{ "configMap: {name: c}", "configMap: {name: c, defaultMode: 0644}", "" },
		{ "configMap: {name: c}", "configMap: {name: c, defaultMode: 420, items: []}", "" },
		{ "note: x", "note: 'x'", "" },
		{ "metadata: {", "metadata: {creationTimestamp: null, ", "" },
		{ "spec:\n", "spec:\n  restartPolicy: Always\n  dnsPolicy: ''\n  securityContext: {}\n", "" },
		{ "spec:\n", "spec:\n  terminationGracePeriodSeconds: 30\n  nodeSelector: {}\n", "" },
		{ "spec:\n", "spec:\n  hostNetwork: false\n  serviceAccountName: ''\n  tolerations: []\n", "" },
		{ "resources: {limits", "resources: {requests: {}, limits", "" },
	};
	static const struct row nulls[][2] = {
		{ { "args: [a, b]", "args: ['']", NULL }, { "args: [a, b]", "args: [null]", NULL } },
		{ { "args: [a, b]", "args: [a, '']", NULL }, { "args: [a, b]", "args: [a, ~]", NULL } },
		{ { "spec:\n", "spec:\n  securityContext: {supplementalGroups: [0]}\n", NULL },
		  { "spec:\n", "spec:\n  securityContext: {supplementalGroups: [null]}\n", NULL } },
		{ { "spec:\n", "spec:\n  imagePullSecrets: [{}]\n", NULL },
		  { "spec:\n", "spec:\n  imagePullSecrets: [null]\n", NULL } },
		{ { "spec:\n", "spec:\n  initContainers: [{}]\n", NULL },
		  { "spec:\n", "spec:\n  initContainers: [null]\n", NULL } },
	};

	(void)state;
	try_rows(rows, COUNT(rows), &deployment);
	/* Go reads null in a list as the zero value of its items. */
	for (size_t i = 0; i < COUNT(nulls); i++) {
		struct str zero = replace(str_from(base), nulls[i][0].from, nulls[i][0].to);
		struct str null = replace(str_from(base), nulls[i][1].from, nulls[i][1].to);

		assert_row(find(zero, null, &deployment), "", nulls[i][1].to);
		assert_row(find(null, zero, &stateful), "", nulls[i][1].to);
		assert_for(find(zero, null, &rollout).len > 0, nulls[i][1].to);
	}
}

static void what_differs_as_a_value_rolls(void **state)
{
	static const struct row rows[] = {
		{ "image: web:1", "image: web:2", "rolls: spec.containers[app].image" },
		{ "image: web:1", "image: docker.io/web:1", "rolls: spec.containers[app].image" },
		{ "app: web", "app: api", "rolls: metadata.labels[app]" },
		{ ", annotations: {note: x}", "", "rolls: metadata.annotations[note]" },
		{ "args: [a, b]", "args: [b, a]",
		  "rolls: spec.containers[app].args[0]; rolls: spec.containers[app].args[1]" },
		{ "args: [a, b]", "args: [a]", "rolls: spec.containers[app].args[1]" },
		{ "args: [a, b]", "args: [a, null]", "rolls: spec.containers[app].args[1]" },
		{ "args: [a, b]", "args: [a, b, null]", "rolls: spec.containers[app].args[2]" },
		{ "note: x", "note: null", "rolls: metadata.annotations[note]" },
		{ "{name: A, value: '1'}, {name: B, value: '2'}", "{name: B, value: '2'}, {name: A, value: '1'}",
		  "rolls: spec.containers[app].env (order)" },
		{ "env: [", "env: [{name: C}, ", "rolls: spec.containers[app].env[C]" },
		{ "{name: B, value: '2'}", "{name: B}", "rolls: spec.containers[app].env[B].value" },
		{ "configMap: {name: c}", "configMap: {name: c, optional: false}",
		  "rolls: spec.volumes[conf].configMap.optional" },
		{ "spec:\n", "spec:\n  automountServiceAccountToken: true\n",
		  "rolls: spec.automountServiceAccountToken" },
		{ "spec:\n", "spec:\n  enableServiceLinks: true\n", "rolls: spec.enableServiceLinks" },
		{ "spec:\n", "spec:\n  serviceAccountName: default\n", "rolls: spec.serviceAccountName" },
		{ "image: web:1", "image: web:1\n    securityContext: {}",
		  "rolls: spec.containers[app].securityContext" },
		{ "spec:\n", "spec:\n  affinity: {}\n", "rolls: spec.affinity" },
		{ "image: web:1", "image: web:1\n    lifecycle: {}", "rolls: spec.containers[app].lifecycle" },
		{ "limits: {cpu: 1", "requests: {cpu: 1, memory: 1Gi}, limits: {cpu: 1",
		  "rolls: spec.containers[app].resources.requests[cpu]; rolls: spec.containers[app].resources.requests[memory]" },
		{ "metadata: {", "metadata: {name: web, ", "rolls: metadata.name" },
		{ "note: x", "note: \"x\\n\"", "rolls: metadata.annotations[note]" },
		{ "image: web:1", "image: web",
		  "rolls: spec.containers[app].image; rolls: spec.containers[app].imagePullPolicy" },
	};

	(void)state;
	try_rows(rows, COUNT(rows), &deployment);
}

static void what_depends_on_the_way_it_is_applied_may_roll(void **state)
{
	static const struct row rows[] = {
		{ "note: x", "note: x, empty: null", "may roll: metadata.annotations[empty] (null)" },
		{ "spec:\n", "spec:\n  shinyNewField: true\n", "may roll: spec.shinyNewField (unknown)" },
		{ "image: web:1", "image: web:1\n    imagePullPolize: Always",
		  "may roll: spec.containers[app].imagePullPolize (unknown)" },
		{ "{name: B, value: '2'}", "{name: A, value: '2'}",
		  "rolls: spec.containers[app].env[1].name; may roll: spec.containers[app].env (twice)" },
	};

	struct str base_text = str_from(base), empty = replace(base_text, "note: x", "note: ''");
	struct str null = replace(base_text, "note: x", "note: null");
	struct str no_cpu = replace(base_text, "cpu: 1", "cpu: 0"),
		   null_cpu = replace(base_text, "cpu: 1", "cpu: null");

	(void)state;
	try_rows(rows, COUNT(rows), &deployment);
	/* Null is the empty text there, where it is kept. */
	assert_str(find(empty, null, &deployment), "may roll: metadata.annotations[note] (null)");
	assert_str(find(null, empty, &deployment), "may roll: metadata.annotations[note] (null)");
	assert_str(find(null, null, &deployment), "");
	assert_str(find(null_cpu, no_cpu, &deployment), "may roll: spec.containers[app].resources.limits[cpu] (null)");
}

static void most_templates_are_right_at_a_first_look(void **state)
{
	static const char *const rows[][2] = {
		{ "note: x", "note: ~" },
		{ "note: x", "note: '1'" },
		{ "cpu: 1", "cpu: 100m" },
		{ "port: 80}}", "port: http}}" },
		{ "containerPort: 80", "containerPort: null" },
		{ "args: [a, b]", "args: []" },
		{ "image: web:1", "unknown: {of: [any, 1, yes]}" },
		{ "emptyDir: {}", "emptyDir: {sizeLimit: 1.5Gi}" },
		{ "- name: app\n", "- name: app\n    tty: true\n" },
	};

	(void)state;
	assert_true(is_right(str_from(base)));
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(is_right(replace(str_from(base), rows[i][0], rows[i][1])), rows[i][1]);
	assert_false(is_right(replace(str_from(base), "image: web:1", "unknown: &a 1\n    image: *a")));
}

static void what_the_server_does_not_take_is_refused(void **state)
{
	static const struct row rows[] = {
		{ "value: '1'", "value: 1", "refused: spec.containers[app].env[A].value (type)" },
		{ "value: '1'", "value: yes", "refused: spec.containers[app].env[A].value (type)" },
		{ "args: [a, b]", "args: [a, 8080]", "refused: spec.containers[app].args[1] (type)" },
		{ "port: 80}}", "port: '80'}}", "refused: spec.containers[app].readinessProbe.httpGet.port (type)" },
		{ "note: x", "note: true", "refused: metadata.annotations[note] (type)" },
		{ "note: x", "note: x, more: 1", "refused: metadata.annotations[more] (type)" },
		{ "containerPort: 80", "containerPort: '80'",
		  "refused: spec.containers[app].ports[80].containerPort (type)" },
		{ "cpu: 1", "cpu: lots", "refused: spec.containers[app].resources.limits[cpu] (type)" },
		{ "spec:\n", "spec:\n  serviceAccount: 1\n", "refused: spec.serviceAccount (type)" },
		{ "args: [a, b]", "args: a", "refused: spec.containers[app].args (type)" },
		{ "image: web:1", "image: [web]", "refused: spec.containers[app].image (type)" },
	};

	(void)state;
	try_rows(rows, COUNT(rows), &deployment);
}

static void amounts_are_texts_for_what_has_revisions(void **state)
{
	static const struct row rows[] = {
		{ "memory: 1Gi", "memory: 1073741824", "rolls: spec.containers[app].resources.limits[memory]" },
		{ "memory: 1Gi", "memory: 1024Mi", "" },
	};

	(void)state;
	try_rows(rows, COUNT(rows), &stateful);
}

static void defaults_count_where_no_api_server_fills_them_in(void **state)
{
	static const struct row rows[] = {
		{ "spec:\n", "spec:\n  restartPolicy: Always\n", "may roll: spec.restartPolicy (default)" },
		{ "spec:\n", "spec:\n  hostNetwork: false\n", "" },
		{ "value: '1'", "value: 1", "rolls: spec.containers[app].env[A].value" },
		{ "spec:\n", "spec:\n  shinyNewField: true\n", "rolls: spec.shinyNewField" },
	};

	(void)state;
	try_rows(rows, COUNT(rows), &rollout);
}

static void of_a_key_that_stands_twice_the_last_one_counts(void **state)
{
	struct str once = S("spec: {restartPolicy: Never}"),
		   twice = S("spec: {restartPolicy: OnFailure, restartPolicy: Never}");
	struct str gone = S("spec: {restartPolicy: Never, restartPolicy: null}");

	(void)state;
	assert_str(find(once, twice, &deployment), "");
	assert_str(find(S("spec: {}"), gone, &deployment), "");
}

static void a_container_without_a_name_is_named_by_its_place(void **state)
{
	struct differences found = { .arena = &unit_arena };
	struct str before = S("spec: {containers: [{image: a}]}"), after = S("spec: {containers: [{image: b}]}");

	(void)state;
	difference_find(make(before), make(after), &rollout, &found);
	assert_int_equal(found.count, 1);
	assert_str(found.items[0].path, "spec.containers[0].image");
	assert_str(found.items[0].container, "0");
}

static void a_value_that_two_templates_share_is_the_same_unless_it_is_refused(void **state)
{
	struct differences found = { .arena = &unit_arena };
	struct value *good = make(str_from(base)), *bad = make(replace(str_from(base), "value: '1'", "value: 1"));

	(void)state;
	difference_find(good, good, &deployment, &found);
	assert_int_equal(found.count, 0);
	difference_find(bad, bad, &deployment, &found);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.items[0].effect, DIFFERENCE_REFUSED);
	assert_str(found.items[0].path, "spec.containers[app].env[A].value");
}

static void aliases_that_make_too_much_are_refused(void **state)
{
	struct buf text = { 0 };
	struct fields fields;
	struct value_maker maker = { .fields = &fields, .arena = &unit_arena, .scratch = &unit_arena };
	struct value *value;

	(void)state;
	buf_add_cstring(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 9; i++)
		buf_printf(&text, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i,
			   i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	maker.text = buf_keep(&text, &unit_arena);
	maker.budget = value_budget(maker.text.len);
	fields_init(&fields, &unit_arena);
	assert_fails(value_make(&maker, unit_parse(maker.text), fields.pod, &value, &unit_err),
		     "its aliases make too much of the text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_in_another_way_is_the_same),
		TEST(what_differs_as_a_value_rolls),
		TEST(what_depends_on_the_way_it_is_applied_may_roll),
		TEST(most_templates_are_right_at_a_first_look),
		TEST(what_the_server_does_not_take_is_refused),
		TEST(amounts_are_texts_for_what_has_revisions),
		TEST(defaults_count_where_no_api_server_fills_them_in),
		TEST(of_a_key_that_stands_twice_the_last_one_counts),
		TEST(a_container_without_a_name_is_named_by_its_place),
		TEST(a_value_that_two_templates_share_is_the_same_unless_it_is_refused),
		TEST(aliases_that_make_too_much_are_refused),
	};

	return unit_run(tests);
}
