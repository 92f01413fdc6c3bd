/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

/* A workload up to its pod template's spec. */
static void head(struct out *o, size_t number)
{
	out_text(o,
		 "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: w%zu\nspec:\n  template:\n    spec:\n",
		 number);
}

/* The same with annotations of its own, of which one has begun. */
static void head_annotated(struct out *o, const char *annotation)
{
	out_text(o, "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: w\n  annotations:\n    %s: \"",
		 annotation);
}

static void tail_annotated(struct out *o)
{
	out_text(o, "\"\nspec: {template: {spec: {containers: [{name: c}]}}}\n");
}

static void configmap(struct out *o, const char *name)
{
	out_text(o, "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\ndata:\n", name);
}

static void repeat(struct out *o, const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		out_text(o, "%s", text);
}

/* Documents. */

static void separators(struct out *o)
{
	repeat(o, "---\n", 500000);
}

static void scalar_documents(struct out *o)
{
	repeat(o, "--- a\n", 300000);
}

static void small_configmaps(struct out *o)
{
	for (size_t i = 0; i < 30000; i++)
		out_text(o, "---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a%zu}\n", i);
}

static void one_identity(struct out *o)
{
	repeat(o, "---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {k: v}\n", 25000);
	head(o, 0);
	out_text(o, "      containers: [{name: c, envFrom: [{configMapRef: {name: a}}]}]\n");
}

static void one_name_in_many_namespaces(struct out *o)
{
	for (size_t i = 0; i < 10000; i++)
		out_text(o, "---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a, namespace: n%zu}\n", i);
	for (size_t i = 0; i < 6000; i++) {
		head(o, i);
		out_text(o, "      containers: [{name: c, envFrom: [{configMapRef: {name: a}}]}]\n");
	}
}

static void list_of_configmaps(struct out *o)
{
	out_text(o, "apiVersion: v1\nkind: List\nitems:\n");
	for (size_t i = 0; i < 25000; i++)
		out_text(o, "- {apiVersion: v1, kind: ConfigMap, metadata: {name: a%zu}, data: {k: v}}\n", i);
	head(o, 0);
	out_text(o, "      containers:\n      - name: c\n        envFrom:\n");
	for (size_t i = 0; i < 25000; i += 50)
		out_text(o, "        - configMapRef: {name: a%zu}\n", i);
}

static void lists_in_a_list(struct out *o)
{
	out_text(o, "apiVersion: v1\nkind: List\nitems:\n");
	for (size_t i = 0; i < 30000; i++)
		out_text(o, "- {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List}]}\n");
}

static void list_of_workloads(struct out *o)
{
	out_text(o, "apiVersion: v1\nkind: List\nitems:\n");
	for (size_t i = 0; i < 10000; i++)
		out_text(o,
			 "- {apiVersion: apps/v1, kind: Deployment, metadata: {name: w%zu}, spec: {template: {spec: "
			 "{containers: [{name: c, envFrom: [{configMapRef: {name: a%zu}}]}]}}}}\n",
			 i, i);
}

static void plain_comments(struct out *o)
{
	head(o, 0);
	out_text(o, "      containers: [{name: c}]\n");
	repeat(o, "# a\n", 500000);
}

/* YAML. */

static void question_marks(struct out *o)
{
	head(o, 0);
	out_text(o, "      containers: [{name: c}]\n      x:\n");
	for (size_t i = 0; i < 10000; i++) {
		out_text(o, "      - ");
		repeat(o, "? ", 80);
		out_text(o, "x\n");
	}
}

static void flow_levels(struct out *o)
{
	head(o, 0);
	out_text(o, "      containers: [{name: c}]\n      x:\n");
	for (size_t i = 0; i < 10000; i++) {
		out_text(o, "      - ");
		repeat(o, "[", 85);
		repeat(o, "]", 85);
		out_text(o, "\n");
	}
}

static void flow_mappings(struct out *o)
{
	head(o, 0);
	out_text(o, "      containers: [{name: c}]\n      x:\n");
	for (size_t i = 0; i < 5000; i++) {
		out_text(o, "      - ");
		repeat(o, "{a: ", 80);
		repeat(o, "}", 80);
		out_text(o, "\n");
	}
}

