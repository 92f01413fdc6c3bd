#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

size_t sort_unique(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	char *at = items;
	size_t kept = 0;

	if (count > 0)
		qsort(items, count, size, compare);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && compare(at + (kept - 1) * size, at + i * size) == 0)
			continue;
		if (kept != i)
			memcpy(at + kept * size, at + i * size, size);
		kept++;
	}
	return kept;
}

int sort_compare_sizes(const void *a, const void *b)
{
	size_t left = *(const size_t *)a, right = *(const size_t *)b;

	return (left > right) - (left < right);
}
