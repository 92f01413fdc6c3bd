/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sort: sorting, with and without duplicates, and searching in what is sorted.
 */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stddef.h>

/*
 * qsort for lists that mostly have one item or none: `items` may be NULL if `count` is 0, and of one nothing is asked.
 */
void sort_items(void *items, size_t count, size_t size, int (*compare)(const void *, const void *));
/*
 * Sorts `count` items of `size` bytes, and keeps one of those that compare as equal. Returns how many are left, in front.
 * `items` may be NULL if `count` is 0.
 */
size_t sort_unique(void *items, size_t count, size_t size, int (*compare)(const void *, const void *));
/*
 * Where `key` would stand among `count` items of `size` bytes that `compare` has sorted: the index of the first item that is
 * not less than it, or `count`.
 */
size_t sort_lower_bound(const void *items, size_t count, size_t size, const void *key,
			int (*compare)(const void *, const void *));
/* For arrays of size_t. */
int sort_compare_sizes(const void *a, const void *b);

#endif