static void empty_nodes(struct out *o)
{
	head(o, 0);
	out_text(o, "      containers: [{name: c}]\n      x: [");
	repeat(o, "a,", 750000);
	out_text(o, "]\n");
}

static void anchors_and_aliases(struct out *o)
{
	head(o, 0);
	out_text(o, "      containers: [{name: c}]\n      x:\n");
	for (size_t i = 0; i < 50000; i++)
		out_text(o, "      - &a%zu x\n      - *a%zu\n", i, i / 2);
}

static void aliases_that_multiply(struct out *o)
{
	for (size_t i = 0; i < 4000; i++) {
		head(o, i);
		out_text(o, "      a0: &a0 {name: c, env: [{name: A, value: b}]}\n");
		for (size_t k = 1; k < 9; k++) {
			out_text(o, "      a%zu: &a%zu [", k, k);
			for (size_t n = 0; n < 9; n++)
				out_text(o, "*a%zu,", k - 1);
			out_text(o, "]\n");
		}
		out_text(o, "      containers: *a1\n");
	}
}

static void containers_that_are_aliases(struct out *o)
{
	head(o, 0);
	out_text(o, "      x: &c {name: c, envFrom: [");
	for (size_t i = 0; i < 1000; i++)
		out_text(o, "{configMapRef: {name: a%zu}},", i);
	out_text(o, "]}\n      containers:\n");
	repeat(o, "      - *c\n", 120000);
}

static void one_long_scalar(struct out *o)
{
	configmap(o, "a");
	out_text(o, "  k: ");
	repeat(o, "abcdefghij", 200000);
	out_text(o, "\n");
	head(o, 0);
	out_text(o, "      containers: [{name: c, envFrom: [{configMapRef: {name: a}}]}]\n");
}

static void escapes(struct out *o)
{
	configmap(o, "a");
	out_text(o, "  k: \"");
	repeat(o, "\\x41\\n", 300000);
	out_text(o, "\"\n");
	head(o, 0);
	out_text(o, "      containers: [{name: c, envFrom: [{configMapRef: {name: a}}]}]\n");
}

static void folded_lines(struct out *o)
{
	configmap(o, "a");
	out_text(o, "  k: >-\n");
	repeat(o, "    a\n\n", 250000);
	head(o, 0);
	out_text(o, "      containers: [{name: c, envFrom: [{configMapRef: {name: a}}]}]\n");
}

static void keys_of_one_mapping(struct out *o)
{
	head(o, 0);
	out_text(o, "      containers: [{name: c}]\n      x:\n");
	for (size_t i = 0; i < 150000; i++)
		out_text(o, "        k%zu: 1\n", i);
}

static void odd_line_breaks(struct out *o)
{
	configmap(o, "a");
	out_text(o, "  k: \"");
	repeat(o, "a\xe2\x80\xa8", 400000);
	out_text(o, "\"\n");
	head(o, 0);
	out_text(o, "      containers: [{name: c, envFrom: [{configMapRef: {name: a}}]}]\n");
}

static void carriage_returns(struct out *o)
{
	head(o, 0);
	out_text(o, "      containers: [{name: c}]\n      x:\r\n");
	repeat(o, "      - a\r\n\r\n", 120000);
}

/* What a pod template consumes. */

static void names_in_an_annotation(struct out *o)
{
	head_annotated(o, "rollstamp.io/configmaps");
	for (size_t i = 0; i < 150000; i++)
		out_text(o, "n%zu,", i);
	tail_annotated(o);
}

static void excludes_in_an_annotation(struct out *o)
{
	head_annotated(o, "rollstamp.io/exclude");
	for (size_t i = 0; i < 40000; i++)
		out_text(o, "configmap/*a*a%zu*,", i);
	out_text(o, "\"\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n        envFrom:\n");
	for (size_t i = 0; i < 20000; i++)
		out_text(o, "        - configMapRef: {name: aaaaaaaaaaaaaaaa%zu}\n", i);
}

