/* SPDX-License-Identifier: Apache-2.0 */
#include "deployment.h"

#include <stdio.h>

enum configmap_sort use_sort(enum use_how how)
{
	return how == USE_ENV_FROM || how == USE_KEYS ? CONFIGMAP_SETTINGS : CONFIGMAP_FILES;
}

/* What is being written: every part below needs all of it. */
struct pod {
	struct out *out;
	struct prng *prng;
	const struct object *object;
	const struct use *uses;
	size_t uses_count;
	size_t dash; /* how far a list's dashes stand right of its key: 0 or 2 */
};

/* Entries of `env` that read single keys: a third of the ConfigMap's, at least one. */
static void key_variables(const struct pod *t, size_t column)
{
	for (size_t u = 0; u < t->uses_count; u++) {
		const struct use *use = &t->uses[u];
		if (use->how != USE_KEYS)
			continue;
		for (size_t i = 0; i < use->keys; i += 3) {
			char key[WORDS_NAME];
			configmap_key(CONFIGMAP_SETTINGS, i, key);
			out_line(t->out, column, "- name: U%zu_%s", u, key);
			out_line(t->out, column, "  valueFrom:");
			out_line(t->out, column, "    configMapKeyRef:");
			out_line(t->out, column, "      name: %s", use->configmap);
			out_line(t->out, column, "      key: %s", key);
			if (prng_chance(t->prng, 10))
				out_line(t->out, column, "      optional: true");
		}
	}
}

static void plain_variables(const struct pod *t, size_t column, size_t count)
{
	struct prng *p = t->prng;
	for (size_t i = 0; i < count; i++) {
		char name[WORDS_NAME];
		words_variable(i + 500, name);
		out_line(t->out, column, "- name: %s", name);
		switch (prng_between(p, 0, 6)) {
		case 0:
			out_line(t->out, column, "  valueFrom:");
			out_line(t->out, column, "    fieldRef:");
			out_line(t->out, column, "      fieldPath: metadata.labels['app.kubernetes.io/name']");
			break;
		case 1:
			words_line(t->out, p, column, "  value: \"@[0-99999]\"");
			break;
		case 2:
			words_line(t->out, p, column, "  value: http://@w.@w.svc:@[80-9999]");
			break;
		case 3:
			out_text(t->out, "%*s  value: '", (int)column, "");
			words_prose(t->out, p, prng_between(p, 2, 8), 0);
			out_text(t->out, "'\n");
			break;
		default:
			words_line(t->out, p, column, "  value: @w");
			break;
		}
	}
}

static void probe(const struct pod *t, size_t column, const char *name)
{
	out_line(t->out, column, "%s:", name);
	out_line(t->out, column + 2, "httpGet:");
	words_line(t->out, t->prng, column + 4, "path: /@w");
	out_line(t->out, column + 4, "port: http");
	words_line(t->out, t->prng, column + 2, "initialDelaySeconds: @[1-60]");
	words_line(t->out, t->prng, column + 2, "periodSeconds: @[5-30]");
}

static void mounts(const struct pod *t, size_t column)
{
	out_line(t->out, column, "volumeMounts:");
	column += t->dash;
	out_line(t->out, column, "- mountPath: /tmp");
	out_line(t->out, column, "  name: tmp");
	for (size_t u = 0; u < t->uses_count; u++) {
		const struct use *use = &t->uses[u];
		if (use_sort(use->how) != CONFIGMAP_FILES)
			continue;
		char key[WORDS_NAME];
		configmap_key(CONFIGMAP_FILES, 0, key);
		if (use->how == USE_SUBPATH)
			out_line(t->out, column, "- mountPath: /etc/%s/%zu/%s", t->object->name, u, key);
		else
			out_line(t->out, column, "- mountPath: /etc/%s/%zu", t->object->name, u);
		out_line(t->out, column, "  name: config-%zu", u);
		if (use->how == USE_SUBPATH)
			out_line(t->out, column, "  subPath: %s", key);
		if (prng_chance(t->prng, 60))
			out_line(t->out, column, "  readOnly: true");
	}
}

static void items(const struct pod *t, size_t column, size_t keys)
{
	out_line(t->out, column, "items:");
	for (size_t i = 0; i < keys; i += 2) {
		char key[WORDS_NAME];
		configmap_key(CONFIGMAP_FILES, i, key);
		out_line(t->out, column + t->dash, "- key: %s", key);
		out_line(t->out, column + t->dash, "  path: %s", key);
	}
}

static void volumes(const struct pod *t, size_t column)
{
	out_line(t->out, column, "volumes:");
	column += t->dash;
	out_line(t->out, column, "- name: tmp");
	out_line(t->out, column, "  emptyDir: {}");
	for (size_t u = 0; u < t->uses_count; u++) {
		const struct use *use = &t->uses[u];
		if (use_sort(use->how) != CONFIGMAP_FILES)
			continue;
		out_line(t->out, column, "- name: config-%zu", u);
		if (use->how == USE_PROJECTED) {
			out_line(t->out, column, "  projected:");
			out_line(t->out, column, "    defaultMode: 0444");
			out_line(t->out, column, "    sources:");
			out_line(t->out, column + t->dash, "    - configMap:");
			out_line(t->out, column + t->dash, "        name: %s", use->configmap);
			continue;
		}
		out_line(t->out, column, "  configMap:");
		out_line(t->out, column, "    name: %s", use->configmap);
		if (use->how == USE_ITEMS)
			items(t, column + 4, use->keys);
	}
}

