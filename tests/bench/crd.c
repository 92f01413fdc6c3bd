/* SPDX-License-Identifier: Apache-2.0 */
#include "crd.h"

#include "configmap.h"
#include "words.h"

#include <ctype.h>
#include <stdio.h>

/* A description in one of the styles of the wild: literal block, folded block, plain over several lines. */
static void description(struct out *o, struct prng *p, size_t column)
{
	static const char *const styles[] = { "description: |-\n", "description: >-\n", "description: " };

	size_t style = prng_between(p, 0, 2);
	out_text(o, "%*s%s", (int)column, "", styles[style]);
	if (style < 2)
		out_text(o, "%*s", (int)column + 2, "");
	if (prng_chance(p, 2))
		out_text(o, "“quoted” – ");
	words_prose(o, p, prng_between(p, 4, 45), column + 2);
	out_text(o, "\n");
}

/* The schema of one value, written in `column`; `depth` levels may still follow. */
static void schema(struct out *o, struct prng *p, size_t column, size_t depth)
{
	description(o, p, column);
	if (depth > 0 && prng_chance(p, 21)) {
		bool list = prng_chance(p, 35);
		size_t inner = list ? column + 2 : column;
		if (list)
			out_line(o, column, "items:");
		out_line(o, inner, "properties:");
		size_t fields = prng_between(p, 2, 9);
		size_t first = prng_between(p, 0, 2000);
		for (size_t i = 0; i < fields; i++) {
			char field[WORDS_NAME];
			words_field(first + i, field);
			out_line(o, inner + 2, "%s:", field);
			schema(o, p, inner + 4, depth - 1);
		}
		if (prng_chance(p, 50)) {
			char field[WORDS_NAME];
			words_field(first, field);
			out_line(o, inner, "required:");
			out_line(o, inner, "- %s", field);
		}
		out_line(o, inner, "type: object");
		if (list)
			out_line(o, column, "type: array");
		return;
	}
	switch (prng_between(p, 0, 5)) {
	case 0:
		out_line(o, column, "format: int32");
		words_line(o, p, column, "minimum: @[0-10]");
		out_line(o, column, "type: integer");
		break;
	case 1:
		out_line(o, column, "type: boolean");
		break;
	case 2:
		out_line(o, column, "enum:");
		for (size_t i = 0; i < 3; i++)
			words_line(o, p, column, "- @w-%zu", i);
		out_line(o, column, "type: string");
		break;
	case 3:
		out_line(o, column, "additionalProperties:");
		out_line(o, column + 2, "type: string");
		out_line(o, column, "type: object");
		break;
	case 4:
		out_line(o, column, "anyOf:");
		out_line(o, column, "- type: integer");
		out_line(o, column, "- type: string");
		out_line(o, column, "pattern: ^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE])?$");
		out_line(o, column, "x-kubernetes-int-or-string: true");
		break;
	default:
		words_line(o, p, column, "maxLength: @[1-253]");
		out_line(o, column, "type: string");
		break;
	}
}

/* A top-level part of the schema: `spec` or `status`, with enough fields for a document of real size. */
static void section(struct out *o, struct prng *p, const char *name, size_t fields)
{
	out_line(o, 10, "%s:", name);
	description(o, p, 12);
	out_line(o, 12, "properties:");
	for (size_t i = 0; i < fields; i++) {
		char field[WORDS_NAME];
		words_field(i, field);
		out_line(o, 14, "%s:", field);
		schema(o, p, 16, 6);
	}
	out_line(o, 12, "type: object");
}

void crd_write(struct out *o, struct prng *p, size_t number)
{
	const char *word = words_pick(p);
	char name[WORDS_NAME];
	(void)snprintf(name, sizeof name, "%ss%zu.example.com", word, number);

	configmap_head(o, "crds", "apiextensions.k8s.io/v1", "CustomResourceDefinition");
	out_line(o, 0, "metadata:");
	out_line(o, 2, "annotations:");
	out_line(o, 4, "controller-gen.kubebuilder.io/version: v0.16.5");
	out_line(o, 2, "name: %s", name);
	out_line(o, 0, "spec:");
	out_line(o, 2, "group: example.com");
	out_line(o, 2, "names:");
	out_line(o, 4, "kind: %c%s%zu", toupper((unsigned char)word[0]), word + 1, number);
	out_line(o, 4, "listKind: %c%s%zuList", toupper((unsigned char)word[0]), word + 1, number);
	out_line(o, 4, "plural: %ss%zu", word, number);
	out_line(o, 4, "singular: %s%zu", word, number);
	out_line(o, 2, "scope: Namespaced");
	out_line(o, 2, "versions:");
	out_line(o, 2, "- name: v1");
	out_line(o, 4, "schema:");
	out_line(o, 6, "openAPIV3Schema:");
	out_line(o, 8, "properties:");
	section(o, p, "spec", prng_between(p, 3, 16));
	section(o, p, "status", prng_between(p, 1, 6));
	out_line(o, 8, "type: object");
	out_line(o, 4, "served: true");
	out_line(o, 4, "storage: true");
	out_line(o, 4, "subresources:");
	out_line(o, 6, "status: {}");
}

void crd_write_small(struct out *o, struct prng *p, size_t number)
{
	char name[WORDS_NAME];
	(void)snprintf(name, sizeof name, "%s-%zu", words_pick(p), number);
	const struct object object = { .name = name };

	switch (number % 3) {
	case 0:
		configmap_head(o, "service", "v1", "Service");
		configmap_metadata(o, p, &object);
		out_line(o, 0, "spec:");
		out_line(o, 2, "type: ClusterIP");
		out_line(o, 2, "ports:");
		words_line(o, p, 4, "- port: @[80-9999]");
		out_line(o, 4, "  targetPort: http");
		out_line(o, 4, "  protocol: TCP");
		out_line(o, 4, "  name: http");
		out_line(o, 2, "selector:");
		out_line(o, 4, "app.kubernetes.io/name: %s", name);
		break;
	case 1:
		configmap_head(o, "serviceaccount", "v1", "ServiceAccount");
		configmap_metadata(o, p, &object);
		break;
	default:
		configmap_head(o, "role", "rbac.authorization.k8s.io/v1", "Role");
		configmap_metadata(o, p, &object);
		out_line(o, 0, "rules:");
		for (size_t i = prng_between(p, 2, 12); i > 0; i--) {
			words_line(o, p, 0, "- apiGroups: [\"@w.example.com\"]");
			words_line(o, p, 0, "  resources: [@ws, @ws]");
			out_line(o, 0, "  verbs: [get, list, watch]");
		}
		break;
	}
}
