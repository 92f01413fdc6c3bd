/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare: how much longer `rollstamp why` takes for two renders than stamping one of them takes.
 *
 *     compare ratio PROFILE ROLLSTAMP EMPTY
 *     compare growth PROFILE ROLLSTAMP EMPTY
 *     compare growth-list PROFILE ROLLSTAMP EMPTY
 *
 * In the new render every tenth Deployment has another image, and all else is the same; with `growth-list` each, and all
 * objects of a render stand in one List. Compared are the two as charts render them, so that both sides are stamped first,
 * and as rollstamp has printed them. Times are net of the empty program. `growth` compares 500 workloads on each side with
 * ten times as many. Exit status 1 above the limit, and when why does not tell of each image.
 */
#include "input.h"
#include "measure.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 15, BYTES = 2000000, SMALL = 500, TIMES = 10, EVERY = 10 };

static const double ratio_limit = 2.5, growth_limit = 11;

/* Two renders of one chart. The old one has a name, too, as long as its descriptor is open in the child. */
struct pair {
	struct input old;
	int after;
	char name[32];
	const char *argv[5];
	size_t every; /* how many Deployments go to one with another image */
	size_t changed;
};

static FILE *stream(int fd, const char *mode)
{
	int copy = lseek(fd, 0, SEEK_SET) == 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
	FILE *file = copy < 0 ? NULL : fdopen(copy, mode);
	if (file != NULL)
		return file;
	perror("cannot open temporary file again");
	if (copy >= 0)
		(void)close(copy);
	return NULL;
}

static bool finish(FILE *file)
{
	bool good = file != NULL && ferror(file) == 0;
	if (file != NULL && fclose(file) != 0)
		good = false;
	if (!good)
		perror("cannot make the new render");
	return good;
}

/* Where the text of an image begins, if the line has one; else NULL. */
static const char *image_of(const char *line)
{
	const char *at = line + strspn(line, " -");
	if (strncmp(at, "image: ", strlen("image: ")) != 0)
		return NULL;
	at += strlen("image: ");
	return at + strspn(at, "\"'");
}

/* Copies a render; another image for the first container of one in `every` Deployments. */
static void copy(FILE *from, FILE *to, size_t every, size_t *changed)
{
	char *line = NULL;
	size_t room = 0, deployments = 0;
	bool is_due = false;

	*changed = 0;
	while (getline(&line, &room, from) > 0) {
		if (strcmp(line + strspn(line, " -"), "kind: Deployment\n") == 0)
			is_due = deployments++ % every == 0;
		const char *image = is_due ? image_of(line) : NULL;
		if (image != NULL)
			(void)fprintf(to, "%.*snext/%s", (int)(image - line), line, image);
		else
			(void)fputs(line, to);
		*changed += image != NULL;
		is_due = is_due && image == NULL;
	}
	free(line);
}

static bool make_new(struct pair *pair)
{
	FILE *from = stream(pair->old.fd, "r"), *to = stream(pair->after, "w");
	if (from != NULL && to != NULL)
		copy(from, to, pair->every, &pair->changed);
	bool good = from == NULL || fclose(from) == 0;
	return finish(to) && from != NULL && good;
}

/* Copies documents as the items of one List. */
static void copy_as_list(FILE *from, FILE *to)
{
	char *line = NULL;
	size_t room = 0;
	bool is_first = true;

	(void)fputs("apiVersion: v1\nkind: List\nitems:\n", to);
	while (getline(&line, &room, from) > 0) {
		bool separates = strcmp(line, "---\n") == 0;
		is_first = is_first || separates;
		if (separates || line[0] == '#')
			continue;
		(void)fprintf(to, "%s%s", is_first ? "- " : "  ", line);
		is_first = false;
	}
	free(line);
}

static bool make_list(struct pair *pair)
{
	int list = input_nameless();
	FILE *from = stream(pair->old.fd, "r"), *to = list < 0 ? NULL : stream(list, "w");
	if (from != NULL && to != NULL)
		copy_as_list(from, to);
	bool good = from != NULL && fclose(from) == 0;
	(void)close(pair->old.fd);
	pair->old.fd = list;
	return finish(to) && good;
}

static void set_arguments(struct pair *pair, const char *rollstamp)
{
	(void)snprintf(pair->name, sizeof pair->name, "/dev/fd/%d", pair->old.fd);
	pair->argv[0] = rollstamp;
	pair->argv[1] = "why";
	pair->argv[2] = pair->name;
	pair->argv[3] = "-";
}

/* The child must inherit the old render. */
static bool let_inherit(int fd)
{
	if (fcntl(fd, F_SETFD, 0) == 0)
		return true;
	perror("fcntl");
	return false;
}

static struct program why_of(const struct pair *pair)
{
	return (struct program){ .name = "rollstamp why", .argv = pair->argv, .input = pair->after };
}

/* Does why tell of every image that is another one? */
static bool is_told(const struct pair *pair)
{
	const struct program program = why_of(pair);
	int output = input_nameless();
	struct sample sample;
	bool good = output >= 0 && measure_run(&program, MEASURE_FILE, output, &sample);
	FILE *file = good ? stream(output, "r") : NULL;
	char *line = NULL;
	size_t room = 0, told = 0;

	while (file != NULL && getline(&line, &room, file) > 0)
		told += strstr(line, " rolls ") != NULL && strstr(line, "image of ") != NULL;
	free(line);
	good = file != NULL && fclose(file) == 0;
	if (output >= 0)
		(void)close(output);
	if (good && told == pair->changed && told > 0)
		return true;
	fprintf(stderr, "rollstamp why tells of %zu images of %zu: nothing to be measured\n", told, pair->changed);
	return false;
}

