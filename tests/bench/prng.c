/* SPDX-License-Identifier: Apache-2.0 */
#include "prng.h"

#include <assert.h>

void prng_init(struct prng *p, uint64_t seed)
{
	p->state = seed;
}

uint64_t prng_next(struct prng *p)
{
	uint64_t z = (p->state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

size_t prng_between(struct prng *p, size_t from, size_t to)
{
	assert(from <= to);
	/* The remainder favours small numbers by one in 2^40 here: of no interest to a benchmark. */
	return from + (size_t)(prng_next(p) % (to - from + 1));
}

bool prng_chance(struct prng *p, unsigned percent)
{
	return prng_next(p) % 100 < percent;
}
