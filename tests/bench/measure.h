/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure: whole processes, from their start to their end, one at a time.
 *
 * Time is CPU time, user and system together, as the kernel counts it for the ended child (wait4). On a small or busy
 * machine the wall clock also shows whoever else was running; CPU time doesn't, and none of the programs here waits
 * for anything. Linux takes the sum of both from the scheduler's nanosecond clock, whatever CONFIG_HZ is; only the
 * split into user and system is an estimate. Where a kernel counts ticks instead (measure_prepare() finds out), the
 * monotonic clock is used. Both are always recorded.
 *
 * What CPU time still shows is a machine that becomes slower for a while: caches and memory shared with others, a busy
 * sibling thread, a changed frequency. Against that, programs that are compared run in turns (A B C A B C ...), medians
 * are compared, and a set of runs that scatters too much is measured again. How much that matters was tried with a
 * ratio of 1.47 beside other people's builds: where the quartiles lay within 15 % of the median it came out as 1.42 to
 * 1.57, elsewhere as anything from 0.8 to 1.9.
 *
 * Every run must end with exit status 0: a program that fails early would be a fast one.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	MEASURE_MOST = 512,  /* rounds */
	MEASURE_PROGRAMS = 6 /* that can be compared */
};

struct program {
	const char *name;        /* for messages */
	const char *const *argv; /* argv[0] is a path; ends in NULL */
	int input;               /* a file, read from its beginning in every run */
	bool may_refuse;         /* exit status 1 is as good as 0 */
	size_t least;            /* so many bytes it must write at least, where its output goes through a pipe */
};

struct sample {
	double cpu;  /* milliseconds */
	double wall; /* milliseconds */
	size_t rss;  /* peak, bytes */
	long faults; /* of pages, without reading from a disk */
};

/* Of several runs, in milliseconds: the quarter below, the median, the quarter above. */
struct summary {
	double low, median, high;
};

struct series {
	size_t count;
	double cpu[MEASURE_MOST], wall[MEASURE_MOST], faults[MEASURE_MOST];
};

/*
 * Where a child's stdin comes from, and with MEASURE_PIPES its stdout goes to: through pipes, as Helm feeds a post-renderer
 * and reads it.
 */
enum measure_feed { MEASURE_FILE, MEASURE_PIPE, MEASURE_PIPES };

/*
 * To be called first. Prepares this process's environment and signals, finds out which clock is fit, with the help of
 * `empty`, the path of a program that does nothing. Returns 0; 77, which meson takes for "skipped", when the programs
 * were built in a way that measures nothing (no optimisation, a sanitizer); 1 on failure. A message has been printed
 * then.
 */
int measure_prepare(const char *empty);

/*
 * Is ROLLSTAMP_BENCH_SLOW set in the environment? It asks for what takes minutes, which is skipped otherwise. If it is not, a
 * reason has been printed.
 */
bool measure_may_be_slow(void);

/* The clock that measure_summary() uses, as a word for the output. */
const char *measure_clock(void);

/*
 * One run; stdout goes to `output`, or to /dev/null if that is -1, or with MEASURE_PIPES to us. On failure, which includes another exit status
 * than 0 (or 1: may_refuse), false, a message on stderr, and `sample` as it was.
 */
bool measure_run(const struct program *program, enum measure_feed feed, int output, struct sample *sample)
	__attribute__((warn_unused_result));

/*
 * All programs in turns, `rounds` times after a turn that is not counted; up to five such sets, until one is quiet.
 * `series` has room for `count` results and gets the quietest set; a line on stdout says when none was quiet. False
 * and a message as soon as a run fails.
 */
bool measure_in_turns(const struct program *programs, size_t count, enum measure_feed feed, size_t rounds,
		      struct series *series) __attribute__((warn_unused_result));

/* The time of a run by the clock that is used, in milliseconds. */
double measure_time(const struct sample *sample);

struct summary measure_summary(const struct series *series);

/* The same by the wall clock, whatever clock is used. */
struct summary measure_wall(const struct series *series);

/* How many pages were touched for the first time, which no other process on the machine changes. */
struct summary measure_faults(const struct series *series);

#endif
