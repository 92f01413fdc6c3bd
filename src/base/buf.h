/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf: growable bytes for what we generate. Owns its memory; running out of it ends the process (see arena).
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/arena.h"

struct buf {
	char *ptr;
	size_t len;
	size_t room;
	size_t pages; /* the size of a reservation that it lives in, or 0 if it is malloc's */
};

/* All-zero bytes are an empty buf. */
void buf_init(struct buf *buf);
void buf_release(struct buf *buf);
/* Makes an empty buf one that can grow to `size` bytes without being moved, if the address space allows. */
void buf_init_large(struct buf *buf, size_t size);
/*
 * The same for what may stay small: only what goes behind its first `small` bytes, a multiple of 64 KiB, is in large pages.
 */
void buf_init_growing(struct buf *buf, size_t small, size_t size);
/* Makes room for `more` bytes behind the last one, without changing the contents. */
void buf_reserve(struct buf *buf, size_t more);

static inline void buf_add(struct buf *buf, struct str text)
{
	if (text.len == 0)
		return;
	if (text.len > buf->room - buf->len)
		buf_reserve(buf, text.len);
	memcpy(buf->ptr + buf->len, text.ptr, text.len);
	buf->len += text.len;
}

static inline void buf_add_cstring(struct buf *buf, const char *text)
{
	buf_add(buf, str_from(text));
}

static inline void buf_add_char(struct buf *buf, char c)
{
	buf_add(buf, (struct str){ .ptr = &c, .len = 1 });
}

/* `count` times the byte `c`. */
void buf_add_repeated(struct buf *buf, char c, size_t count);
__attribute__((format(printf, 2, 3), nonnull(1, 2))) void buf_printf(struct buf *buf, const char *format, ...);

/* What is in it, borrowed until the next change. */
struct str buf_str(const struct buf *buf);
/* What is in it, moved to `arena`: the buf is released. */
struct str buf_keep(struct buf *buf, struct arena *arena);
/* The same without a copy, for what is large: `arena` takes its memory over, until it is reset or released. */
struct str buf_hand_over(struct buf *buf, struct arena *arena);

#endif
