/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attack: inputs that somebody could write to make the program slow or large, 0.5 to 3 MB each.
 *
 * Each repeats one thing that ordinary manifests have little of. New ones are a function and a row of the table.
 */
#ifndef BENCH_ATTACK_H
#define BENCH_ATTACK_H

#include "out.h"

#include <stddef.h>

enum { ATTACK_OPTIONS = 4 };

struct attack {
	const char *name;
	void (*write)(struct out *o);
	const char *options[ATTACK_OPTIONS + 1]; /* of rollstamp, besides those that keep it from asking servers */
};

/* All of them. */
const struct attack *attack_table(size_t *count);

#endif
