/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start: what rollstamp costs before it has anything to do.
 *
 *     start ROLLSTAMP EMPTY
 *
 * Both on empty input, in turns, medians. Exit status 1 when rollstamp takes more than 0.15 ms longer.
 * Page faults are printed because they are most of it, and the same on a busy machine.
 */
#include "input.h"
#include "measure.h"

#include <stdio.h>
#include <unistd.h>

enum { ROUNDS = 200 };

static const double limit = 0.15; /* milliseconds */

static int judge(const struct series *series)
{
	double rollstamp = measure_summary(&series[0]).median;
	double empty = measure_summary(&series[1]).median;
	double over = rollstamp - empty;
	bool good = over <= limit;

	printf("start: empty input; %s, median of %d\n", measure_clock(), ROUNDS);
	printf("  rollstamp %.3f ms, empty %.3f ms (by the wall clock %.3f and %.3f)\n", rollstamp, empty,
	       measure_wall(&series[0]).median, measure_wall(&series[1]).median);
	printf("  page faults %.0f and %.0f\n", measure_faults(&series[0]).median, measure_faults(&series[1]).median);
	printf("  difference %.3f ms, limit %.2f ms: %s\n", over, limit, good ? "good" : "TOO SLOW");
	return good ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: start ROLLSTAMP EMPTY\n");
		return 2;
	}
	int status = measure_prepare(argv[2]);
	if (status != 0)
		return status;

	int nothing = input_nameless();
	if (nothing < 0)
		return 1;
	const struct program programs[] = {
		{ .name = "rollstamp", .argv = (const char *const[]){ argv[1], NULL }, .input = nothing },
		{ .name = "empty", .argv = (const char *const[]){ argv[2], NULL }, .input = nothing },
	};
	static struct series series[2];
	status = measure_in_turns(programs, 2, MEASURE_FILE, ROUNDS, series) ? judge(series) : 1;
	if (close(nothing) != 0) {
		perror("cannot close input");
		status = 1;
	}
	return status;
}
