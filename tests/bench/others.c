/* SPDX-License-Identifier: Apache-2.0 */
/*
 * others: rollstamp beside cat, yq and kustomize.
 *
 *     others ROLLSTAMP EVENTS EMPTY CAT DIRECTORY
 *
 * DIRECTORY has the programs yq (version 4) and kustomize, as tests/real/build makes them. All write to a pipe and, but
 * for kustomize, which has its input in a file, read from one. Prints a table in Markdown: CPU time of whole processes net
 * of EMPTY, as a multiple of that of libyaml's bare event loop; medians, in turns. Exit status 77, with a reason, where
 * the programs are not there; 1 when one of them fails.
 */
#include "input.h"
#include "measure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Few, since the slowest programs take a second. */
enum { ROUNDS = 7, PROGRAMS = 6 };

static const struct row {
	const char *profile;
	size_t number;
	const char *what;
} rows[] = {
	{ "only-crds", 0, "only CRDs" },
	{ "crds", 0, "CRDs and some workloads" },
	{ "dashboards", 0, "ConfigMaps with dashboards and some workloads" },
	/* kustomize's time grows with the square of their number. */
	{ "deployments", 200, "200 small Deployments, each stamped" },
};

static bool write_file(const char *directory, const char *name, const char *text)
{
	char path[4096];
	(void)snprintf(path, sizeof path, "%s/%s", directory, name);
	FILE *file = fopen(path, "w");
	bool good = file != NULL && fputs(text, file) >= 0;
	if (file != NULL && fclose(file) != 0)
		good = false;
	if (!good)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	return good;
}

/* The input's bytes in a file of that name. */
static bool copy_input(int from, const char *directory, const char *name)
{
	static char buffer[65536];
	char path[4096];
	(void)snprintf(path, sizeof path, "%s/%s", directory, name);
	FILE *file = fopen(path, "w");
	bool good = file != NULL;
	ssize_t got;
	for (off_t at = 0; good && (got = pread(from, buffer, sizeof buffer, at)) != 0; at += got)
		good = got > 0 && fwrite(buffer, 1, (size_t)got, file) == (size_t)got;
	if (file != NULL && fclose(file) != 0)
		good = false;
	if (!good)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	return good;
}

static void remove_file(const char *directory, const char *name)
{
	char path[4096];
	(void)snprintf(path, sizeof path, "%s/%s", directory, name);
	(void)unlink(path);
}

static bool print_row(const struct row *row, const struct input *input, const struct series *series)
{
	double net[PROGRAMS], empty = measure_summary(&series[2]).median;

	for (size_t i = 0; i < PROGRAMS; i++)
		net[i] = measure_summary(&series[i]).median - empty;
	if (net[1] <= 0) {
		fprintf(stderr, "the event loop takes no longer than an empty program: this machine is too noisy\n");
		return false;
	}
	printf("| %s, %.2f MB | %.2f | **%.2f** | %.1f | %.0f |\n", row->what, (double)input->facts.bytes / 1e6,
	       net[3] / net[1], net[0] / net[1], net[4] / net[1], net[5] / net[1]);
	return fflush(stdout) == 0;
}

static bool measure_row(const struct row *row, char **argv, const char *directory)
{
	struct input input;
	char bytes[32], yq[4096], kustomize[4096];

	if (!input_make(&input, row->profile, row->number))
		return false;
	(void)snprintf(bytes, sizeof bytes, "%zu", input.facts.bytes);
	(void)snprintf(yq, sizeof yq, "%s/yq", argv[5]);
	(void)snprintf(kustomize, sizeof kustomize, "%s/kustomize", argv[5]);
	/* The others lay text out anew, and drop comments. */
	const struct program programs[PROGRAMS] = {
		{ .name = "rollstamp",
		  .argv = (const char *const[]){ argv[1], NULL },
		  .input = input.fd,
		  .least = input.facts.bytes },
		{ .name = "events",
		  .argv = (const char *const[]){ argv[2], bytes, NULL },
		  .input = input.fd,
		  .least = 1 },
		{ .name = "empty", .argv = (const char *const[]){ argv[3], NULL }, .input = input.fd },
		{ .name = "cat",
		  .argv = (const char *const[]){ argv[4], NULL },
		  .input = input.fd,
		  .least = input.facts.bytes },
		{ .name = "yq",
		  .argv = (const char *const[]){ yq, ".", NULL },
		  .input = input.fd,
		  .least = input.facts.bytes / 2 },
		{ .name = "kustomize",
		  .argv = (const char *const[]){ kustomize, "build", directory, NULL },
		  .input = input.fd,
		  .least = input.facts.bytes / 2 },
	};
	static struct series series[PROGRAMS];
	bool good = input_is_stamped_by(&input, programs[0].argv) && copy_input(input.fd, directory, "input.yaml") &&
		    measure_in_turns(programs, PROGRAMS, MEASURE_PIPES, ROUNDS, series) &&
		    print_row(row, &input, series);
	return input_release(&input) && good;
}

static bool is_there(const char *directory, const char *name)
{
	char path[4096];
	(void)snprintf(path, sizeof path, "%s/%s", directory, name);
	return access(path, X_OK) == 0;
}

int main(int argc, char **argv)
{
	char directory[] = "/tmp/bench-others-XXXXXX";

	if (argc != 6) {
		fprintf(stderr, "usage: others ROLLSTAMP EVENTS EMPTY CAT DIRECTORY\n");
		return 2;
	}
	if (!is_there(argv[5], "yq") || !is_there(argv[5], "kustomize")) {
		printf("skipped: %s has no yq and kustomize: tests/real/build makes them\n", argv[5]);
		return 77;
	}
	int status = measure_prepare(argv[3]);
	if (status != 0)
		return status;
	if (mkdtemp(directory) == NULL) {
		perror(directory);
		return 1;
	}
	printf("| input | `cat` | `rollstamp` | `yq .` | `kustomize build` |\n|---|---|---|---|---|\n");
	bool good = write_file(directory, "kustomization.yaml", "resources:\n- input.yaml\n");
	for (size_t i = 0; good && i < sizeof rows / sizeof rows[0]; i++)
		good = measure_row(&rows[i], argv, directory);
	remove_file(directory, "kustomization.yaml");
	remove_file(directory, "input.yaml");
	(void)rmdir(directory);
	return good ? 0 : 1;
}
