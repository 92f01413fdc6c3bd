/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/arena.h"
#include "base/pages.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *buf)
{
	*buf = (struct buf){ 0 };
}

void buf_init_large(struct buf *buf, size_t size)
{
	size_t pages = (size + PAGES_HUGE - 1) & ~(PAGES_HUGE - 1);

	buf_init(buf);
	buf->ptr = pages_reserve(pages);
	if (buf->ptr)
		buf->pages = buf->room = pages;
}

void buf_init_growing(struct buf *buf, size_t small, size_t size)
{
	size_t pages = (size + PAGES_HUGE - 1) & ~(PAGES_HUGE - 1);

	buf_init(buf);
	buf->ptr = pages_reserve_behind(small, pages);
	if (buf->ptr)
		buf->pages = buf->room = small + pages;
}

void buf_release(struct buf *buf)
{
	if (buf->pages > 0)
		pages_release(buf->ptr, buf->pages);
	else
		free(buf->ptr);
	buf_init(buf);
}

/* From a reservation that is used up to malloc's memory. */
static char *move(const struct buf *buf, size_t room)
{
	char *larger = malloc(room);

	if (larger) {
		memcpy(larger, buf->ptr, buf->len);
		pages_release(buf->ptr, buf->pages);
	}
	return larger;
}

void buf_reserve(struct buf *buf, size_t more)
{
	size_t room = buf->room > 0 ? buf->room : 256;
	char *larger;

	if (more <= buf->room - buf->len)
		return;
	if (more > SIZE_MAX / 2 - buf->len)
		arena_out_of_memory();
	while (room < buf->len + more)
		room *= 2;
	larger = buf->pages > 0 ? move(buf, room) : realloc(buf->ptr, room);
	if (!larger)
		arena_out_of_memory();
	buf->pages = 0;
	buf->ptr = larger;
	buf->room = room;
}

void buf_add_repeated(struct buf *buf, char c, size_t count)
{
	if (count == 0)
		return;
	buf_reserve(buf, count);
	memset(buf->ptr + buf->len, c, count);
	buf->len += count;
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list arguments, again;
	int length;

	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		arena_out_of_memory();
	buf_reserve(buf, (size_t)length + 1);
	vsnprintf(buf->ptr + buf->len, (size_t)length + 1, format, again);
	va_end(again);
	buf->len += (size_t)length;
}

struct str buf_str(const struct buf *buf)
{
	return (struct str){ .ptr = buf->ptr, .len = buf->len };
}

struct str buf_keep(struct buf *buf, struct arena *arena)
{
	struct str kept = arena_dup(arena, buf_str(buf));

	buf_release(buf);
	return kept;
}

struct str buf_hand_over(struct buf *buf, struct arena *arena)
{
	struct str kept = buf_str(buf);

	if (buf->ptr)
		arena_adopt(arena, buf->ptr, buf->len, buf->pages);
	buf_init(buf);
	return kept;
}