static void sources_of_one_container(struct out *o)
{
	head(o, 0);
	out_text(o, "      containers:\n      - name: c\n        envFrom:\n");
	for (size_t i = 0; i < 50000; i++)
		out_text(o, "        - configMapRef: {name: a%zu}\n", i);
}

static void one_key_many_times(struct out *o)
{
	configmap(o, "a");
	out_text(o, "  k: v\n");
	head(o, 0);
	out_text(o, "      containers:\n      - name: c\n        env:\n");
	for (size_t i = 0; i < 20000; i++)
		out_text(o, "        - {name: A, valueFrom: {configMapKeyRef: {name: a, key: k}}}\n");
}

static void containers(struct out *o)
{
	configmap(o, "a");
	out_text(o, "  k: v\n");
	head(o, 0);
	out_text(o, "      containers:\n");
	for (size_t i = 0; i < 30000; i++)
		out_text(o, "      - {name: c, envFrom: [{configMapRef: {name: a}}]}\n");
}

static void volumes_and_mounts(struct out *o)
{
	head(o, 0);
	out_text(o, "      volumes:\n");
	for (size_t i = 0; i < 15000; i++)
		out_text(o, "      - {name: v%zu, configMap: {name: a%zu}}\n", i, i);
	out_text(o, "      containers:\n      - name: c\n        volumeMounts:\n");
	for (size_t i = 0; i < 15000; i++)
		out_text(o, "        - {name: v%zu, mountPath: /v%zu}\n", i, i);
}

static void mounts_of_one_volume(struct out *o)
{
	configmap(o, "a");
	for (size_t i = 0; i < 10000; i++)
		out_text(o, "  k%zu: v\n", i);
	head(o, 0);
	out_text(o, "      volumes:\n      - name: v\n        configMap:\n          name: a\n          items:\n");
	for (size_t i = 0; i < 10000; i++)
		out_text(o, "          - {key: k%zu, path: d/k%zu}\n", i, i);
	out_text(o, "      containers:\n      - name: c\n        volumeMounts:\n");
	for (size_t i = 0; i < 10000; i++)
		out_text(o, "        - {name: v, mountPath: /v%zu, subPath: d/k%zu}\n", i, i);
}

static void stamps_with_one_name(struct out *o)
{
	for (size_t i = 0; i < 10000; i++) {
		char name[16];

		/* Each bit of the number a dot or a dash, which a variable's name does not tell apart. */
		for (size_t bit = 0; bit < 14; bit++)
			name[bit] = "-."[i >> bit & 1];
		out_text(o, "---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: \"");
		for (size_t bit = 0; bit < 14; bit++)
			out_text(o, "a%c", name[bit]);
		out_text(o, "a\"}\n");
	}
	head(o, 0);
	out_text(o, "      containers:\n      - name: c\n        envFrom:\n");
	for (size_t i = 0; i < 10000; i++) {
		out_text(o, "        - configMapRef: {name: \"");
		for (size_t bit = 0; bit < 14; bit++)
			out_text(o, "a%c", "-."[i >> bit & 1]);
		out_text(o, "a\"}\n");
	}
}

/* Digests. */

static void digests_of_one_configmap(struct out *o)
{
	configmap(o, "a");
	for (size_t i = 0; i < 50000; i++)
		out_text(o, "  k%zu: v\n", i);
	for (size_t i = 0; i < 5000; i++) {
		head(o, i);
		out_text(o,
			 "      containers:\n      - {name: c, envFrom: [{configMapRef: {name: a}}], env: [{name: X, "
			 "valueFrom: {configMapKeyRef: {name: a, key: z%zu}}}]}\n",
			 i);
	}
}

static void digests_of_one_secret(struct out *o)
{
	out_text(o, "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  k: ");
	repeat(o, "abcdefghij", 200000);
	out_text(o, "\n");
	for (size_t i = 0; i < 6000; i++) {
		head(o, i);
		out_text(o,
			 "      containers:\n      - {name: c, envFrom: [{secretRef: {name: a}}], env: [{name: X, "
			 "valueFrom: {secretKeyRef: {name: a, key: z%zu}}}]}\n",
			 i);
	}
}

