/* SPDX-License-Identifier: Apache-2.0 */
#include "large.h"

#include "configmap.h"
#include "words.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A Deployment up to and with `containers:`; its pod template's spec goes on in column 6. */
static void head(struct out *o, const char *name)
{
	configmap_head(o, name, "apps/v1", "Deployment");
	out_line(o, 0, "metadata:");
	out_line(o, 2, "name: %s", name);
	out_line(o, 2, "labels:");
	out_line(o, 4, "app.kubernetes.io/name: %s", name);
	out_line(o, 0, "spec:");
	out_line(o, 2, "replicas: 1");
	out_line(o, 2, "selector:");
	out_line(o, 4, "matchLabels:");
	out_line(o, 6, "app.kubernetes.io/name: %s", name);
	out_line(o, 2, "template:");
	out_line(o, 4, "metadata:");
	out_line(o, 6, "labels:");
	out_line(o, 8, "app.kubernetes.io/name: %s", name);
	out_line(o, 4, "spec:");
	out_line(o, 6, "containers:");
}

static void container(struct out *o, struct prng *p, const char *name)
{
	out_line(o, 6, "- name: %s", name);
	words_line(o, p, 8, "image: registry.example.com/@w/@w:@[0-9].@[0-30].@[0-99]");
	out_line(o, 8, "resources:");
	out_line(o, 10, "limits:");
	words_line(o, p, 12, "memory: @[32-4096]Mi");
}

/* An envFrom, or a volume, of the last container. */
static void consumer(struct out *o, bool by_env, const char *configmap)
{
	if (by_env) {
		out_line(o, 8, "envFrom:");
		out_line(o, 8, "- configMapRef:");
		out_line(o, 8, "    name: %s", configmap);
		return;
	}
	out_line(o, 8, "volumeMounts:");
	out_line(o, 8, "- name: config");
	out_line(o, 8, "  mountPath: /etc/app");
	out_line(o, 6, "volumes:");
	out_line(o, 6, "- name: config");
	out_line(o, 6, "  configMap:");
	out_line(o, 6, "    name: %s", configmap);
}

struct large large_deployments(struct out *o, struct prng *p, size_t number)
{
	char name[WORDS_NAME];

	configmap_write(o, p, &(struct object){ .name = "settings" }, CONFIGMAP_SETTINGS, 10);
	for (size_t i = 0; i < number; i++) {
		(void)snprintf(name, sizeof name, "app-%zu", i);
		head(o, name);
		words_line(o, p, 6, "- name: sidecar-@w");
		words_line(o, p, 8, "image: registry.example.com/@w/@w:@[0-9].@[0-30].@[0-99]");
		out_line(o, 8, "args:");
		words_line(o, p, 8, "- --@w=@w");
		words_line(o, p, 8, "- --@w=@[1-9999]");
		container(o, p, name);
		out_line(o, 8, "ports:");
		out_line(o, 8, "- containerPort: 8080");
		out_line(o, 8, "  name: http");
		consumer(o, i % 2 == 0, "settings");
	}
	return (struct large){ .stamps = number };
}

struct large large_many(struct out *o, struct prng *p, size_t number)
{
	char name[WORDS_NAME], settings_name[WORDS_NAME];

	for (size_t i = 0; i < number; i++) {
		(void)snprintf(name, sizeof name, "settings-%zu", i);
		const struct object object = { .name = name };
		configmap_write(o, p, &object, CONFIGMAP_SETTINGS, 4);
	}
	for (size_t i = 0; i < number; i++) {
		(void)snprintf(name, sizeof name, "app-%zu", i);
		/* From the last to the first: a search that starts where the last one ended finds nothing at once. */
		size_t settings = number - 1 - i;
		head(o, name);
		container(o, p, name);
		(void)snprintf(settings_name, sizeof settings_name, "settings-%zu", settings);
		consumer(o, i % 2 == 0, settings_name);
	}
	return (struct large){ .stamps = number };
}

