/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan: the first byte of a kind, sixteen at a time.
 *
 * Each kind of byte is said twice: for one byte, and for sixteen with the compiler's vector extensions (SSE2 and NEON,
 * which every x86-64 and AArch64 has). A twin of each scan that looks at one byte after the other takes the end of a text,
 * other machines, and the other side of a test. Nothing reads behind `end`.
 */
#ifndef BASE_SCAN_H
#define BASE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum scan_kind {
	SCAN_NO_SPACE, /* anything but a space */
	SCAN_PLAIN,    /* what may end plain text of YAML: a colon, a number sign, a line feed, a tab */
	SCAN_QUOTED,   /* what may end text in double quotes: a quote, a backslash, a line feed */
	SCAN_SPECIAL,  /* what is not printable ASCII, a line feed or a tab */
	SCAN_NO_ASCII, /* what is no ASCII, NUL, and carriage returns */
};

static inline bool scan_is(enum scan_kind kind, unsigned char c)
{
	switch (kind) {
	case SCAN_NO_SPACE:
		return c != ' ';
	case SCAN_PLAIN:
		return c == ':' || c == '#' || c == '\n' || c == '\t';
	case SCAN_QUOTED:
		return c == '"' || c == '\\' || c == '\n';
	case SCAN_SPECIAL:
		return c >= 0x7f || (c < 0x20 && c != '\n' && c != '\t');
	case SCAN_NO_ASCII:
		return c >= 0x80 || c == '\0' || c == '\r';
	}
	return true;
}

/* The first byte of the kind from `at` on, or `end`; one after the other. */
static inline const char *scan_bytes(enum scan_kind kind, const char *at, const char *end)
{
	while (at < end && !scan_is(kind, (unsigned char)*at))
		at++;
	return at;
}

/*
 * The next line that does not begin with a space, from a line on that does: `at` is in that one. Returns where it begins, or
 * `end`. One byte after the other.
 */
static inline const char *scan_top_bytes(const char *at, const char *end)
{
	for (; end - at > 1; at++)
		if (*at == '\n' && at[1] != ' ')
			return at + 1;
	return end;
}

#if defined(__SSE2__) || (defined(__aarch64__) && defined(__ARM_NEON))

typedef unsigned char scan_vector __attribute__((vector_size(16)));
typedef signed char scan_signed __attribute__((vector_size(16)));

/* A mask tells which of sixteen bytes have all bits set, with a bit for each (SSE2) or four (NEON). */
#ifdef __SSE2__
#include <emmintrin.h>
static inline uint64_t scan_mask(scan_vector bytes)
{
	return (unsigned)_mm_movemask_epi8((__m128i)bytes);
}

static inline int scan_first(uint64_t mask)
{
	return __builtin_ctzll(mask);
}
#else
#include <arm_neon.h>
static inline uint64_t scan_mask(scan_vector bytes)
{
	/* Shifting pairs of bytes right and narrowing them keeps half of each. */
	uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8((uint8x16_t)bytes), 4);

	return vget_lane_u64(vreinterpret_u64_u8(narrow), 0);
}

static inline int scan_first(uint64_t mask)
{
	return __builtin_ctzll(mask) / 4;
}
#endif

/* Sixteen times scan_is: all bits of a byte are set, or none. */
static inline scan_vector scan_are(enum scan_kind kind, scan_vector v)
{
	const scan_vector zero = { 0 };

	switch (kind) {
	case SCAN_NO_SPACE:
		return (scan_vector)(v != ' ' + zero);
	case SCAN_PLAIN:
		return (scan_vector)(v == ':' + zero) | (scan_vector)(v == '#' + zero) |
		       (scan_vector)(v == '\n' + zero) | (scan_vector)(v == '\t' + zero);
	case SCAN_QUOTED:
		return (scan_vector)(v == '"' + zero) | (scan_vector)(v == '\\' + zero) |
		       (scan_vector)(v == '\n' + zero);
	case SCAN_SPECIAL:
		/* With a sign, what is no ASCII is less than every other byte; unsigned bytes take SSE2 longer. */
		return ((scan_vector)((scan_signed)v < (scan_signed)(0x20 + zero)) &
			~((scan_vector)(v == '\n' + zero) | (scan_vector)(v == '\t' + zero))) |
		       (scan_vector)(v == 0x7f + zero);
	case SCAN_NO_ASCII:
		return (scan_vector)((scan_signed)v < (scan_signed)(1 + zero)) | (scan_vector)(v == '\r' + zero);
	}
	return ~zero;
}

/* Which of the sixteen bytes at `at` are of the kind. */
static inline scan_vector scan_are_at(enum scan_kind kind, const char *at)
{
	scan_vector v;

	memcpy(&v, at, sizeof(v));
	return scan_are(kind, v);
}

static inline const char *scan_find(enum scan_kind kind, const char *at, const char *end)
{
	for (; end - at >= 16; at += 16) {
		uint64_t mask = scan_mask(scan_are_at(kind, at));

		if (mask != 0)
			return at + scan_first(mask);
	}
	return scan_bytes(kind, at, end);
}

/* The same as scan_find, faster where a kind is rare. */
static inline const char *scan_find_rare(enum scan_kind kind, const char *at, const char *end)
{
	for (; end - at >= 64; at += 64)
		if (scan_mask(scan_are_at(kind, at) | scan_are_at(kind, at + 16) | scan_are_at(kind, at + 32) |
			      scan_are_at(kind, at + 48)) != 0)
			break;
	return scan_find(kind, at, end);
}

/* Which of sixteen bytes are line feeds with something else than a space behind them. Looks at seventeen. */
static inline scan_vector scan_are_tops(const char *at)
{
	const scan_vector zero = { 0 };
	scan_vector here, next;

	memcpy(&here, at, sizeof(here));
	memcpy(&next, at + 1, sizeof(next));
	return (scan_vector)(here == '\n' + zero) & (scan_vector)(next != ' ' + zero);
}

/* The same as scan_top_bytes. */
static inline const char *scan_top(const char *at, const char *end)
{
	for (; end - at > 32; at += 32) {
		scan_vector first = scan_are_tops(at), second = scan_are_tops(at + 16);

		if (scan_mask(first | second) != 0)
			break;
	}
	for (; end - at > 16; at += 16) {
		uint64_t tops = scan_mask(scan_are_tops(at));

		if (tops != 0)
			return at + scan_first(tops) + 1;
	}
	return scan_top_bytes(at, end);
}

#else

static inline const char *scan_top(const char *at, const char *end)
{
	return scan_top_bytes(at, end);
}

static inline const char *scan_find(enum scan_kind kind, const char *at, const char *end)
{
	return scan_bytes(kind, at, end);
}

static inline const char *scan_find_rare(enum scan_kind kind, const char *at, const char *end)
{
	return scan_bytes(kind, at, end);
}

#endif

#endif
