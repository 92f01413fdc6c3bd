/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/podspec.h"

#include "unit.h"

#include <string.h>

/* References as text, in their order: "cm app[all] c0 detail, ..." */
static void print_reference(struct buf *out, const struct reference *reference)
{
	buf_add_cstring(out, reference->kind == OBJECT_CONFIGMAP ? "cm " : "secret ");
	if (reference->ns.len > 0)
		buf_printf(out, "%.*s/", STR_ARG(reference->ns));
	buf_add(out, reference->name);
	buf_add_char(out, '[');
	if (reference->all_keys)
		buf_add_char(out, '*');
	for (size_t i = 0; i < reference->key_count; i++) {
		if (i > 0)
			buf_add_char(out, ' ');
		buf_add(out, reference->keys[i]);
	}
	buf_add_char(out, ']');
	if (reference->optional)
		buf_add_char(out, '?');
	if (!reference->is_consumed)
		buf_add_char(out, '-');
	if (reference->container != NO_CONTAINER)
		buf_printf(out, " c%zu", reference->container);
	if (reference->detail.len > 0) {
		buf_add_char(out, ' ');
		buf_add(out, reference->detail);
	}
}

static struct str print_references(const struct podspec *podspec)
{
	struct buf out = { 0 };
	struct str copy;