struct large large_containers(struct out *o, struct prng *p, size_t number)
{
	char name[WORDS_NAME];

	configmap_write(o, p, &(struct object){ .name = "settings" }, CONFIGMAP_SETTINGS, 10);
	configmap_head(o, "keys", "v1", "ConfigMap");
	out_line(o, 0, "metadata:");
	out_line(o, 2, "name: keys");
	out_line(o, 0, "data:");
	for (size_t i = 0; i < number; i++)
		words_line(o, p, 2, "KEY_%zu: @w", i);
	for (size_t i = 0; i < number; i++) {
		configmap_head(o, "file", "v1", "ConfigMap");
		out_line(o, 0, "metadata:");
		out_line(o, 2, "name: file-%zu", i);
		out_line(o, 0, "data:");
		words_line(o, p, 2, "@w.conf: @w");
	}

	size_t before = o->bytes;
	head(o, "wide");
	for (size_t i = 0; i < number; i++) {
		(void)snprintf(name, sizeof name, "container-%zu", i);
		container(o, p, name);
		out_line(o, 8, "envFrom:");
		out_line(o, 8, "- configMapRef:");
		out_line(o, 8, "    name: settings");
		out_line(o, 8, "env:");
		out_line(o, 8, "- name: LEVEL");
		words_line(o, p, 8, "  value: @w");
		out_line(o, 8, "- name: KEY");
		out_line(o, 8, "  valueFrom:");
		out_line(o, 8, "    configMapKeyRef:");
		out_line(o, 8, "      name: keys");
		out_line(o, 8, "      key: KEY_%zu", number - 1 - i);
		out_line(o, 8, "volumeMounts:");
		out_line(o, 8, "- name: volume-%zu", number - 1 - i);
		out_line(o, 8, "  mountPath: /etc/app");
	}
	out_line(o, 6, "volumes:");
	for (size_t i = 0; i < number; i++) {
		out_line(o, 6, "- name: volume-%zu", i);
		out_line(o, 6, "  configMap:");
		out_line(o, 6, "    name: file-%zu", i);
	}
	return (struct large){ .stamps = number + 2, .largest = o->bytes - before };
}

/* Key number `index`. Their order is not that of the names, and none comes twice: the factor is odd. */
static void scattered_key(size_t index, char name[WORDS_NAME])
{
	(void)snprintf(name, WORDS_NAME, "key-%08x", (unsigned)((uint32_t)index * UINT32_C(2654435761)));
}

struct large large_keys(struct out *o, struct prng *p, size_t number)
{
	char key[WORDS_NAME];

	configmap_head(o, "keys", "v1", "ConfigMap");
	out_line(o, 0, "metadata:");
	out_line(o, 2, "name: keys");
	out_line(o, 0, "data:");
	for (size_t i = 0; i < number; i++) {
		scattered_key(i, key);
		words_line(o, p, 2, "%s: @w-@w-@w", key);
	}

	head(o, "all");
	container(o, p, "all");
	out_line(o, 8, "envFrom:");
	out_line(o, 8, "- configMapRef:");
	out_line(o, 8, "    name: keys");

	size_t before = o->bytes;
	head(o, "some");
	container(o, p, "some");
	out_line(o, 8, "volumeMounts:");
	out_line(o, 8, "- name: config");
	out_line(o, 8, "  mountPath: /etc/app");
	out_line(o, 6, "volumes:");
	out_line(o, 6, "- name: config");
	out_line(o, 6, "  configMap:");
	out_line(o, 6, "    name: keys");
	out_line(o, 6, "    items:");
	for (size_t i = 0; i < number; i += 10) {
		scattered_key(number - 1 - i, key);
		out_line(o, 6, "    - key: %s", key);
		out_line(o, 6, "      path: %s", key);
	}
	return (struct large){ .stamps = 2, .largest = o->bytes - before };
}
