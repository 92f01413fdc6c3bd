/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words: names and prose for generated manifests.
 *
 * Nothing here is random but what the caller's generator makes so. The returned words live for ever.
 */
#ifndef BENCH_WORDS_H
#define BENCH_WORDS_H

#include "out.h"
#include "prng.h"

#include <stddef.h>

/* Room for every name that this module and `manifests` compose, with its final NUL. */
enum { WORDS_NAME = 64 };

/* A lower-case word, fit for a part of a Kubernetes name. */
const char *words_pick(struct prng *p);

/* camelCase field name number `index` of some object: the first few thousand are different. */
void words_field(size_t index, char name[WORDS_NAME]);

/* UPPER_CASE name of environment variable number `index`: the first few thousand are different. */
void words_variable(size_t index, char name[WORDS_NAME]);

/*
 * Like out_text() and out_line(), and in the text that comes of it every `@w` becomes a word and every `@[A-B]` a
 * number of A..B, from left to right: several calls in one argument list would be evaluated in an order that each
 * compiler chooses.
 */
void words_text(struct out *o, struct prng *p, const char *format, ...) __attribute__((format(printf, 3, 4)));
void words_line(struct out *o, struct prng *p, size_t column, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * `count` words as prose, a full stop at the end, written to `o`. With `column` above 0 the text is broken after
 * about 70 characters and goes on in that column; with 0 it stays on one line. It never holds `: `, ` #` or a quote,
 * so that it may stand in a plain scalar, a quoted one or a block.
 */
void words_prose(struct out *o, struct prng *p, size_t count, size_t column);

#endif
