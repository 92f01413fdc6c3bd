/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pages.h"

#include "base/os.h"

#include <stdint.h>
#include <sys/mman.h>

void *pages_reserve_behind(size_t small, size_t size)
{
	/* More than needed, so that an aligned part can be cut out. */
	size_t total = small + size + PAGES_HUGE, before;
	char *start = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (start == MAP_FAILED)
		return NULL;
	before = (PAGES_HUGE - (((uintptr_t)start + small) & (PAGES_HUGE - 1))) & (PAGES_HUGE - 1);
	if (before > 0)
		munmap(start, before);
	munmap(start + before + small + size, total - before - small - size);
	os_use_huge_pages(start + before + small, size);
	return start + before;
}

void *pages_reserve(size_t size)
{
	return pages_reserve_behind(0, size);
}

void pages_release(void *pages, size_t size)
{
	munmap(pages, size);
}