static void digests_of_halves(struct out *o)
{
	out_text(o, "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n");
	for (size_t i = 0; i < 1000; i++) {
		out_text(o, "  k%03zu: ", i);
		repeat(o, "abcdefghij", 50);
		out_text(o, "\n");
	}
	/* Each without a few keys in the middle and with one at the front that is absent. */
	for (size_t i = 0; i < 300; i++) {
		head(o, i);
		out_text(o,
			 "      volumes:\n      - name: v\n        secret:\n          secretName: a\n          items:\n"
			 "          - {key: a%zu, path: p}\n",
			 i);
		for (size_t k = i % 4; k < 1000; k += 9)
			out_text(o, "          - {key: k%03zu, path: k%zu}\n", k, k);
		out_text(o, "      containers: [{name: c, volumeMounts: [{name: v, mountPath: /v}]}]\n");
	}
}

/* Variables. */

static void variables_that_double(struct out *o)
{
	for (size_t i = 0; i < 200; i++) {
		head(o, i);
		out_text(o, "      containers: [{name: c}]\n      initContainers:\n      - name: g\n        env:\n"
			    "        - {name: A0, value: x}\n");
		for (size_t k = 1; k < 205; k++)
			out_text(o, "        - {name: A%zu, value: \"$(A%zu)$(A%zu)\"}\n", k, k - 1, k - 1);
		out_text(o, "        - {name: GIT_REPO, value: \"https://h.invalid/$(A204)\"}\n"
			    "        - {name: GIT_CHECKOUT_BRANCH, value: main}\n");
	}
}

static void variables_in_a_chain(struct out *o)
{
	head(o, 0);
	out_text(o, "      containers: [{name: c}]\n      initContainers:\n      - name: g\n        env:\n"
		    "        - {name: A0, value: x}\n");
	for (size_t k = 1; k < 30000; k++)
		out_text(o, "        - {name: A%zu, value: \"$(A%zu)\"}\n", k, k - 1);
	out_text(o, "        - {name: GIT_REPO, value: \"https://h.invalid/$(A29999)\"}\n"
		    "        - {name: GIT_CHECKOUT_BRANCH, value: main}\n");
}

static void variables_that_are_long(struct out *o)
{
	for (size_t i = 0; i < 600; i++) {
		head(o, i);
		out_text(
			o,
			"      containers: [{name: c}]\n      initContainers:\n      - name: g\n        command: [git, "
			"clone, \"https://h.invalid/x\"");
		for (size_t k = 0; k < 50; k++)
			out_text(o, ", \"$(A14)\"");
		out_text(o, "]\n        env:\n        - {name: A0, value: xxxx}\n");
		for (size_t k = 1; k < 15; k++)
			out_text(o, "        - {name: A%zu, value: \"$(A%zu)$(A%zu)\"}\n", k, k - 1, k - 1);
	}
}

static void variables_of_many_sources(struct out *o)
{
	for (size_t i = 0; i < 40; i++) {
		head(o, i);
		out_text(o,
			 "      containers: [{name: c}]\n      initContainers:\n      - name: g\n        envFrom:\n");
		for (size_t k = 0; k < 300; k++)
			out_text(o, "        - {prefix: P%zu, configMapRef: {name: a%zu}}\n", k, k);
		out_text(o, "        env:\n        - {name: GIT_CHECKOUT_BRANCH, value: main}\n"
			    "        - {name: GIT_REPO, value: \"https://h.invalid/");
		for (size_t k = 0; k < 1000; k++)
			out_text(o, "$(Q%zu)", k);
		out_text(o, "\"}\n");
	}
}

/* Git. */

static void pollers_and_checkouts(struct out *o)
{
	head(o, 0);
	out_text(o, "      initContainers:\n");
	for (size_t i = 0; i < 8000; i++)
		out_text(
			o,
			"      - {name: i%zu, command: [git, clone, \"https://h.test/r%zu.git\", /d/%zu], volumeMounts: "
			"[{name: v%zu, mountPath: /d}]}\n",
			i, i, i, i);
	out_text(o, "      containers:\n");
	for (size_t i = 0; i < 8000; i++)
		out_text(o,
			 "      - {name: p%zu, command: [sh, -c, \"while true; do cd /e/%zu; git pull; done\"], "
			 "volumeMounts: [{name: v%zu, mountPath: /e}]}\n",
			 i, i, i);
}

