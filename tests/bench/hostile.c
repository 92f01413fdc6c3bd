/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostile: inputs that are made to be slow or large take no more than a few times what ordinary ones do.
 *
 *     hostile ROLLSTAMP EVENTS EMPTY [NAME ...]
 *
 * Of each input (attack.h): CPU time a megabyte, at most 20 times what libyaml's event loop (events.c) takes for the
 * profile `workloads` in the same run, and peak memory, at most 20 times the input and 32 MiB. The event loop is the
 * measure, and not rollstamp itself, since ordinary inputs that become faster make no other input slower. rollstamp may refuse an input (exit status 1 with a message), but
 * not end in another way. Exit status 1 if one is above a limit.
 *
 * This program never holds an input in memory: memory.c says why.
 */
#include "attack.h"
#include "input.h"
#include "measure.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 3 };

static const double most_time = 20, most_memory = 20;
static const size_t free_memory = 32 * 1024 * 1024;

/* The least time and the most memory of some runs: others on the machine make a run slower, never quicker. */
static bool measure(const struct program *program, struct sample *best)
{
	for (size_t i = 0; i < ROUNDS; i++) {
		struct sample sample;
		if (!measure_run(program, MEASURE_FILE, -1, &sample))
			return false;
		if (i == 0) {
			*best = sample;
			continue;
		}
		best->cpu = sample.cpu < best->cpu ? sample.cpu : best->cpu;
		best->wall = sample.wall < best->wall ? sample.wall : best->wall;
		best->rss = sample.rss > best->rss ? sample.rss : best->rss;
	}
	return true;
}

/* Milliseconds a megabyte. */
static double pace(const struct sample *sample, double empty, size_t bytes)
{
	double net = measure_time(sample) - empty;

	return (net > 0 ? net : 0) / ((double)bytes / 1e6);
}

static bool judge(const struct attack *attack, const struct sample *sample, size_t bytes, double empty, double events)
{
	double time = pace(sample, empty, bytes) / events;
	size_t limit = (size_t)(most_memory * (double)bytes) + free_memory;
	bool slow = time > most_time, large = sample->rss > limit;

	printf("%-34s %5.2f MB %8.2f ms %6.2f times the time, %7.2f MB of %7.2f: %s\n", attack->name,
	       (double)bytes / 1e6, measure_time(sample), time, (double)sample->rss / 1e6, (double)limit / 1e6,
	       slow    ? "TOO SLOW"
	       : large ? "TOO MUCH"
		       : "good");
	(void)fflush(stdout);
	return !slow && !large;
}

static bool run(const struct attack *attack, const char *rollstamp, double empty, double events)
{
	const char *argv[ATTACK_OPTIONS + 4] = { rollstamp, "--lock=/dev/null", "--locked" };
	struct program program = { .name = attack->name, .argv = argv, .may_refuse = true };
	struct sample sample;
	size_t bytes;

	memcpy(argv + 3, attack->options, sizeof attack->options);
	program.input = input_write(attack->write, &bytes);
	if (program.input < 0)
		return false;
	bool good = measure(&program, &sample) && judge(attack, &sample, bytes, empty, events);
	if (close(program.input) != 0) {
		perror("cannot close input");
		good = false;
	}
	return good;
}

static bool is_wanted(const char *name, char **names, int count)
{
	for (int i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return count == 0;
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: hostile ROLLSTAMP EVENTS EMPTY [NAME ...]\n");
		return 2;
	}
	int status = measure_prepare(argv[3]);
	if (status != 0)
		return status;

	struct input input;
	if (!input_make(&input, "workloads", 0))
		return 1;
	char size[24];
	(void)snprintf(size, sizeof(size), "%zu", input.facts.bytes);
	const struct program floor = { .name = "empty",
				       .argv = (const char *const[]){ argv[3], NULL },
				       .input = input.fd };
	const struct program loop = { .name = "events",
				      .argv = (const char *const[]){ argv[2], size, NULL },
				      .input = input.fd };
	const struct program program = { .name = "rollstamp",
					 .argv = (const char *const[]){ argv[1], NULL },
					 .input = input.fd };
	struct sample empty, events, ordinary;
	bool good = input_is_stamped_by(&input, program.argv) && measure(&floor, &empty) && measure(&loop, &events) &&
		    measure(&program, &ordinary);
	size_t bytes = input.facts.bytes, count, above = 0;
	if (!input_release(&input) || !good)
		return 1;

	double usual = pace(&events, measure_time(&empty), bytes);
	printf("hostile: libyaml's event loop takes %.2f ms a MB of ordinary workloads (%s), rollstamp %.2f times that; limits: "
	       "%.0f times that, and %.0f times the input and %zu MiB of memory\n",
	       usual, measure_clock(), pace(&ordinary, measure_time(&empty), bytes) / usual, most_time, most_memory,
	       free_memory >> 20);
	const struct attack *attacks = attack_table(&count);
	for (size_t i = 0; i < count; i++)
		if (is_wanted(attacks[i].name, argv + 4, argc - 4) &&
		    !run(&attacks[i], argv[1], measure_time(&empty), usual))
			above++;
	printf("%zu inputs, %zu above a limit\n", count, above);
	return above > 0;
}
