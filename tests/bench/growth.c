/* SPDX-License-Identifier: Apache-2.0 */
/*
 * growth: ten times the input may take at most eleven times as long.
 *
 *     growth CASE ROLLSTAMP EMPTY
 *
 * Times are net of the empty program. rollstamp's own start is then still in both, which is kind to it: the ratio
 * without it is printed too. Exit status 1 above the limit. The case "large", from 50 to 500 MB, is skipped unless slow ones
 * are asked for (see measure_may_be_slow).
 */
#include "input.h"
#include "measure.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TIMES = 10 };

static const double limit = 11;

static const struct growth {
	const char *name;
	const char *profile;
	size_t small; /* the large one is TIMES that */
	size_t rounds;
	const char *option; /* NULL: none */
	bool is_slow;
} cases[] = {
	{ "many", "many", 1000, 15, NULL },
	{ "containers", "containers", 100, 61, NULL },
	{ "containers-env", "containers", 100, 61, "--inject=both" },
	{ "keys", "keys", 10000, 25, NULL },
	{ "large", "workloads", 50000000, 3, NULL, .is_slow = true },
};

static int judge(const struct growth *growth, const struct input *small, const struct input *large,
		 const struct series *series)
{
	double little = measure_summary(&series[0]).median;
	double much = measure_summary(&series[1]).median;
	double nothing = measure_summary(&series[2]).median;
	double empty = measure_summary(&series[3]).median;

	printf("growth %s: %zu (%.2f MB) to %zu (%.2f MB); %s, median of %zu\n", growth->name, growth->small,
	       (double)small->facts.bytes / 1e6, growth->small * TIMES, (double)large->facts.bytes / 1e6,
	       measure_clock(), growth->rounds);
	printf("  %.2f ms to %.2f ms; empty input %.2f ms, empty program %.2f ms\n", little, much, nothing, empty);
	if (little <= empty) {
		fprintf(stderr, "the small input takes no longer than an empty program: this machine is too noisy\n");
		return 1;
	}
	double ratio = (much - empty) / (little - empty);
	bool good = ratio <= limit;
	printf("  ratio %.2f, limit %.0f: %s", ratio, limit, good ? "good" : "TOO SLOW");
	if (little > nothing)
		printf(" (without rollstamp's own start %.2f)", (much - nothing) / (little - nothing));
	printf("\n");
	return good ? 0 : 1;
}

static int run(const struct growth *growth, const char *rollstamp, const char *empty, const struct input *small,
	       const struct input *large, int nothing)
{
	const char *const argv[] = { rollstamp, growth->option, NULL };
	const struct program programs[] = {
		{ .name = "rollstamp", .argv = argv, .input = small->fd },
		{ .name = "rollstamp", .argv = argv, .input = large->fd },
		{ .name = "rollstamp", .argv = argv, .input = nothing },
		{ .name = "empty", .argv = (const char *const[]){ empty, NULL }, .input = nothing },
	};
	static struct series series[4];

	if (!input_is_stamped_by(small, argv) || !input_is_stamped_by(large, argv))
		return 1;
	return measure_in_turns(programs, 4, MEASURE_FILE, growth->rounds, series) ? judge(growth, small, large, series)
										   : 1;
}

int main(int argc, char **argv)
{
	const struct growth *growth = NULL;
	for (size_t i = 0; argc == 4 && i < sizeof cases / sizeof cases[0]; i++)
		if (strcmp(argv[1], cases[i].name) == 0)
			growth = &cases[i];
	if (growth == NULL) {
		fprintf(stderr, "usage: growth many|containers|containers-env|keys|large ROLLSTAMP EMPTY\n");
		return 2;
	}
	if (growth->is_slow && !measure_may_be_slow())
		return 77;
	int status = measure_prepare(argv[3]);
	if (status != 0)
		return status;

	struct input small, large;
	if (!input_make(&small, growth->profile, growth->small))
		return 1;
	status = 1;
	if (input_make(&large, growth->profile, growth->small * TIMES)) {
		int nothing = input_nameless();
		if (nothing >= 0) {
			status = run(growth, argv[2], argv[3], &small, &large, nothing);
			if (close(nothing) != 0) {
				perror("cannot close input");
				status = 1;
			}
		}
		if (!input_release(&large))
			status = 1;
	}
	if (!input_release(&small))
		status = 1;
	return status;
}
