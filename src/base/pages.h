/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pages: large memory straight from the kernel, in huge pages where it has them.
 *
 * A page fault costs as much as parsing several lines, and a stream of megabytes needs thousands of them in pages of
 * 4 KiB. What is never touched costs nothing.
 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/* The size of a huge page on the machines that matter; elsewhere just a large size. */
#define PAGES_HUGE ((size_t)2 << 20)

/*
 * `size` bytes of zeroes, a multiple of PAGES_HUGE, aligned to it. NULL if the address space is limited or used up; the
 * caller has another way.
 */
void *pages_reserve(size_t size);
/*
 * The same, in large pages only behind the first `small` bytes, a multiple of 64 KiB: for what may turn out to be small.
 * All of it, `small` + `size` bytes, is given back at once.
 */
void *pages_reserve_behind(size_t small, size_t size);
/* Gives back all of a reservation, which had this size. */
void pages_release(void *pages, size_t size);

#endif