static bool make_rendered(struct pair *pair, const char *profile, size_t number, bool as_list, const char *rollstamp)
{
	pair->every = as_list ? 1 : EVERY;
	if (!input_make(&pair->old, profile, number) || (as_list && !make_list(pair)))
		return false;
	pair->after = input_nameless();
	if (pair->after < 0)
		return false;
	set_arguments(pair, rollstamp);
	return let_inherit(pair->old.fd) && make_new(pair) && is_told(pair);
}

/* What rollstamp prints of both renders of `rendered`. */
static bool make_stamped(struct pair *pair, const struct pair *rendered, const char *rollstamp)
{
	const char *const argv[] = { rollstamp, NULL };
	struct program program = { .name = "rollstamp", .argv = argv, .input = rendered->old.fd };
	struct sample sample;

	*pair = (struct pair){ .old.fd = input_nameless(), .after = input_nameless(), .changed = rendered->changed };
	if (pair->old.fd < 0 || pair->after < 0 || !measure_run(&program, MEASURE_FILE, pair->old.fd, &sample))
		return false;
	program.input = rendered->after;
	if (!measure_run(&program, MEASURE_FILE, pair->after, &sample))
		return false;
	set_arguments(pair, rollstamp);
	return let_inherit(pair->old.fd) && is_told(pair);
}

/* Times are net of `empty`. */
static int judge(const char *what, double less, double more, double empty, double limit)
{
	if (less <= empty) {
		fprintf(stderr, "it takes no longer than an empty program: this machine is too noisy\n");
		return 1;
	}
	double ratio = (more - empty) / (less - empty);
	bool good = ratio <= limit;
	printf("  %s: %.2f ms to %.2f ms, ratio %.2f, limit %.1f: %s\n", what, less, more, ratio, limit,
	       good ? "good" : "TOO SLOW");
	return good ? 0 : 1;
}

static double median(const struct series *series)
{
	return measure_summary(series).median;
}

static int run_ratio(const char *profile, const char *rollstamp, const char *empty)
{
	/* Of these profiles `number` is the size in bytes; of the others how many. */
	bool by_size = strcmp(profile, "workloads") == 0;
	static struct pair rendered, stamped;
	static struct series series[4];

	if (!make_rendered(&rendered, profile, by_size ? BYTES : 0, false, rollstamp) ||
	    !make_stamped(&stamped, &rendered, rollstamp))
		return 1;
	const struct program programs[] = {
		{ .name = "rollstamp", .argv = (const char *const[]){ rollstamp, NULL }, .input = rendered.old.fd },
		why_of(&rendered),
		why_of(&stamped),
		{ .name = "empty", .argv = (const char *const[]){ empty, NULL }, .input = rendered.old.fd },
	};
	if (!measure_in_turns(programs, 4, MEASURE_FILE, ROUNDS, series))
		return 1;
	printf("compare %s: %.2f MB, %zu workloads are other ones; stamping against comparing; %s, median of %d\n",
	       profile, (double)rendered.old.facts.bytes / 1e6, rendered.changed, measure_clock(), ROUNDS);
	double stamping = median(&series[0]), nothing = median(&series[3]);
	int status = judge("as rendered", stamping, median(&series[1]), nothing, ratio_limit);
	return judge("as stamped", stamping, median(&series[2]), nothing, ratio_limit) | status;
}

static int run_growth(const char *profile, bool as_list, const char *rollstamp, const char *empty)
{
	static struct pair rendered[2], stamped[2];
	static struct series series[5];

	for (size_t i = 0; i < 2; i++)
		if (!make_rendered(&rendered[i], profile, i == 0 ? SMALL : SMALL * TIMES, as_list, rollstamp) ||
		    !make_stamped(&stamped[i], &rendered[i], rollstamp))
			return 1;
	const struct program programs[] = {
		why_of(&rendered[0]),
		why_of(&rendered[1]),
		why_of(&stamped[0]),
		why_of(&stamped[1]),
		{ .name = "empty", .argv = (const char *const[]){ empty, NULL }, .input = rendered[0].old.fd },
	};
	if (!measure_in_turns(programs, 5, MEASURE_FILE, ROUNDS, series))
		return 1;
	printf("compare growth of %s%s: %d (%.2f MB) to %d (%.2f MB); %s, median of %d\n", profile,
	       as_list ? " in a List" : "", SMALL, (double)rendered[0].old.facts.bytes / 1e6, SMALL * TIMES,
	       (double)rendered[1].old.facts.bytes / 1e6, measure_clock(), ROUNDS);
	double nothing = median(&series[4]);
	int status = judge("as rendered", median(&series[0]), median(&series[1]), nothing, growth_limit);
	return judge("as stamped", median(&series[2]), median(&series[3]), nothing, growth_limit) | status;
}

int main(int argc, char **argv)
{
	bool is_list = argc == 5 && strcmp(argv[1], "growth-list") == 0;
	bool is_growth = is_list || (argc == 5 && strcmp(argv[1], "growth") == 0);

	if (argc != 5 || (!is_growth && strcmp(argv[1], "ratio") != 0)) {
		fprintf(stderr, "usage: compare ratio|growth|growth-list PROFILE ROLLSTAMP EMPTY\n");
		return 2;
	}
	int status = measure_prepare(argv[4]);
	if (status != 0)
		return status;
	return is_growth ? run_growth(argv[2], is_list, argv[3], argv[4]) : run_ratio(argv[2], argv[3], argv[4]);
}
