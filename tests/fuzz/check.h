/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: what the fuzz targets have in common.
 *
 * A target asserts properties of what the program makes of any bytes: CHECK ends the process where one does not hold,
 * which is what libFuzzer, and a test that replays a corpus, take for a failure.
 */
#ifndef FUZZ_CHECK_H
#define FUZZ_CHECK_H

#include "base/arena.h"
#include "base/err.h"

#include <stdint.h>

/* The entry point that every target defines; libFuzzer and replay.c call it. Always returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                        \
	do {                                                                    \
		if (!(condition))                                               \
			check_failed(__FILE__, __LINE__, #condition, "%s", ""); \
	} while (0)
/* The same, with a struct str that tells more. */
#define CHECK_OF(condition, text)                                                            \
	do {                                                                                 \
		if (!(condition))                                                            \
			check_failed(__FILE__, __LINE__, #condition, "%.*s", STR_ARG(text)); \
	} while (0)

/* Prints what does not hold, and what `format` tells of it, and aborts. */
__attribute__((format(printf, 4, 5))) _Noreturn void check_failed(const char *file, int line, const char *condition,
								  const char *format, ...);

/* Is it a message for people: not empty, and one line when it is printed? Fails else. */
void check_message(const struct err *err);

/* A copy of `text` in `arena` with nothing behind it, so that AddressSanitizer sees who reads on. */
struct str check_copy(struct arena *arena, struct str text);
/* All of `pieces`, one behind the other, as such a copy. */
struct str check_join(struct arena *arena, const struct str *pieces, size_t count);

/* Bytes that decide: an input of a fuzzer is read as a sequence of choices. */
struct choices {
	const uint8_t *next;
	size_t left;
};

/* The next byte, or 0 when none is left. */
unsigned choice_byte(struct choices *choices);
/* A number below `count`, which is at most 256; 0 when no byte is left. */
unsigned choice_below(struct choices *choices, unsigned count);
/* All that is left. */
struct str choice_rest(const struct choices *choices);

#endif
