/* SPDX-License-Identifier: Apache-2.0 */
#include "dashboard.h"

#include "words.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* Where JSON goes: over many lines, indented, or all on one line, as charts that minify it have it. */
struct json {
	struct out *out;
	struct prng *prng;
	bool compact;
};

/* One line of JSON, `depth` levels deep, expanded as words_line() does. The block scalar's text begins in column 4. */
static void put(const struct json *j, size_t depth, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void put(const struct json *j, size_t depth, const char *format, ...)
{
	char text[256];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	assert(length >= 0 && (size_t)length < sizeof text);
	if (j->compact)
		words_text(j->out, j->prng, "%s", text);
	else
		words_line(j->out, j->prng, 4 + 2 * depth, "%s", text);
}

static void target(const struct json *j, size_t depth, const char *comma)
{
	put(j, depth, "{");
	put(j, depth + 1, "\"datasource\": {");
	put(j, depth + 2, "\"type\": \"prometheus\",");
	put(j, depth + 2, "\"uid\": \"$datasource\"");
	put(j, depth + 1, "},");
	put(j, depth + 1,
	    "\"expr\": \"sum by (@w) (rate(@w_@w_@w_total{job=\\\"@w\\\", "
	    "namespace=~\\\"$namespace\\\"}[5m])) / @[1-1000]\",");
	put(j, depth + 1, "\"format\": \"time_series\",");
	put(j, depth + 1, "\"intervalFactor\": 2,");
	put(j, depth + 1, "\"legendFormat\": \"{{@w}} - {{@w}}\",");
	put(j, depth + 1, "\"refId\": \"%c\"", (char)('A' + prng_between(j->prng, 0, 25)));
	put(j, depth, "}%s", comma);
}

/* What newer Grafanas write for every panel: deep, and in short lines. */
static void field_config(const struct json *j)
{
	struct prng *p = j->prng;

	put(j, 3, "\"fieldConfig\": {");
	put(j, 4, "\"defaults\": {");
	put(j, 5, "\"color\": {");
	put(j, 6, "\"mode\": \"palette-classic\"");
	put(j, 5, "},");
	put(j, 5, "\"mappings\": [],");
	put(j, 5, "\"thresholds\": {");
	put(j, 6, "\"mode\": \"absolute\",");
	put(j, 6, "\"steps\": [");
	size_t steps = prng_between(p, 1, 3);
	for (size_t i = 0; i < steps; i++) {
		put(j, 7, "{");
		put(j, 8, "\"color\": \"%s\",", prng_chance(p, 50) ? "green" : "red");
		put(j, 8, "\"value\": @[0-100]");
		put(j, 7, "}%s", i + 1 == steps ? "" : ",");
	}
	put(j, 6, "]");
	put(j, 5, "},");
	put(j, 5, "\"unit\": \"%s\"", prng_chance(p, 3) ? "µs" : "short");
	put(j, 4, "},");
	put(j, 4, "\"overrides\": []");
	put(j, 3, "},");
}

static void panel(const struct json *j, size_t id, const char *comma)
{
	static const char *const flags[] = { "bars",       "dashes", "fill",       "nullPointMode",
					     "percentage", "stack",  "steppedLine" };
	struct prng *p = j->prng;

	put(j, 2, "{");
	put(j, 3, "\"aliasColors\": {},");
	put(j, 3, "\"id\": %zu,", id);
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		put(j, 3, "\"%s\": %s,", flags[i], prng_chance(p, 50) ? "true" : "false");
	field_config(j);
	put(j, 3, "\"gridPos\": {");
	put(j, 4, "\"h\": @[2-12],");
	put(j, 4, "\"w\": @[2-24],");
	put(j, 4, "\"x\": 0,");
	put(j, 4, "\"y\": %zu", id * 7);
	put(j, 3, "},");
	put(j, 3, "\"legend\": {");
	put(j, 4, "\"avg\": false,");
	put(j, 4, "\"current\": true,");
	put(j, 4, "\"show\": true");
	put(j, 3, "},");
	put(j, 3, "\"targets\": [");
	for (size_t i = prng_between(p, 1, 4); i > 0; i--)
		target(j, 4, i == 1 ? "" : ",");
	put(j, 3, "],");
	put(j, 3, "\"thresholds\": [],");
	put(j, 3, "\"title\": \"@w # @w @w\",");
	put(j, 3, "\"type\": \"graph\"");
	put(j, 2, "}%s", comma);
}

static void metadata(struct out *o, const char *name, size_t number)
{
	out_line(o, 0, "kind: ConfigMap");
	out_line(o, 0, "metadata:");
	out_line(o, 2, "name: dashboard-%s-%zu", name, number);
	out_line(o, 2, "labels:");
	out_line(o, 4, "grafana_dashboard: \"1\"");
	out_line(o, 4, "app.kubernetes.io/managed-by: Helm");
}

void dashboard_write(struct out *o, struct prng *p, size_t number)
{
	const struct json j = { .out = o, .prng = p, .compact = prng_chance(p, 12) };
	const char *name = words_pick(p);
	bool data_first = prng_chance(p, 20);

	out_line(o, 0, "---");
	out_line(o, 0, "# Source: monitoring/templates/grafana/dashboards/%s.yaml", name);
	out_line(o, 0, "apiVersion: v1");
	if (!data_first)
		metadata(o, name, number);
	out_line(o, 0, "data:");
	out_line(o, 2, "%s.json: |-", name);
	if (j.compact)
		out_text(o, "    ");
	put(&j, 0, "{");
	put(&j, 1, "\"annotations\": {\"list\": []},");
	put(&j, 1, "\"editable\": true,");
	put(&j, 1, "\"panels\": [");
	size_t panels = prng_between(p, 8, 36);
	for (size_t i = 0; i < panels; i++)
		panel(&j, i, i + 1 == panels ? "" : ",");
	put(&j, 1, "],");
	put(&j, 1, "\"schemaVersion\": 14,");
	put(&j, 1, "\"tags\": [\"@w\", \"@w\"],");
	put(&j, 1, "\"title\": \"@w / @w\",");
	put(&j, 1, "\"uid\": \"%016llx\"", (unsigned long long)prng_next(p));
	put(&j, 0, "}");
	if (j.compact)
		out_text(o, "\n");
	if (data_first)
		metadata(o, name, number);
}
