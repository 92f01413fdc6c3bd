/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prng: numbers that look random and are the same everywhere.
 *
 * The C library's rand() differs between libraries; inputs of a benchmark must not. This is SplitMix64
 * (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014): 64 bits of state, one
 * multiplication-xorshift chain a number, the same sequence for the same seed on every machine.
 */
#ifndef BENCH_PRNG_H
#define BENCH_PRNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prng {
	uint64_t state;
};

void prng_init(struct prng *p, uint64_t seed);

/* The next 64 bits. */
uint64_t prng_next(struct prng *p);

/* A number of from..to, both included; from must not be above to. */
size_t prng_between(struct prng *p, size_t from, size_t to);

/* True in `percent` of 100 calls. */
bool prng_chance(struct prng *p, unsigned percent);

#endif