/* Container number `index`; the first one is the application, the others are sidecars that consume nothing. */
static void container(const struct pod *t, size_t column, size_t index)
{
	struct out *o = t->out;
	struct prng *p = t->prng;
	size_t inner = column + 2;

	if (index == 0)
		out_line(o, column, "- name: %s", t->object->name);
	else
		out_line(o, column, "- name: sidecar-%zu", index);
	words_line(o, p, inner, "image: \"registry.example.com/@w/@w:@[0-9].@[0-30].@[0-99]\"");
	out_line(o, inner, "imagePullPolicy: IfNotPresent");
	if (prng_chance(p, 40)) {
		out_line(o, inner, "args:");
		for (size_t i = prng_between(p, 1, 8); i > 0; i--)
			words_line(o, p, inner + t->dash, "- --@w-@w=@w");
	}
	if (index == 0) {
		bool begun = false;
		for (size_t u = 0; u < t->uses_count; u++) {
			if (t->uses[u].how != USE_ENV_FROM)
				continue;
			if (!begun)
				out_line(o, inner, "envFrom:");
			begun = true;
			out_line(o, inner + t->dash, "- configMapRef:");
			out_line(o, inner + t->dash, "    name: %s", t->uses[u].configmap);
		}
	}
	out_line(o, inner, "env:");
	if (index == 0)
		key_variables(t, inner + t->dash);
	plain_variables(t, inner + t->dash, prng_between(p, 2, index == 0 ? 24 : 8));
	out_line(o, inner, "ports:");
	out_line(o, inner + t->dash, "- name: http");
	out_line(o, inner + t->dash, "  containerPort: %zu", 8080 + index);
	out_line(o, inner + t->dash, "  protocol: TCP");
	probe(t, inner, "livenessProbe");
	probe(t, inner, "readinessProbe");
	out_line(o, inner, "resources:");
	out_line(o, inner + 2, "limits:");
	words_line(o, p, inner + 4, "memory: @[32-4096]Mi");
	out_line(o, inner + 2, "requests:");
	words_line(o, p, inner + 4, "cpu: @[10-2000]m");
	words_line(o, p, inner + 4, "memory: @[32-4096]Mi");
	if (prng_chance(p, 50)) {
		out_line(o, inner, "securityContext:");
		out_line(o, inner + 2, "allowPrivilegeEscalation: false");
		out_line(o, inner + 2, "capabilities:");
		out_line(o, inner + 4, "drop:");
		out_line(o, inner + 4 + t->dash, "- ALL");
		out_line(o, inner + 2, "readOnlyRootFilesystem: true");
		out_line(o, inner + 2, "runAsNonRoot: true");
	}
	if (index == 0)
		mounts(t, inner);
}

static void template_metadata(const struct pod *t)
{
	struct out *o = t->out;

	out_line(o, 4, "metadata:");
	size_t dice = prng_between(t->prng, 0, 99);
	if (dice < 47) {
		out_line(o, 6, "annotations:");
		out_line(o, 8, "prometheus.io/scrape: \"true\"");
		out_line(o, 8, "prometheus.io/port: \"9090\"");
	} else if (dice < 51) {
		out_line(o, 6, "annotations: {}");
	}
	out_line(o, 6, "labels:");
	out_line(o, 8, "app.kubernetes.io/name: %s", t->object->name);
	out_line(o, 8, "app.kubernetes.io/instance: release");
	if (prng_chance(t->prng, 30))
		words_line(o, t->prng, 8, "app.kubernetes.io/component: @w");
}

void deployment_write(struct out *o, struct prng *p, const struct object *object, const struct use *uses, size_t count)
{
	const struct pod t = {
		.out = o,
		.prng = p,
		.object = object,
		.uses = uses,
		.uses_count = count,
		.dash = prng_chance(p, 50) ? 2 : 0,
	};

	configmap_head(o, object->name, "apps/v1", "Deployment");
	configmap_metadata(o, p, object);
	out_line(o, 0, "spec:");
	words_line(o, p, 2, "replicas: @[1-5]");
	out_line(o, 2, "revisionHistoryLimit: 10");
	out_line(o, 2, "selector:");
	out_line(o, 4, "matchLabels:");
	out_line(o, 6, "app.kubernetes.io/name: %s", object->name);
	out_line(o, 6, "app.kubernetes.io/instance: release");
	out_line(o, 2, "template:");
	template_metadata(&t);
	out_line(o, 4, "spec:");
	out_line(o, 6, "serviceAccountName: %s", object->name);
	if (prng_chance(p, 25)) {
		out_line(o, 6, "initContainers:");
		out_line(o, 6 + t.dash, "- name: wait");
		out_line(o, 6 + t.dash, "  image: busybox:1.36");
		words_line(o, p, 6 + t.dash, "  command: ['sh', '-c', 'until nc -z @w 5432; do sleep 2; done']");
	}
	out_line(o, 6, "containers:");
	size_t containers = prng_chance(p, 65) ? 1 : prng_between(p, 2, 3);
	for (size_t i = 0; i < containers; i++)
		container(&t, 6 + t.dash, i);
	if (prng_chance(p, 40)) {
		out_line(o, 6, "affinity:");
		out_line(o, 8, "podAntiAffinity:");
		out_line(o, 10, "preferredDuringSchedulingIgnoredDuringExecution:");
		out_line(o, 10 + t.dash, "- weight: 100");
		out_line(o, 10 + t.dash, "  podAffinityTerm:");
		out_line(o, 10 + t.dash, "    topologyKey: kubernetes.io/hostname");
		out_line(o, 10 + t.dash, "    labelSelector:");
		out_line(o, 10 + t.dash, "      matchLabels:");
		out_line(o, 10 + t.dash, "        app.kubernetes.io/name: %s", object->name);
	}
	volumes(&t, 6);
}
