/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include "base/os.h"
#include "base/pages.h"

#include <stdarg.h>
#include <stddef.h>
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

/* Of an arena into which much goes: when it holds so much, a huge page costs less than the faults of small ones. */
#define SMALL_BLOCKS ((size_t)384 * 1024)

/* Elements of an array up to which each moves it, with AddressSanitizer. */
#define MOVES 32

/* Not that of max_align_t, for long double alone: it would be a tenth of all memory. */
#define ALIGNMENT _Alignof(long long)

struct arena_block {
	struct arena_block *older, *newer;
	size_t size;
	size_t pages;  /* the size of its reservation, or 0 if it is malloc's */
	void *adopted; /* or that of what it stands for, which was taken over; or NULL */
	bool is_part;  /* lies in what was taken over */
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

/* Makes `block` the newest one. */
static void put_in_front(struct arena *arena, struct arena_block *block)
{
	block->newer = NULL;
	block->older = arena->blocks;
	if (block->older)
		block->older->newer = block;
	arena->blocks = block;
}

/* The newest block stays that, because it still has room. */
static void put_behind_newest(const struct arena *arena, struct arena_block *block)
{
	block->newer = arena->blocks;
	block->older = arena->blocks->older;
	if (block->older)
		block->older->newer = block;
	arena->blocks->older = block;
}

static void use_block(struct arena *arena, struct arena_block *block)
{
	put_in_front(arena, block);
	arena->next = block->bytes;
	arena->left = block->size;
}

static void free_block(struct arena_block *block)
{
	struct arena_block *header = block->adopted ? block : NULL;
	void *memory = header ? block->adopted : block;

	if (block->pages > 0)
		pages_release(memory, block->pages);
	else
		free(memory);
	free(header);
}

/*
 * The one block that is kept for what comes next, which will be small: a huge page would stay for the whole run because of
 * one large document, and what needs one again is much slower than getting it.
 */
static struct arena_block *choose_block(const struct arena *arena)
{
	for (struct arena_block *block = arena->blocks; block && !MALLOC_EACH; block = block->older)
		if (block->size == FIRST_BLOCK && !block->adopted)
			return block;
	return NULL;
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

/* Does arena_alloc give `size` bytes a block of their own? */
static bool is_large(size_t size)
{
	return MALLOC_EACH || size > FIRST_BLOCK;
}

static struct arena_block *new_block(size_t size)
{
	struct arena_block *block;

	/* Not malloc and memset for a large one: its pages are zeroes already. */
	if (size > SIZE_MAX - sizeof(*block) ||
	    !(block = is_large(size) ? calloc(1, sizeof(*block) + size) : malloc(sizeof(*block) + size)))
		arena_out_of_memory();
	block->size = size;
	block->pages = 0;
	block->adopted = NULL;
	block->is_part = false;
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

/* How many bytes behind `at` the next multiple of `step` is, a power of two. */
static size_t distance(const char *at, size_t step)
{
	return -(uintptr_t)at & (step - 1);
}

/* In what was taken over, if there is still room; else NULL. */
static struct arena_block *take_part(struct arena *arena, size_t size)
{
	size_t padding = distance(arena->next, _Alignof(struct arena_block));
	struct arena_block *block;

