#include "base/arena.h"

#include "base/pages.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define MALLOC_EACH true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MALLOC_EACH true
#endif
#endif
#ifndef MALLOC_EACH
#define MALLOC_EACH false
#endif

/* Most runs need one block of the first kind. */
#define FIRST_BLOCK ((size_t)64 * 1024)

#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
	struct arena_block *older;
	size_t size;
	size_t pages; /* the size of its reservation, or 0 if it is malloc's */
	_Alignas(max_align_t) char bytes[];
};

/* There is no one left to tell if writing fails too. */
static _Noreturn void end_with(const char *message)
{
	ssize_t ignored = write(STDERR_FILENO, message, strlen(message));

	(void)ignored;
	_exit(1);
}

void arena_out_of_memory(void)
{
	end_with("rollstamp: out of memory\n");
}

/* Counts a block of `size` bytes that is to come. */
static void hold(struct arena *arena, size_t size)
{
	if (size > ARENA_LIMIT || arena->held > ARENA_LIMIT - size)
		end_with("rollstamp: this input takes more than 4 GiB of memory: give it in smaller parts\n");
	arena->held += size;
}

void arena_init(struct arena *arena)
{
	*arena = (struct arena){ 0 };
}

void arena_expect_much(struct arena *arena)
{
	arena->expects_much = true;
}

static void use_block(struct arena *arena, struct arena_block *block)
{
	arena->blocks = block;
	arena->next = block->bytes;
	arena->left = block->size;
}

static void free_block(struct arena_block *block)
{
	if (block->pages > 0)
		pages_release(block, block->pages);
	else
		free(block);
}

/* The one block that is worth keeping for what comes next: the largest of the two common sizes. */
static struct arena_block *choose_block(const struct arena *arena)
{
	struct arena_block *chosen = NULL;

	for (struct arena_block *block = arena->blocks; block && !MALLOC_EACH; block = block->older)
		if (block->pages == PAGES_HUGE || (!chosen && block->size == FIRST_BLOCK))
			chosen = block;
	return chosen;
}

void arena_reset(struct arena *arena)
{
	struct arena_block *keep = choose_block(arena);

	for (struct arena_block *block = arena->blocks, *older; block; block = older) {
		older = block->older;
		if (block != keep)
			free_block(block);
	}
	*arena = (struct arena){ .expects_much = arena->expects_much };
	if (keep) {
		keep->older = NULL;
		arena->held = keep->size;
		use_block(arena, keep);
	}
}

void arena_release(struct arena *arena)
{
	for (struct arena_block *block = arena->blocks, *older; block; block = older) {
		older = block->older;
		free_block(block);
	}
	arena_init(arena);
}

static struct arena_block *new_block(size_t size)
{
	struct arena_block *block;

	if (size > SIZE_MAX - sizeof(*block) || !(block = malloc(sizeof(*block) + size)))
		arena_out_of_memory();
	block->size = size;
	block->pages = 0;
	return block;
}

static struct arena_block *new_huge_block(void)
{
	struct arena_block *block = pages_reserve(PAGES_HUGE);

	if (!block)
		return new_block(FIRST_BLOCK);
	block->size = PAGES_HUGE - sizeof(*block);
	block->pages = PAGES_HUGE;
	return block;
}

/* Memory for `size` bytes with garbage in it. */
static void *take(struct arena *arena, size_t size)
{
	struct arena_block *block;
	char *taken;

	if (size > SIZE_MAX - ALIGNMENT)
		arena_out_of_memory();
	if (size == 0)
		size = 1;
	if (!MALLOC_EACH)
		size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	if (size > arena->left || MALLOC_EACH) {
		if (MALLOC_EACH || size > FIRST_BLOCK) {
			hold(arena, size);
			block = new_block(size);
		} else {
			block = arena->blocks && arena->expects_much ? new_huge_block() : new_block(FIRST_BLOCK);
			hold(arena, block->size);
		}
		if (block->size == size && arena->blocks) {
			/* One of its own goes behind the current one, which still has room. */
			block->older = arena->blocks->older;
			arena->blocks->older = block;
			return block->bytes;
		}
		block->older = arena->blocks;
		use_block(arena, block);
	}
	taken = arena->next;
	arena->next += size;
	arena->left -= size;
	return taken;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	void *taken = take(arena, size);

	return size > 0 ? memset(taken, 0, size) : taken;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size > 0 && count > SIZE_MAX / size)
		arena_out_of_memory();
	return arena_alloc(arena, count * size);
}

struct str arena_dup(struct arena *arena, struct str text)
{
	char *copy = take(arena, text.len + 1);

	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return (struct str){ .ptr = copy, .len = text.len };
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	char *text = NULL;
	struct str copy;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		arena_out_of_memory();
	copy = arena_dup(arena, (struct str){ .ptr = text, .len = (size_t)length });
	free(text);
	return copy;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t *room, size_t size)
{
	void *larger;

	if (count < *room)
		return items;
	*room = *room > 0 ? *room * 2 : 4;
	larger = arena_array(arena, *room, size);
	if (count > 0)
		memcpy(larger, items, count * size);
	return larger;
}