	for (size_t i = 0; i < podspec->reference_count; i++) {
		if (i > 0)
			buf_add_cstring(&out, ", ");
		print_reference(&out, &podspec->references[i]);
	}
	copy = arena_dup(&unit_arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

static bool read_template(struct str text, enum volumes_mode mode, struct podspec *podspec)
{
	size_t budget = podspec_budget(text.len);

	return podspec_read(unit_parse(text), mode, &budget, &unit_arena, podspec, &unit_err);
}

/* What the spec (flow text) refers to. */
static struct str references(const char *spec, enum volumes_mode mode)
{
	struct str text = arena_printf(&unit_arena, "spec: {%s}\n", spec);
	struct podspec podspec;

	assert_succeeds(read_template(text, mode, &podspec));
	return print_references(&podspec);
}

struct row {
	const char *spec, *references;
};

static void check(const struct row *rows, size_t count, enum volumes_mode mode)
{
	for (size_t i = 0; i < count; i++)
		assert_row(references(rows[i].spec, mode), rows[i].references, rows[i].spec);
}

static const struct row environments[] = {
	{ "", "" },
	{ "containers: [{env: [{name: A, value: b}]}]", "" },
	{ "containers: [{env: [{name: A, valueFrom: {configMapKeyRef: {name: app, key: k}}}]}]", "cm app[k] c0 A" },
	{ "containers: [{env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: k, optional: true}}}]}]",
	  "secret db[k]? c0 A" },
	{ "containers: [{env: [{name: A, valueFrom: {configMapKeyRef: {name: app, key: k, optional: yes}}}]}]",
	  "cm app[k]? c0 A" },
	{ "containers: [{env: [{name: A, valueFrom: {configMapKeyRef: {name: app, key: k, optional: false}}}]}]",
	  "cm app[k] c0 A" },
	{ "containers: [{env: [{name: A, valueFrom: {fieldRef: {fieldPath: x}}}, {name: B, valueFrom: "
	  "{resourceFieldRef: {}}}, {name: C, valueFrom: {fileKeyRef: {path: p, volumeName: v, key: k}}}]}]",
	  "" },
	{ "containers: [{envFrom: [{configMapRef: {name: app}}, {prefix: P, secretRef: {name: db, optional: true}}]}]",
	  "cm app[*] c0, secret db[*]? c0" },
	/* Init containers come first; a restartable one is one of them. */
	{ "containers: [{envFrom: [{configMapRef: {name: a}}]}], initContainers: [{restartPolicy: Always, envFrom: "
	  "[{configMapRef: {name: b}}]}, {envFrom: [{configMapRef: {name: c}}]}]",
	  "cm b[*] c0, cm c[*] c1, cm a[*] c2" },
	{ "ephemeralContainers: [{envFrom: [{configMapRef: {name: a}}]}]", "" },
	/* Variables of our own names are none, whatever they say. */
	{ "containers: [{env: [{name: ROLLSTAMP_CONFIGMAP_A, valueFrom: {configMapKeyRef: {name: a, key: k}}}, {name: "
	  "ROLLSTAMP_SECRETS_A, valueFrom: {secretKeyRef: {name: a, key: k}}}, {name: ROLLSTAMP_OTHER, valueFrom: "
	  "{secretKeyRef: {name: a, key: k}}}]}]",
	  "secret a[k] c0 ROLLSTAMP_OTHER" },
	/* Whatever is not what it should be is no reference. */
	{ "containers: [{envFrom: [{configMapRef: text}, {secretRef: }, text, [a]], env: text}, text]", "" },
	{ "containers: {env: []}", "" },
};

static void env_refers_to_keys_and_env_from_to_all(void **state)
{
	(void)state;
	check(environments, COUNT(environments), VOLUMES_ALL);
}

#define MOUNT "containers: [{volumeMounts: [{name: v}]}], volumes: "

static const struct row volumes[] = {
	{ MOUNT "[{name: v, configMap: {name: app}}]", "cm app[*] c0 v" },
	{ MOUNT "[{name: v, configMap: {name: app, optional: true}}]", "cm app[*]? c0 v" },
	{ MOUNT "[{name: v, configMap: {name: app, items: [{key: a, path: x}, {key: b, path: y}]}}]",
	  "cm app[a b] c0 v" },
	/* A list of items that is empty takes all, as no list does. */
	{ MOUNT "[{name: v, configMap: {name: app, items: []}}]", "cm app[*] c0 v" },
	{ MOUNT "[{name: v, secret: {secretName: db, items: [{key: a, path: x}]}}]", "secret db[a] c0 v" },
	{ MOUNT "[{name: v, secret: {name: db}}]", "secret [*] c0 v" },
	{ MOUNT "[{name: v, projected: {sources: [{configMap: {name: a}}, {secret: {name: b, optional: true}}, "
		"{secret: {name: c, items: [{key: k, path: p}]}}]}}]",
	  "cm a[*] c0 v, secret b[*]? c0 v, secret c[k] c0 v" },
	{ MOUNT "[{name: v, projected: {sources: [{serviceAccountToken: {path: t}}, {downwardAPI: {items: [{path: "
		"d}]}}, {clusterTrustBundle: {path: c}}]}}]",
	  "" },
	/* The drivers that log in with a Secret. */
	{ MOUNT "[{name: v, csi: {nodePublishSecretRef: {name: s}}}]", "secret s[*] c0 v" },
	{ MOUNT "[{name: v, azureFile: {secretName: s}}]", "secret s[*] c0 v" },
	{ MOUNT "[{name: v, cephfs: {secretRef: {name: s}}}]", "secret s[*] c0 v" },
	{ MOUNT "[{name: v, cinder: {secretRef: {name: s}}}]", "secret s[*] c0 v" },
	{ MOUNT "[{name: v, flexVolume: {secretRef: {name: s}}}]", "secret s[*] c0 v" },
	{ MOUNT "[{name: v, iscsi: {secretRef: {name: s}}}]", "secret s[*] c0 v" },
	{ MOUNT "[{name: v, rbd: {secretRef: {name: s}}}]", "secret s[*] c0 v" },
	{ MOUNT "[{name: v, scaleIO: {secretRef: {name: s}}}]", "secret s[*] c0 v" },
	{ MOUNT "[{name: v, storageos: {secretRef: {name: s}}}]", "secret s[*] c0 v" },
	{ MOUNT "[{name: v, csi: {driver: d}}, {name: w, emptyDir: {}}]", "" },
	/* One that nobody mounts is not consumed. */
	{ "containers: [{}], volumes: [{name: v, configMap: {name: app}}]", "cm app[*]- v" },
	{ "containers: [{volumeMounts: [{name: w}]}], volumes: [{name: v, secret: {secretName: s}}]",
	  "secret s[*]- v" },
	/* One that several mount is consumed by each. */
	{ "initContainers: [{volumeMounts: [{name: v}]}], " MOUNT "[{name: v, configMap: {name: app}}]",
	  "cm app[*] c0 v, cm app[*] c1 v" },
	{ "imagePullSecrets: [{name: p}, {}]", "secret p[*]-" },
};

static void mounted_volumes_refer_to_what_is_in_them(void **state)
{
	(void)state;
	check(volumes, COUNT(volumes), VOLUMES_ALL);
}

#define SUBPATHS(mounts, volume) "containers: [{volumeMounts: [" mounts "]}], volumes: [{name: v, " volume "}]"
#define ONE(subpath) "{name: v, subPath: " subpath "}"
#define ITEMS "items: [{key: a, path: x}, {key: b, path: d/y}, {key: c, path: x}]"

static const struct row subpaths[] = {
	/* Without items, the key itself. */
	{ SUBPATHS(ONE("a"), "configMap: {name: app}"), "cm app[a] c0 v" },
	{ SUBPATHS(ONE("absent.conf"), "secret: {secretName: db}"), "secret db[absent.conf] c0 v" },
	{ SUBPATHS(ONE("a") ", " ONE("b"), "configMap: {name: app}"), "cm app[a] c0 v, cm app[b] c0 v" },
	{ SUBPATHS(ONE("d/a"), "configMap: {name: app}"), "cm app[*] c0 v" },
	/* With items, an item's path. */
	{ SUBPATHS(ONE("d/y"), "configMap: {name: app, " ITEMS "}"), "cm app[b] c0 v" },
	{ SUBPATHS(ONE("x"), "configMap: {name: app, " ITEMS "}"), "cm app[a c] c0 v" },
	{ SUBPATHS(ONE("a"), "configMap: {name: app, " ITEMS "}"), "cm app[b a c] c0 v" },
	/* Or the directory of some: those below it. */
	{ SUBPATHS(ONE("d"), "configMap: {name: app, " ITEMS "}"), "cm app[b] c0 v" },
	{ SUBPATHS(ONE("./d/"), "configMap: {name: app, " ITEMS "}"), "cm app[b] c0 v" },
	{ SUBPATHS(ONE("d"), "secret: {secretName: s, items: [{key: a, path: d-x/y}, {key: b, path: d/x/y}, {key: c, "
			     "path: d/x/z}, {key: d, path: d}, {key: e, path: e/d/x}]}"),
	  "secret s[d b c] c0 v" },
	/* Only when every mount has one. */
	{ SUBPATHS(ONE("a") ", {name: v}", "configMap: {name: app}"), "cm app[a] c0 v, cm app[*] c0 v" },
	{ SUBPATHS(ONE("''"), "configMap: {name: app}"), "cm app[*] c0 v" },
	{ SUBPATHS("{name: v, subPathExpr: $(A)}", "configMap: {name: app}"), "cm app[*] c0 v" },
	{ SUBPATHS("{name: v, subPathExpr: $(A)}", "configMap: {name: app, " ITEMS "}"), "cm app[b a c] c0 v" },
	/* In a projected volume, sources of which nothing is named are not consumed, unless none is named. */
	{ SUBPATHS(ONE("x"), "projected: {sources: [{configMap: {name: a, " ITEMS "}}, {secret: {name: b, items: "
			     "[{key: k, path: z}]}}]}"),
	  "cm a[a c] c0 v" },
	{ SUBPATHS(ONE("q"), "projected: {sources: [{configMap: {name: a, " ITEMS "}}, {secret: {name: b, items: "
			     "[{key: k, path: z}]}}]}"),
	  "cm a[b a c] c0 v, secret b[k] c0 v" },
	{ SUBPATHS(ONE("x"), "projected: {sources: [{configMap: {name: a, " ITEMS "}}, {secret: {name: b}}]}"),
	  "cm a[a c] c0 v, secret b[x] c0 v" },
	/* A file that comes from elsewhere names no key. */
	{ SUBPATHS(ONE("t"),
		   "projected: {sources: [{serviceAccountToken: {path: t}}, {configMap: {name: a, " ITEMS "}}]}"),
	  "" },
	{ SUBPATHS(ONE("t") ", " ONE("c") ", " ONE("d"),
		   "projected: {sources: [{podCertificate: {credentialBundlePath: t, keyPath: c, certificateChainPath: "
		   "d/d}}, {secret: {name: a, items: [{key: k, path: p}]}}]}"),
	  "" },
	{ SUBPATHS(ONE("t"), "projected: {sources: [{podCertificate: {keyPath: t}}, {secret: {name: a}}, {configMap: "
			     "{name: b, items: [{key: k, path: t}]}}]}"),
	  "" },
	/* A directory names what is below it in every source. */
	{ SUBPATHS(ONE("d"), "projected: {sources: [{configMap: {name: a, " ITEMS "}}, {secret: {name: b}}, {secret: "
			     "{name: c, items: [{key: k, path: d/k}, {key: l, path: e/l}]}}, {secret: {name: d, items: "
			     "[{key: k, path: dd/k}]}}]}"),
	  "cm a[b] c0 v, secret b[d] c0 v, secret c[k] c0 v" },
	/* A driver's Secret has no files. */
	{ SUBPATHS(ONE("t"), "azureFile: {secretName: s}"), "secret s[*] c0 v" },
};

static void sub_paths_narrow_what_is_consumed(void **state)
{
	(void)state;
	check(subpaths, COUNT(subpaths), VOLUMES_ALL);
}

#define RELOADER(fields) "{image: configmap-reload, args: [--volume-dir=/c]" fields "}"
#define WATCHES ", volumeMounts: [{name: v, mountPath: /c}]"
#define READS "{volumeMounts: [{name: v, mountPath: /x}]}"
#define OF_CM ", volumes: [{name: v, configMap: {name: a}}]"

static void what_a_sidecar_reloads_is_not_consumed_by_plain_mounts(void **state)
{
	static const struct row followed[] = {
		{ "containers: [" RELOADER(WATCHES) ", " READS "]" OF_CM, "cm a[*]- c0 v, cm a[*]- c1 v" },
		{ "containers: [" RELOADER(WATCHES) "]" OF_CM, "cm a[*]- c0 v" },
		{ "containers: [" READS "], initContainers: [" RELOADER(", restartPolicy: Always" WATCHES) "]" OF_CM,
		  "cm a[*]- c0 v, cm a[*]- c1 v" },
		{ "containers: [" RELOADER(
			  WATCHES) ", " READS
				   "], volumes: [{name: v, projected: {sources: [{secret: {name: a}}, {configMap: {name: b, items: "
				   "[{key: k, path: p}]}}]}}]",
		  "secret a[*]- c0 v, cm b[k]- c0 v, secret a[*]- c1 v, cm b[k]- c1 v" },
		/* More than these two, one that has ended, a subPath, another directory, no mount of the sidecar's. */
		{ "containers: [" RELOADER(WATCHES) ", " READS ", " READS "]" OF_CM,
		  "cm a[*] c0 v, cm a[*] c1 v, cm a[*] c2 v" },
		{ "containers: [" RELOADER(WATCHES) ", " READS "], initContainers: [" READS "]" OF_CM,
		  "cm a[*] c0 v, cm a[*]- c1 v, cm a[*]- c2 v" },
		{ "containers: [" READS "], initContainers: [" RELOADER(WATCHES) "]" OF_CM,
		  "cm a[*] c0 v, cm a[*] c1 v" },
		{ "containers: [" RELOADER(WATCHES) ", {volumeMounts: [{name: v, mountPath: /x}, {name: v, mountPath: "
						    "/y, subPath: k}]}]" OF_CM,
		  "cm a[*]- c0 v, cm a[*]- c1 v, cm a[k] c1 v" },
		{ "containers: [" RELOADER(", volumeMounts: [{name: v, mountPath: /c, subPath: k}]") ", " READS
												     "]" OF_CM,
		  "cm a[k] c0 v, cm a[*] c1 v" },
		{ "containers: [" RELOADER(", volumeMounts: [{name: v, mountPath: /d}]") ", " READS "]" OF_CM,
		  "cm a[*] c0 v, cm a[*] c1 v" },
		{ "containers: [" RELOADER("") ", " READS "]" OF_CM, "cm a[*] c1 v" },
		/* What a driver logs in with is needed when a pod mounts. */
		{ "containers: [" RELOADER(WATCHES) "], volumes: [{name: v, azureFile: {secretName: s}}]",
		  "secret s[*] c0 v" },
	};

	(void)state;
	check(followed, COUNT(followed), VOLUMES_ALL);
}

static void each_container_consumes_what_its_own_mounts_reach(void **state)
{
	(void)state;
	assert_row(references("containers: [{volumeMounts: [{name: v, subPath: a}]}, {volumeMounts: [{name: v, "
			      "subPath: b}]}, {}], volumes: [{name: v, configMap: {name: app}}]",
			      VOLUMES_ALL),
		   "cm app[a] c0 v, cm app[b] c1 v", "two containers");
}

static void modes_choose_which_mounts_count(void **state)
{
	static const struct row sub_path_only[] = {
		{ SUBPATHS(ONE("a"), "configMap: {name: app}"), "cm app[a] c0 v" },
		{ SUBPATHS(ONE("a") ", {name: v}", "configMap: {name: app}"), "cm app[a] c0 v" },
		{ SUBPATHS("{name: v, subPathExpr: $(A)}", "configMap: {name: app}"), "cm app[*] c0 v" },
		{ SUBPATHS("{name: v}", "configMap: {name: app}"), "cm app[*]- v" },
		{ "containers: [{envFrom: [{configMapRef: {name: a}}]}]", "cm a[*] c0" },
	};
	static const struct row none[] = {
		{ SUBPATHS(ONE("a"), "configMap: {name: app}"), "cm app[*]- v" },
		{ "containers: [{envFrom: [{configMapRef: {name: a}}]}]", "cm a[*] c0" },
	};

	(void)state;
	check(sub_path_only, COUNT(sub_path_only), VOLUMES_SUBPATH);
	check(none, COUNT(none), VOLUMES_NONE);
}

static void containers_know_their_list_and_place(void **state)
{
	struct str text = S("spec: {containers: [{name: a}, &b {name: b}, *b], initContainers: [{name: i}]}\n");
	struct podspec podspec;

	(void)state;
	assert_succeeds(read_template(text, VOLUMES_ALL, &podspec));
	assert_int_equal(podspec.container_count, 4);
	assert_str(podspec.containers[0].name, "i");
	assert_true(podspec.containers[0].is_init);
	assert_int_equal(podspec.containers[0].index, 0);
	assert_str(podspec.containers[3].name, "b");
	assert_false(podspec.containers[3].is_init);
	assert_int_equal(podspec.containers[3].index, 2);
}

static void a_reference_knows_its_place_and_way(void **state)
{
	struct str text = S("spec: {containers: [{envFrom: [{configMapRef: {name: a}}]}]}\n");
	struct podspec podspec;

	(void)state;
	assert_succeeds(read_template(text, VOLUMES_ALL, &podspec));
	assert_int_equal(podspec.references[0].at, strstr(text.ptr, "{name: a") - text.ptr);
	assert_int_equal(podspec.references[0].via, VIA_ENV_FROM);
}

static void annotations_name_objects_too(void **state)
{
	static const struct row rows[] = {
		{ "rollstamp.io/configmaps: 'a,b'", "cm a[*], cm b[*]" },
		{ "rollstamp.io/secrets: ' a , ,n/b,'", "secret a[*], secret n/b[*]" },
		{ "rollstamp.io/configmaps: a, rollstamp.io/secrets: b", "cm a[*], secret b[*]" },
		{ "rollstamp.io/configmaps: ''", "" },
		{ "rollstamp.io/configmaps: ", "" },
		{ "rollstamp.io/configmaps: [a]", "" },
		{ "rollstamp.io/configmap: a", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str text = arena_printf(&unit_arena, "{%s}\n", rows[i].spec);
		struct podspec podspec = { 0 };

		assert_succeeds(podspec_add_annotated(unit_parse(text), NULL, &unit_arena, &podspec, &unit_err));
		assert_row(print_references(&podspec), rows[i].references, rows[i].spec);
	}
	assert_succeeds(podspec_add_annotated(NULL, NULL, &unit_arena, &(struct podspec){ 0 }, &unit_err));
}

static void an_annotation_that_names_too_many_objects_is_refused(void **state)
{
	struct podspec podspec = { 0 };
	size_t budget = 200;

	(void)state;
	assert_succeeds(podspec_add_annotated(unit_parse(S("{rollstamp.io/secrets: 'a,b,c'}\n")), &budget, &unit_arena,
					      &podspec, &unit_err));
	assert_fails(podspec_add_annotated(unit_parse(S("{rollstamp.io/secrets: 'a,b'}\n")), &budget, &unit_arena,
					   &podspec, &unit_err),
		     "annotation rollstamp.io/secrets: it names too many objects");
}

static void a_template_without_a_spec_refers_to_nothing(void **state)
{
	struct podspec podspec = { .reference_count = 7 };

	(void)state;
	assert_succeeds(read_template(S("metadata: {}"), VOLUMES_ALL, &podspec));
	assert_int_equal(podspec.reference_count, 0);
	assert_int_equal(podspec.container_count, 0);
}

static void aliases_make_no_more_than_a_bounded_number_of_items(void **state)
{
	struct buf text = { 0 };
	struct podspec podspec;

	(void)state;
	buf_add_cstring(&text, "x: &x [");
	for (int i = 0; i < 1000; i++)
		buf_add_cstring(&text, "{configMapRef: {name: a}},");
	buf_add_cstring(&text, "]\nspec:\n  containers:\n");
	for (int i = 0; i < 1000; i++)
		buf_add_cstring(&text, "  - envFrom: *x\n");
	assert_fails(read_template(buf_str(&text), VOLUMES_ALL, &podspec), "make too much of this pod template");
	buf_release(&text);
}

static void templates_of_one_document_share_a_budget(void **state)
{
	struct str text = S("spec: {containers: [{envFrom: [{configMapRef: {name: a}}, {secretRef: {name: b}}]}]}\n");
	size_t budget = podspec_budget(text.len), before = budget, used;
	struct podspec podspec;
	struct node *root = unit_parse(text);

	(void)state;
	assert_succeeds(podspec_read(root, VOLUMES_ALL, &budget, &unit_arena, &podspec, &unit_err));
	used = before - budget;
	assert_true(used > 0 && used < 100);
	/* As much again is enough for one more, and not for two. */
	budget = used;
	assert_succeeds(podspec_read(root, VOLUMES_ALL, &budget, &unit_arena, &podspec, &unit_err));
	assert_int_equal(budget, 0);
	assert_false(podspec_read(root, VOLUMES_ALL, &budget, &unit_arena, &podspec, &unit_err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(env_refers_to_keys_and_env_from_to_all),
		TEST(mounted_volumes_refer_to_what_is_in_them),
		TEST(sub_paths_narrow_what_is_consumed),
		TEST(what_a_sidecar_reloads_is_not_consumed_by_plain_mounts),
		TEST(each_container_consumes_what_its_own_mounts_reach),
		TEST(modes_choose_which_mounts_count),
		TEST(containers_know_their_list_and_place),
		TEST(a_reference_knows_its_place_and_way),
		TEST(annotations_name_objects_too),
		TEST(an_annotation_that_names_too_many_objects_is_refused),
		TEST(a_template_without_a_spec_refers_to_nothing),
		TEST(templates_of_one_document_share_a_budget),
		TEST(aliases_make_no_more_than_a_bounded_number_of_items),
	};

	return unit_run(tests);
}
