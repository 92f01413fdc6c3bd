/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/watcher.h"

#include "unit.h"

#define SIDECAR(env) "{name: s, image: 'quay.io/kiwigrid/k8s-sidecar:1.30@sha256:0', env: [" env "]}"
#define VAR(name, value) "{name: " name ", value: '" value "'}, "
#define LABEL VAR("LABEL", "l")

/* The first watcher of a template, or none. */
static size_t find(struct world *world, const char *pod_spec, struct watcher *watcher)
{
	struct node *root = unit_parse(arena_printf(&unit_arena, "spec: {%s}\n", pod_spec));
	size_t budget = 100000, count;
	struct podspec podspec;
	struct watcher *watchers;

	assert_succeeds(podspec_read(root, VOLUMES_ALL, &budget, &unit_arena, &podspec, &unit_err));
	count = watcher_find(&world->manifest, S("own"), &podspec, &budget, &unit_arena, &watchers);
	if (count > 0)
		*watcher = watchers[0];
	return count;
}

static void a_sidecar_watches_unless_it_lists_once(void **state)
{
	static const struct {
		const char *spec;
		size_t count;
	} rows[] = {
		{ "containers: [" SIDECAR(LABEL) "]", 1 },
		{ "containers: [" SIDECAR(VAR("METHOD", "WATCH")) "]", 1 },
		{ "containers: [" SIDECAR(VAR("METHOD", "SLEEP")) "]", 1 },
		{ "containers: [" SIDECAR(VAR("METHOD", "LIST")) "]", 0 },
		{ "containers: [" SIDECAR("{name: METHOD, valueFrom: {configMapKeyRef: {name: x, key: y}}}") "]", 1 },
		{ "initContainers: [" SIDECAR(LABEL) "]", 0 },
		{ "initContainers: [{restartPolicy: Always, image: k8s-sidecar}]", 1 },
		{ "containers: [{name: s, image: k8s-sidecar-of-ours}]", 0 },
		{ "containers: [" SIDECAR(LABEL) ", " SIDECAR(LABEL) "]", 2 },
	};
	struct world *world = unit_world("");
	struct watcher watcher;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(find(world, rows[i].spec, &watcher) == rows[i].count, rows[i].spec);
}

static void it_follows_what_it_selects(void **state)
{
	static const struct {
		const char *env, *foreign;
		bool follows;
	} rows[] = {
		{ LABEL, "", true },
		{ "", "", false },
		{ VAR("LABEL", ""), "", false },
		{ VAR("LABEL", "other"), "", false },
		{ "{name: LABEL, valueFrom: {fieldRef: {fieldPath: x}}}", "", true },
		{ LABEL VAR("LABEL_VALUE", "1"), "", true },
		{ LABEL VAR("LABEL_VALUE", "2"), "", false },
		{ LABEL VAR("LABEL_VALUE", ""), "", true },
		{ LABEL VAR("RESOURCE", "both"), "", true },
		{ LABEL VAR("RESOURCE", "configmap"), "", true },
		{ LABEL VAR("RESOURCE", "secret"), "", false },
		{ LABEL, "web", false },
		{ LABEL VAR("NAMESPACE", "ALL"), "web", true },
		{ LABEL VAR("NAMESPACE", "db, web"), "web", true },
		{ LABEL VAR("NAMESPACE", "db,web"), "", false },
		{ LABEL VAR("NAMESPACE", "own"), "", true },
	};
	struct world *world = unit_world("");
	struct object *object;

	(void)state;
	assert_succeeds(unit_add(world, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {l: '1'}}\n",
				 SCOPE_STREAM));
	assert_int_equal(manifest_find(&world->manifest, OBJECT_CONFIGMAP, S(""), S("a"), &object), LOOKUP_FOUND);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct watcher watcher = { 0 };

		find(world, arena_printf(&unit_arena, "containers: [" SIDECAR("%s") "]", rows[i].env).ptr, &watcher);
		assert_for(watcher_follows(&watcher, &world->manifest, object, str_from(rows[i].foreign), S("own")) ==
				   rows[i].follows,
			   rows[i].env);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_sidecar_watches_unless_it_lists_once),
		TEST(it_follows_what_it_selects),
	};

	return unit_run(tests);
}