static void pollers_of_one_volume(struct out *o)
{
	head(o, 0);
	out_text(o, "      initContainers:\n");
	for (size_t i = 0; i < 6000; i++)
		out_text(
			o,
			"      - {name: i%zu, command: [git, clone, \"https://h.test/r%zu.git\", /d/%zu], volumeMounts: "
			"[{name: v, mountPath: /d}]}\n",
			i, i, i);
	out_text(o, "      containers:\n");
	for (size_t i = 0; i < 6000; i++)
		out_text(o,
			 "      - {name: p%zu, command: [sh, -c, \"while true; do cd /d; git pull; done\"], "
			 "volumeMounts: [{name: v, mountPath: /d}]}\n",
			 i);
}

static void clones_and_git_syncs(struct out *o)
{
	head(o, 0);
	out_text(o, "      containers: [{name: c}]\n      initContainers:\n");
	for (size_t i = 0; i < 8000; i++)
		out_text(o,
			 "      - {name: i%zu, command: [git, clone, \"https://h.test/r%zu.git\"]}\n"
			 "      - {name: s%zu, image: git-sync, args: [\"--repo=https://h.test/s%zu.git\"]}\n",
			 i, i, i, i);
}

static void words_of_a_clone(struct out *o)
{
	head(o, 0);
	out_text(o,
		 "      containers: [{name: c}]\n      initContainers:\n      - name: g\n        command: [git, clone");
	for (size_t i = 0; i < 80000; i++)
		out_text(o, ", -c, \"a.b=c%zu\"", i);
	out_text(o, ", \"https://h.invalid/x\"]\n");
}

static void refs_in_an_annotation(struct out *o)
{
	head_annotated(o, "rollstamp.io/git");
	for (size_t i = 0; i < 40000; i++)
		out_text(o, "https://h.invalid/r%zu#main,", i);
	tail_annotated(o);
}

static void commas_in_an_annotation(struct out *o)
{
	head_annotated(o, "rollstamp.io/git");
	repeat(o, "https://a,", 100000);
	tail_annotated(o);
}

static void script(struct out *o, const char *line, size_t count)
{
	head(o, 0);
	out_text(o, "      containers: [{name: c}]\n      initContainers:\n      - name: g\n        command:\n"
		    "        - sh\n        - -c\n        - |\n");
	for (size_t i = 0; i < count; i++) {
		out_text(o, "          ");
		out_text(o, "%s\n", line);
	}
	out_text(o, "          git clone https://h.invalid/x\n");
}

static void script_of_clones(struct out *o)
{
	script(o, "git clone -b main https://h.invalid/x /d", 20000);
}

static void script_of_branches(struct out *o)
{
	script(o, "if a; then cd /d; A=b; else cd /e; fi", 20000);
}

static void script_of_subshells(struct out *o)
{
	script(o, "(cd /d && (cd /e; git pull) | (cat)); A=$(cat /f)", 20000);
}

static void script_of_here_documents(struct out *o)
{
	head(o, 0);
	out_text(o, "      containers: [{name: c}]\n      initContainers:\n      - name: g\n        command:\n"
		    "        - sh\n        - -c\n        - |\n");
	for (size_t i = 0; i < 20000; i++)
		out_text(o, "          cat <<E%zu <<F%zu\n          E%zu\n          F%zu\n", i, i, i, i);
	out_text(o, "          git clone https://h.invalid/x\n");
}

static void script_of_open_quotes(struct out *o)
{
	script(o, "\"$(\"`'${a:-\"$((", 60000);
}

