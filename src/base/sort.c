/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

void sort_items(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	if (count > 1)
		qsort(items, count, size, compare);
}

size_t sort_unique(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	char *at = items;
	size_t kept = 0;

	sort_items(items, count, size, compare);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && compare(at + (kept - 1) * size, at + i * size) == 0)
			continue;
		if (kept != i)
			memcpy(at + kept * size, at + i * size, size);
		kept++;
	}
	return kept;
}

size_t sort_lower_bound(const void *items, size_t count, size_t size, const void *key,
			int (*compare)(const void *, const void *))
{
	const char *at = items;
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(at + middle * size, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int sort_compare_sizes(const void *a, const void *b)
{
	size_t left = *(const size_t *)a, right = *(const size_t *)b;

	return (left > right) - (left < right);
}