	if (!arena->blocks || !arena->blocks->adopted || arena->left < padding + sizeof(*block) ||
	    arena->left - padding - sizeof(*block) < size)
		return NULL;
	block = (struct arena_block *)(arena->next + padding);
	*block = (struct arena_block){ .size = size, .is_part = true };
	memset(block->bytes, 0, size);
	arena->next += padding + sizeof(*block) + size;
	arena->left -= padding + sizeof(*block) + size;
	return block;
}

/* What an allocation of `size` bytes takes. */
static size_t rounded(size_t size)
{
	if (size > SIZE_MAX - ALIGNMENT)
		arena_out_of_memory();
	if (size == 0)
		size = 1;
	return MALLOC_EACH ? size : (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/*
 * `size` bytes of zeroes, the first `soon` of which are about to be written, in a block of their own. It goes behind the
 * newest one, which may still have room.
 */
static void *take_large(struct arena *arena, size_t size, size_t soon)
{
	struct arena_block *block = take_part(arena, size);

	if (block)
		return block->bytes;
	hold(arena, size);
	block = new_block(size);
	if (!MALLOC_EACH)
		os_populate(block, sizeof(*block) + soon);
	if (arena->blocks)
		put_behind_newest(arena, block);
	else
		put_in_front(arena, block);
	return block->bytes;
}

/* Memory for `size` bytes with garbage in it. */
static void *take(struct arena *arena, size_t size)
{
	struct arena_block *block;
	char *taken;

	if (size > arena->left) {
		if (is_large(size))
			return take_large(arena, size, size);
		block = arena->held >= SMALL_BLOCKS && arena->expects_much ? new_huge_block() : new_block(FIRST_BLOCK);
		if (arena->held > 0 && block->pages == 0)
			os_populate(block, sizeof(*block) + block->size);
		hold(arena, block->size);
		use_block(arena, block);
	}
	taken = arena->next;
	arena->next += size;
	arena->left -= size;
	return taken;
}

/* `size` bytes of zeroes; see take_large. */
static void *allocate(struct arena *arena, size_t size, size_t soon)
{
	size_t taken = rounded(size);

	return is_large(taken) ? take_large(arena, taken, soon) : memset(take(arena, taken), 0, taken);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return allocate(arena, size, size);
}

static size_t array_size(size_t count, size_t size)
{
	if (size > 0 && count > SIZE_MAX / size)
		arena_out_of_memory();
	return count * size;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	return arena_alloc(arena, array_size(count, size));
}

struct str arena_dup(struct arena *arena, struct str text)
{
	char *copy = take(arena, rounded(text.len + 1));

	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return (struct str){ .ptr = copy, .len = text.len };
}

struct str arena_lower(struct arena *arena, struct str text)
{
	char *to = arena_alloc(arena, text.len + 1);

	for (size_t i = 0; i < text.len; i++)
		to[i] = str_lower(text.ptr[i]);
	return (struct str){ .ptr = to, .len = text.len };
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

void arena_drop(struct arena *arena, void *bytes, size_t size)
{
	struct arena_block *block;

	if (!bytes || !is_large(rounded(size)))
		return;
	block = (struct arena_block *)((char *)bytes - offsetof(struct arena_block, bytes));
	if (block->is_part)
		return;
	*(block->newer ? &block->newer->older : &arena->blocks) = block->older;
	if (block->older)
		block->older->newer = block->newer;
	arena->held -= block->size;
	free(block);
}

void arena_adopt(struct arena *arena, void *memory, size_t used, size_t pages)
{
	struct arena_block *block = malloc(sizeof(*block));
	char *rest = (char *)memory + used;
	size_t room = 0;

	if (!block)
		arena_out_of_memory();
	*block = (struct arena_block){ .adopted = memory, .pages = pages };
	rest += distance(rest, ALIGNMENT);
	if (rest < (char *)memory + pages && !MALLOC_EACH)
		room = distance(rest, PAGES_HUGE);
	if (arena->blocks && room <= arena->left) {
		put_behind_newest(arena, block);
		return;
	}
	hold(arena, room);
	block->size = room;
	put_in_front(arena, block);
	arena->next = rest;
	arena->left = room;
}

/* With AddressSanitizer a short array moves with every element, so that an address of one that is kept shows. */
static size_t next_room(size_t room)
{
	if (MALLOC_EACH && room < MOVES)
		return room + 1;
	return room > 0 ? room * 2 : 4;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t *room, size_t size)
{
	size_t before = *room;
	void *larger;

	if (count < before)
		return items;
	*room = next_room(before);
	/* Maybe it never has more than this. */
	larger = allocate(arena, array_size(*room, size), count * size);
	if (count > 0)
		memcpy(larger, items, count * size);
	arena_drop(arena, items, before * size);
	return larger;
}
