/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ratio: how much longer rollstamp takes than libyaml's bare event loop on the same input.
 *
 *     ratio PROFILE ROLLSTAMP EVENTS EMPTY
 *
 * The ratio is net: (rollstamp - empty) / (events - empty), whole processes, medians. Exit status 1 above the limit.
 */
#include "input.h"
#include "measure.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 25, LEAST_BYTES = 2000000 };

static const struct limit {
	const char *profile;
	double limit;
	double aim; /* what a prototype reached */
} limits[] = {
	{ "crds", 0.20, 0.12 },
	{ "dashboards", 0.65, 0.43 },
	{ "workloads", 2.1, 1.5 },
};

static int judge(const struct limit *limit, const struct input *input, const struct series *series)
{
	struct summary rollstamp = measure_summary(&series[0]);
	struct summary events = measure_summary(&series[1]);
	struct summary empty = measure_summary(&series[2]);

	printf("%s: %.1f MB, %zu stamps; %s, median of %d [quartiles]\n", limit->profile,
	       (double)input->facts.bytes / 1e6, input->facts.stamps, measure_clock(), ROUNDS);
	printf("  rollstamp %8.2f ms  [%.2f, %.2f]\n", rollstamp.median, rollstamp.low, rollstamp.high);
	printf("  events    %8.2f ms  [%.2f, %.2f]\n", events.median, events.low, events.high);
	printf("  empty     %8.2f ms  [%.2f, %.2f]\n", empty.median, empty.low, empty.high);
	double net_events = events.median - empty.median;
	if (net_events <= 0) {
		fprintf(stderr, "the event loop takes no longer than an empty program: this machine is too noisy\n");
		return 1;
	}
	double ratio = (rollstamp.median - empty.median) / net_events;
	bool good = ratio <= limit->limit;
	printf("  ratio %.3f, limit %.2f, aim %.2f: %s\n", ratio, limit->limit, limit->aim, good ? "good" : "TOO SLOW");
	return good ? 0 : 1;
}

int main(int argc, char **argv)
{
	const struct limit *limit = NULL;
	for (size_t i = 0; argc == 5 && i < sizeof limits / sizeof limits[0]; i++)
		if (strcmp(argv[1], limits[i].profile) == 0)
			limit = &limits[i];
	if (limit == NULL) {
		fprintf(stderr, "usage: ratio crds|dashboards|workloads ROLLSTAMP EVENTS EMPTY\n");
		return 2;
	}
	int status = measure_prepare(argv[4]);
	if (status != 0)
		return status;

	struct input input;
	if (!input_make(&input, limit->profile, 0))
		return 1;
	const struct program programs[] = {
		{ .name = "rollstamp", .argv = (const char *const[]){ argv[2], NULL }, .input = input.fd },
		{ .name = "events", .argv = (const char *const[]){ argv[3], NULL }, .input = input.fd },
		{ .name = "empty", .argv = (const char *const[]){ argv[4], NULL }, .input = input.fd },
	};
	static struct series series[3];
	status = 1;
	if (input.facts.bytes < LEAST_BYTES)
		fprintf(stderr, "input is too small\n");
	else if (input_is_stamped_by(&input, programs[0].argv) && measure_in_turns(programs, 3, ROUNDS, series))
		status = judge(limit, &input, series);
	if (!input_release(&input))
		status = 1;
	return status;
}
