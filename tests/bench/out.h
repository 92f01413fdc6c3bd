/* SPDX-License-Identifier: Apache-2.0 */
/*
 * out: text to a FILE, line by line, counted.
 *
 * A failed write is remembered, not returned: the generators would otherwise be mostly error handling. Whoever
 * made the `struct out` asks once, at the end, with out_finish().
 */
#ifndef BENCH_OUT_H
#define BENCH_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct out {
	FILE *file; /* borrowed */
	size_t bytes;
	bool failed;
};

void out_init(struct out *o, FILE *file);

/* Text as it is. */
void out_text(struct out *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* `column` blanks, the text, a newline. */
void out_line(struct out *o, size_t column, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Flushes; false, with errno of the flush, when any write has failed. */
bool out_finish(struct out *o);

#endif
