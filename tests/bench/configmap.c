/* SPDX-License-Identifier: Apache-2.0 */
#include "configmap.h"

#include <stdio.h>
#include <string.h>

void configmap_key(enum configmap_sort sort, size_t index, char name[WORDS_NAME])
{
	static const char *const suffixes[] = { "conf", "properties", "json", "yaml", "sh" };

	words_variable(index, name);
	if (sort == CONFIGMAP_SETTINGS)
		return;
	for (char *c = name; *c != '\0'; c++)
		*c = *c == '_' ? '-' : (char)(*c - 'A' + 'a');
	size_t length = strlen(name);
	(void)snprintf(name + length, WORDS_NAME - length, ".%s", suffixes[index % 5]);
}

void configmap_head(struct out *o, const char *source, const char *api_version, const char *kind)
{
	out_line(o, 0, "---");
	out_line(o, 0, "# Source: platform/templates/%s.yaml", source);
	out_line(o, 0, "apiVersion: %s", api_version);
	out_line(o, 0, "kind: %s", kind);
}

void configmap_metadata(struct out *o, struct prng *p, const struct object *object)
{
	out_line(o, 0, "metadata:");
	out_line(o, 2, "name: %s", object->name);
	if (object->ns != NULL)
		out_line(o, 2, "namespace: %s", object->ns);
	out_line(o, 2, "labels:");
	words_line(o, p, 4, "helm.sh/chart: platform-@[0-9].@[0-30].@[0-9]");
	out_line(o, 4, "app.kubernetes.io/name: %s", object->name);
	out_line(o, 4, "app.kubernetes.io/instance: release");
	if (prng_chance(p, 60))
		words_line(o, p, 4, "app.kubernetes.io/version: \"@[0-9].@[0-30].0\"");
	out_line(o, 4, "app.kubernetes.io/managed-by: Helm");
}

/* One short value, in the styles that charts use. */
static void setting(struct out *o, struct prng *p, const char *key)
{
	switch (prng_between(p, 0, 9)) {
	case 0:
	case 1:
		out_line(o, 2, "%s: \"%s\"", key, prng_chance(p, 50) ? "true" : "false");
		break;
	case 2:
		words_line(o, p, 2, "%s: \"@[1-65535]\"", key);
		break;
	case 3:
	case 4:
		words_line(o, p, 2, "%s: http://@w-@w:@[80-9999]/", key);
		break;
	case 5:
		words_line(o, p, 2, "%s: '@w'", key);
		break;
	case 6:
		out_text(o, "  %s: \"", key);
		words_prose(o, p, prng_between(p, 4, 14), 0);
		out_text(o, "\"\n");
		break;
	default:
		words_line(o, p, 2, "%s: @w-@w", key);
		break;
	}
}

/* Lines of a configuration file, at `column`. */
static void file_lines(struct out *o, struct prng *p, size_t column, size_t lines)
{
	size_t depth = 0;
	for (size_t i = 0; i < lines; i++) {
		switch (prng_between(p, 0, 11)) {
		case 0:
			out_text(o, "%*s# ", (int)(column + depth), "");
			words_prose(o, p, prng_between(p, 4, 10), 0);
			out_text(o, "\n");
			break;
		case 1:
			out_text(o, "\n");
			break;
		case 2:
			if (depth < 8) {
				words_line(o, p, column + depth, "@w @w {");
				depth += 2;
			}
			break;
		case 3:
			if (depth > 0) {
				depth -= 2;
				out_line(o, column + depth, "}");
			}
			break;
		case 4:
		case 5:
			words_line(o, p, column + depth, "@w.@w: \"@w\"");
			break;
		default:
			words_line(o, p, column + depth, "@w.@w.@w = @w:@[0-99999]");
			break;
		}
	}
	while (depth > 0) {
		depth -= 2;
		out_line(o, column + depth, "}");
	}
}

static void file(struct out *o, struct prng *p, const char *key)
{
	if (prng_chance(p, 8)) { /* what toYaml makes of a file with blanks at a line's end */
		out_text(o, "  %s: \"{\\n", key);
		for (size_t i = prng_between(p, 5, 30); i > 0; i--)
			words_text(o, p, "  \\\"@w\\\": @[0-9999], \\n");
		out_line(o, 0, "}\\n\"");
		return;
	}
	out_line(o, 2, "%s: %s", key, prng_chance(p, 70) ? "|" : "|-");
	/* The first line tells the parser how far the block is indented: it must not be blank. */
	out_line(o, 4, "# %s", key);
	file_lines(o, p, 4, prng_between(p, 10, 60));
}

void configmap_write(struct out *o, struct prng *p, const struct object *object, enum configmap_sort sort, size_t keys)
{
	/* Helm keeps a template's order; kustomize and kubectl sort the keys, and so have `data` first. */
	bool data_first = prng_chance(p, 30);

	out_line(o, 0, "---");
	out_line(o, 0, "# Source: platform/templates/%s.yaml", object->name);
	out_line(o, 0, "apiVersion: v1");
	if (!data_first) {
		out_line(o, 0, "kind: ConfigMap");
		configmap_metadata(o, p, object);
	}
	out_line(o, 0, "data:");
	for (size_t i = 0; i < keys; i++) {
		char key[WORDS_NAME];
		configmap_key(sort, i, key);
		if (sort == CONFIGMAP_SETTINGS)
			setting(o, p, key);
		else
			file(o, p, key);
	}
	if (data_first) {
		out_line(o, 0, "kind: ConfigMap");
		configmap_metadata(o, p, object);
	}
}
