/* SPDX-License-Identifier: Apache-2.0 */
#include "words.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {
	"access",   "address",  "agent",    "alert",    "api",      "audit",    "backend",  "backup",   "batch",
	"broker",   "cache",    "catalog",  "cluster",  "config",   "consumer", "control",  "cookie",   "cron",
	"default",  "domain",   "endpoint", "event",    "export",   "feature",  "filter",   "frontend", "gateway",
	"handler",  "health",   "host",     "identity", "index",    "ingress",  "interval", "invoice",  "job",
	"keystore", "label",    "ledger",   "limit",    "listener", "log",      "mail",     "manager",  "metric",
	"mirror",   "monitor",  "node",     "object",   "order",    "partner",  "payment",  "peer",     "policy",
	"pool",     "port",     "profile",  "proxy",    "queue",    "quota",    "range",    "realm",    "region",
	"registry", "replica",  "report",   "request",  "retry",    "route",    "runner",   "schema",   "search",
	"secure",   "selector", "server",   "service",  "session",  "shard",    "signal",   "source",   "status",
	"storage",  "stream",   "target",   "tenant",   "timeout",  "token",    "topic",    "tracing",  "update",
	"user",     "validity", "vendor",   "version",  "volume",   "watch",    "web",      "window",   "worker",
	"zone",
};

enum { WORDS = sizeof words / sizeof words[0] };
_Static_assert(WORDS == 100, "words_field() and words_variable() count on it: 37 and 100 have no common divisor");

const char *words_pick(struct prng *p)
{
	return words[prng_between(p, 0, WORDS - 1)];
}

/* Pairs (first, second) in an order in which neighbours are not alike; 100 * 100 different ones. */
static const char *words_first(size_t index)
{
	return words[index * 37 % WORDS];
}

static const char *words_second(size_t index)
{
	return words[(index * 37 + index / WORDS + 11) % WORDS];
}

void words_field(size_t index, char name[WORDS_NAME])
{
	const char *second = words_second(index);
	(void)snprintf(name, WORDS_NAME, "%s%c%s", words_first(index), toupper((unsigned char)second[0]), second + 1);
}

void words_variable(size_t index, char name[WORDS_NAME])
{
	(void)snprintf(name, WORDS_NAME, "%s_%s", words_first(index), words_second(index));
	for (char *c = name; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
}

__attribute__((format(printf, 3, 0))) static void words_expand(struct out *o, struct prng *p, const char *format,
							       va_list arguments)
{
	char text[512];
	int length = vsnprintf(text, sizeof text, format, arguments);
	assert(length >= 0 && (size_t)length < sizeof text);

	const char *rest = text;
	for (const char *at; (at = strchr(rest, '@')) != NULL;) {
		out_text(o, "%.*s", (int)(at - rest), rest);
		rest = at + 2;
		if (at[1] == 'w') {
			out_text(o, "%s", words_pick(p));
		} else {
			char *end;
			assert(at[1] == '[');
			size_t from = strtoul(rest, &end, 10);
			assert(*end == '-');
			size_t to = strtoul(end + 1, &end, 10);
			assert(*end == ']');
			out_text(o, "%zu", prng_between(p, from, to));
			rest = end + 1;
		}
	}
	out_text(o, "%s", rest);
}

void words_text(struct out *o, struct prng *p, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	words_expand(o, p, format, arguments);
	va_end(arguments);
}

void words_line(struct out *o, struct prng *p, size_t column, const char *format, ...)
{
	out_text(o, "%*s", (int)column, "");
	va_list arguments;
	va_start(arguments, format);
	words_expand(o, p, format, arguments);
	va_end(arguments);
	out_text(o, "\n");
}

void words_prose(struct out *o, struct prng *p, size_t count, size_t column)
{
	static const char *const small[] = { "the", "of",   "a",   "is",   "to", "when",
					     "for", "that", "and", "must", "by", "in" };

	size_t width = column;
	for (size_t i = 0; i < count; i++) {
		/* Every other word is a small one, as in prose: lines then have as many words as real ones. */
		const char *word =
			i % 2 == 0 ? words_pick(p) : small[prng_between(p, 0, sizeof small / sizeof small[0] - 1)];
		if (i > 0 && column > 0 && width + strlen(word) > 78) {
			out_text(o, "\n%*s", (int)column, "");
			width = column;
		} else if (i > 0) {
			out_text(o, " ");
			width++;
		}
		out_text(o, "%s", word);
		width += strlen(word);
	}
	out_text(o, ".");
}
