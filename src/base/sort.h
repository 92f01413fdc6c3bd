/*
 * sort: qsort, without what is there twice.
 */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stddef.h>

/*
 * Sorts `count` items of `size` bytes, and keeps one of those that compare as equal. Returns how many are left, in front.
 * `items` may be NULL if `count` is 0.
 */
size_t sort_unique(void *items, size_t count, size_t size, int (*compare)(const void *, const void *));
/* For arrays of size_t. */
int sort_compare_sizes(const void *a, const void *b);

#endif
