/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory: rollstamp's peak resident size, at most 2 times its input and 4 MiB.
 *
 *     memory CASE ROLLSTAMP EMPTY
 *
 * Once with the input as a file and once through a pipe. Exit status 1 above the limit.
 *
 * The tree of a workload is in memory as a whole, at 72 bytes for a key or value, and so is what is known of its containers.
 * That is nothing, as long as workloads are a few kilobytes. Two cases have one of half a megabyte, which may take 11 times
 * its text beside that: as such an input is smaller than the large page that it stands in, this is a part of it.
 *
 * The kernel's figure for a child begins with the size of the process that started it (posix_spawn shares its memory
 * until exec). This program therefore never holds an input in memory, and prints the empty program's figure, which is
 * the least that can be measured.
 */
#include "input.h"
#include "measure.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 3 };

static const struct memory {
	const char *name;
	const char *profile;
	size_t number; /* 0: the profile's own */
	bool is_slow;
} cases[] = {
	{ "stream", "stream", 0 },         { "crds", "crds", 0 },
	{ "dashboards", "dashboards", 0 }, { "workloads", "workloads", 0 },
	{ "many", "many", 10000 },         { "containers", "containers", 1000 },
	{ "keys", "keys", 100000 },        { "deployments", "deployments", 0 },
	{ "only-crds", "only-crds", 0 },   { "large", "workloads", 500000000, .is_slow = true },
};

/* The largest of some runs: the kernel rounds the counters of each CPU differently. */
static bool peak(const struct program *program, enum measure_feed feed, size_t *rss)
{
	size_t most = 0;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct sample sample;
		if (!measure_run(program, feed, -1, &sample))
			return false;
		most = sample.rss > most ? sample.rss : most;
	}
	*rss = most;
	return true;
}

static int run(const char *name, const char *rollstamp, const char *empty, const struct input *input)
{
	static const char *const feeds[] = { [MEASURE_FILE] = "file", [MEASURE_PIPE] = "pipe" };

	const struct program program = { .name = "rollstamp",
					 .argv = (const char *const[]){ rollstamp, NULL },
					 .input = input->fd };
	const struct program floor = { .name = "empty",
				       .argv = (const char *const[]){ empty, NULL },
				       .input = input->fd };
	size_t least, limit = 2 * input->facts.bytes + 4 * 1024 * 1024 + 11 * input->facts.largest_workload;
	int status = 0;

	if (!input_is_stamped_by(input, program.argv) || !peak(&floor, MEASURE_FILE, &least))
		return 1;
	printf("memory %s: input %.2f MB, empty program %.2f MB\n", name, (double)input->facts.bytes / 1e6,
	       (double)least / 1e6);
	for (enum measure_feed feed = MEASURE_FILE; feed <= MEASURE_PIPE; feed++) {
		size_t rss;
		if (!peak(&program, feed, &rss))
			return 1;
		bool good = rss <= limit;
		printf("  from a %s: peak %.2f MB, limit %.2f MB, %.2f times the input: %s\n", feeds[feed],
		       (double)rss / 1e6, (double)limit / 1e6, (double)rss / (double)input->facts.bytes,
		       good ? "good" : "TOO MUCH");
		if (!good)
			status = 1;
	}
	return status;
}

int main(int argc, char **argv)
{
	const struct memory *memory = NULL;
	for (size_t i = 0; argc == 4 && i < sizeof cases / sizeof cases[0]; i++)
		if (strcmp(argv[1], cases[i].name) == 0)
			memory = &cases[i];
	if (memory == NULL) {
		fprintf(stderr,
			"usage: memory "
			"stream|crds|only-crds|dashboards|deployments|workloads|many|containers|keys|large ROLLSTAMP EMPTY\n");
		return 2;
	}
	if (memory->is_slow && !measure_may_be_slow())
		return 77;
	int status = measure_prepare(argv[3]);
	if (status != 0)
		return status;

	struct input input;
	if (!input_make(&input, memory->profile, memory->number))
		return 1;
	status = run(memory->name, argv[2], argv[3], &input);
	if (!input_release(&input))
		status = 1;
	return status;
}