static void many_small_scripts(struct out *o)
{
	for (size_t i = 0; i < 4000; i++) {
		head(o, i);
		out_text(o, "      containers: [{name: c}]\n      initContainers:\n      - name: g\n        command:\n"
			    "        - sh\n        - -c\n        - |\n");
		for (size_t k = 0; k < 4; k++)
			out_text(o,
				 "          if [ -d /d%zu ]; then cd /d%zu; else git clone https://h.invalid/x; fi\n",
				 k, k);
	}
}

static const struct attack table[] = {
	{ "separators", separators, { 0 } },
	{ "scalar documents", scalar_documents, { 0 } },
	{ "small ConfigMaps", small_configmaps, { 0 } },
	{ "one identity", one_identity, { 0 } },
	{ "one name in many namespaces", one_name_in_many_namespaces, { 0 } },
	{ "list of ConfigMaps", list_of_configmaps, { "list" } },
	{ "list of workloads", list_of_workloads, { 0 } },
	{ "list of workloads, listed", list_of_workloads, { "list" } },
	{ "lists in a list", lists_in_a_list, { 0 } },
	{ "lists in a list, listed", lists_in_a_list, { "list" } },
	{ "comments", plain_comments, { 0 } },
	{ "question marks", question_marks, { 0 } },
	{ "flow levels", flow_levels, { 0 } },
	{ "flow mappings", flow_mappings, { 0 } },
	{ "empty nodes", empty_nodes, { 0 } },
	{ "anchors and aliases", anchors_and_aliases, { 0 } },
	{ "aliases that multiply", aliases_that_multiply, { 0 } },
	{ "containers that are aliases", containers_that_are_aliases, { 0 } },
	{ "one long scalar", one_long_scalar, { 0 } },
	{ "escapes", escapes, { 0 } },
	{ "folded lines", folded_lines, { 0 } },
	{ "keys of one mapping", keys_of_one_mapping, { 0 } },
	{ "odd line breaks", odd_line_breaks, { 0 } },
	{ "carriage returns", carriage_returns, { 0 } },
	{ "names in an annotation", names_in_an_annotation, { 0 } },
	{ "names in an annotation, listed", names_in_an_annotation, { "list" } },
	{ "names in an annotation, reported", names_in_an_annotation, { "--report=/dev/null" } },
	{ "excludes in an annotation", excludes_in_an_annotation, { 0 } },
	{ "sources of one container", sources_of_one_container, { 0 } },
	{ "sources of one container, listed", sources_of_one_container, { "list" } },
	{ "one key many times", one_key_many_times, { "list" } },
	{ "containers", containers, { 0 } },
	{ "containers, into both", containers, { "--inject=both" } },
	{ "volumes and mounts", volumes_and_mounts, { 0 } },
	{ "mounts of one volume", mounts_of_one_volume, { 0 } },
	{ "stamps with one name", stamps_with_one_name, { "--inject=env" } },
	{ "digests of one ConfigMap", digests_of_one_configmap, { 0 } },
	{ "digests of one Secret", digests_of_one_secret, { 0 } },
	{ "digests of halves", digests_of_halves, { 0 } },
	{ "variables that double", variables_that_double, { "list" } },
	{ "variables in a chain", variables_in_a_chain, { "list" } },
	{ "variables that are long", variables_that_are_long, { "list" } },
	{ "variables of many sources", variables_of_many_sources, { "list" } },
	{ "pollers and checkouts", pollers_and_checkouts, { "list" } },
	{ "pollers of one volume", pollers_of_one_volume, { "list" } },
	{ "clones and git-syncs", clones_and_git_syncs, { "list" } },
	{ "words of a clone", words_of_a_clone, { "list" } },
	{ "refs in an annotation", refs_in_an_annotation, { "list" } },
	{ "commas in an annotation", commas_in_an_annotation, { "list" } },
	{ "script of clones", script_of_clones, { "list" } },
	{ "script of branches", script_of_branches, { "list" } },
	{ "script of subshells", script_of_subshells, { "list" } },
	{ "script of here-documents", script_of_here_documents, { "list" } },
	{ "script of open quotes", script_of_open_quotes, { "list" } },
	{ "many small scripts", many_small_scripts, { "list" } },
};

const struct attack *attack_table(size_t *count)
{
	*count = sizeof table / sizeof table[0];
	return table;
}
