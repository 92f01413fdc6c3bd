/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fail-malloc: makes the n-th allocation fail, of the program or of a library.
 *
 * FAIL_MALLOC_AT is n, counted from the program's start, mmap included. FAIL_MALLOC_COUNT names a file to which the
 * number of allocations is written at the end, when none fails.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static unsigned long count, fail_at;
static bool counts;

__attribute__((constructor)) static void start(void)
{
	const char *at = getenv("FAIL_MALLOC_AT");

	fail_at = at ? strtoul(at, NULL, 10) : 0;
	counts = true;
}

__attribute__((destructor)) static void report(void)
{
	const char *path = getenv("FAIL_MALLOC_COUNT");
	FILE *file;

	counts = false;
	if (!path)
		return;
	file = fopen(path, "w");
	if (!file)
		return;
	fprintf(file, "%lu\n", count);
	fclose(file);
}

static bool fails(void)
{
	if (!counts || ++count != fail_at)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size)
{
	return fails() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
	void *fresh = memalign(alignment, size);

	if (!fresh)
		return ENOMEM;
	*memory = fresh;
	return 0;
}

void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
	long result;

	if (fails())
		return MAP_FAILED;
	result = syscall(SYS_mmap, address, size, protection, flags, fd, offset);
	return result == -1 ? MAP_FAILED : (void *)result; /* NOLINT: that is what it is */
}
