/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input: a generated profile in a file that nobody has to remove, and the proof that the program under test did its
 * work on it.
 *
 * The file is in $TMPDIR or /tmp and has lost its name before anything is written to it: it goes with its descriptor,
 * even when the benchmark is killed.
 */
#ifndef BENCH_INPUT_H
#define BENCH_INPUT_H

#include "out.h"
#include "profile.h"

#include <stdbool.h>
#include <stddef.h>

struct input {
	int fd;
	struct profile_facts facts;
};

/* A nameless file, opened for reading and writing; -1 and a message on failure. */
int input_nameless(void);

/* Fills `input` with a profile and the benchmarks' seed; false and a message on failure. */
bool input_make(struct input *input, const char *profile, size_t number) __attribute__((warn_unused_result));

/* The same of what `write` writes: the descriptor of a nameless file of `*bytes` bytes; -1 and a message on failure. */
int input_write(void (*write)(struct out *o), size_t *bytes);

/* False and a message when closing fails. */
bool input_release(struct input *input) __attribute__((warn_unused_result));

/*
 * Runs `argv` on the input once and looks at its output: not shorter than the input, and with as many stamps as there
 * must be. Otherwise, and when it fails, false and a message.
 */
bool input_is_stamped_by(const struct input *input, const char *const *argv) __attribute__((warn_unused_result));

#endif
