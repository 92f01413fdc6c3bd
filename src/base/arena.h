/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena: memory that is given back all at once.
 *
 * The only place that meets out-of-memory: it prints one line and ends the process with status 1, since a filter that
 * has written nothing yet loses nothing by that. Nothing in an arena has a destructor. With AddressSanitizer every
 * allocation is a malloc of its own, so that overruns show.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	char *next;                 /* free bytes of the newest block */
	size_t left;
	bool expects_much;
	size_t held; /* by its blocks */
};

/* An arena that grows above this ends the process with a sentence, before the system ends it without one. */
#define ARENA_LIMIT ((size_t)4 << 30)

/* Prints "rollstamp: out of memory" to stderr and exits with status 1. For what allocates outside an arena. */
_Noreturn void arena_out_of_memory(void);

/* An arena needs no memory until its first allocation; all-zero bytes are an empty arena. */
void arena_init(struct arena *arena);
/* Megabytes will go into it: it takes memory in large pages once it holds as much as makes them worth it. */
void arena_expect_much(struct arena *arena);
/* Frees everything in it but, for reuse, one block. */
void arena_reset(struct arena *arena);
/* Frees everything in it. */
void arena_release(struct arena *arena);

/* `size` bytes, zeroed, aligned for any type but long double, valid until the arena is reset or released. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size);
/* Room for `count` objects of `size` bytes, zeroed. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* A copy of the bytes of `text`, with a NUL behind them that is not counted. */
struct str arena_dup(struct arena *arena, struct str text);
/* A copy of the bytes of `text` with ASCII letters in lower case, and a NUL behind them that is not counted. */
struct str arena_lower(struct arena *arena, struct str text);
/* printf into the arena; the NUL at the end is not counted. */
__attribute__((format(printf, 2, 3))) struct str arena_printf(struct arena *arena, const char *format, ...);

/*
 * Makes room for one more element in a growing array in the arena: returns `items`, or a copy of it with twice the
 * room once `count` has used up `*room`. Nobody may keep an address into the old copy: a large one is freed, because old
 * copies together would be as large as the array. A small one stays in the arena. With AddressSanitizer each is freed.
 * `items` is what the last call returned, or an array of `*room` elements of this arena, or NULL.
 */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t *room, size_t size);

/*
 * An allocation of `size` bytes that nobody needs any more, or NULL: a large one goes back at once, a small one with the
 * arena.
 */
void arena_drop(struct arena *arena, void *bytes, size_t size);

/*
 * Takes over `memory`, which is malloc's or, if `pages` > 0, a reservation of that size: it is given back when the arena is
 * reset or released. Its first `used` bytes stay as they are, and do not count for ARENA_LIMIT. Of a reservation, what lies
 * behind them in the last large page that they are in may be used for what comes into the arena.
 */
void arena_adopt(struct arena *arena, void *memory, size_t used, size_t pages);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
