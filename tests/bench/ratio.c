/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ratio: how much longer rollstamp takes than libyaml's bare event loop on the same input.
 *
 *     ratio PROFILE ROLLSTAMP EVENTS EMPTY CAT
 *
 * The ratio is net: (rollstamp - empty) / (events - empty), whole processes, medians. Once from a file to /dev/null, and
 * once as Helm calls a post-renderer: fed through a pipe, and read through a pipe. Beside it stands what CAT (cat) takes,
 * by the same unit. Exit status 1 above the limit, and when a program fails or the output is shorter than the input.
 */
#include "input.h"
#include "measure.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 25, LEAST_BYTES = 500000 };

/* The limits leave room for a machine that is busy or has slow memory: what is measured on a quiet one is in README.md. */
static const struct limit {
	const char *profile;
	double limit;
	double aim;
} limits[] = {
	{ "crds", 0.20, 0.13 },        { "only-crds", 0.20, 0.14 }, { "dashboards", 0.45, 0.32 },
	{ "deployments", 0.85, 0.60 }, { "many", 0.75, 0.45 },      { "workloads", 0.75, 0.45 },
};

static void print_summary(const char *name, struct summary s)
{
	printf("  %-10s %8.2f ms  [%.2f, %.2f]\n", name, s.median, s.low, s.high);
}

static int judge(const struct limit *limit, const struct input *input, const char *form, const struct series *series)
{
	static const char *const names[] = { "rollstamp", "events", "empty", "cat" };
	struct summary summaries[4];

	printf("%s, %s: %.2f MB, %zu stamps; %s, median of %d [quartiles]\n", limit->profile, form,
	       (double)input->facts.bytes / 1e6, input->facts.stamps, measure_clock(), ROUNDS);
	for (size_t i = 0; i < 4; i++) {
		summaries[i] = measure_summary(&series[i]);
		print_summary(names[i], summaries[i]);
	}
	double empty = summaries[2].median, events = summaries[1].median - empty;
	if (events <= 0) {
		fprintf(stderr, "the event loop takes no longer than an empty program: this machine is too noisy\n");
		return 1;
	}
	double ratio = (summaries[0].median - empty) / events;
	bool good = ratio <= limit->limit;
	printf("  ratio %.3f, limit %.2f, aim %.2f, cat %.3f: %s\n", ratio, limit->limit, limit->aim,
	       (summaries[3].median - empty) / events, good ? "good" : "TOO SLOW");
	return good ? 0 : 1;
}

int main(int argc, char **argv)
{
	const struct limit *limit = NULL;
	for (size_t i = 0; argc == 6 && i < sizeof limits / sizeof limits[0]; i++)
		if (strcmp(argv[1], limits[i].profile) == 0)
			limit = &limits[i];
	if (limit == NULL) {
		fprintf(stderr, "usage: ratio PROFILE ROLLSTAMP EVENTS EMPTY CAT\n");
		return 2;
	}
	int status = measure_prepare(argv[4]);
	if (status != 0)
		return status;

	struct input input;
	char bytes[32];
	if (!input_make(&input, limit->profile, 0))
		return 1;
	(void)snprintf(bytes, sizeof bytes, "%zu", input.facts.bytes);
	const struct program programs[] = {
		{ .name = "rollstamp",
		  .argv = (const char *const[]){ argv[2], NULL },
		  .input = input.fd,
		  .least = input.facts.bytes },
		{ .name = "events",
		  .argv = (const char *const[]){ argv[3], bytes, NULL },
		  .input = input.fd,
		  .least = 1 },
		{ .name = "empty", .argv = (const char *const[]){ argv[4], NULL }, .input = input.fd },
		{ .name = "cat",
		  .argv = (const char *const[]){ argv[5], NULL },
		  .input = input.fd,
		  .least = input.facts.bytes },
	};
	static struct series series[4];
	if (input.facts.bytes < LEAST_BYTES) {
		fprintf(stderr, "input is too small\n");
		status = 1;
	} else if (!input_is_stamped_by(&input, programs[0].argv)) {
		status = 1;
	}
	for (enum measure_feed feed = MEASURE_FILE; status == 0 && feed <= MEASURE_PIPES; feed++) {
		if (feed == MEASURE_PIPE)
			continue;
		status = measure_in_turns(programs, 4, feed, ROUNDS, series)
				 ? judge(limit, &input, feed == MEASURE_FILE ? "file to /dev/null" : "pipe to pipe",
					 series)
				 : 1;
	}
	if (!input_release(&input))
		status = 1;
	return status;
}
