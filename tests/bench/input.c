/* SPDX-License-Identifier: Apache-2.0 */
#include "input.h"

#include "measure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int input_nameless(void)
{
	const char *directory = getenv("TMPDIR");
	char path[4096];
	int length = snprintf(path, sizeof path, "%s/bench-XXXXXX",
			      directory != NULL && *directory != '\0' ? directory : "/tmp");
	if (length < 0 || (size_t)length >= sizeof path) {
		fprintf(stderr, "TMPDIR is too long\n");
		return -1;
	}
	int fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	if (unlink(path) != 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* A stream of its own over a copy of `fd`, so that closing it leaves `fd` open. */
static FILE *stream(int fd, const char *mode)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	FILE *file = copy < 0 ? NULL : fdopen(copy, mode);
	if (file == NULL) {
		perror("cannot open temporary file again");
		if (copy >= 0)
			(void)close(copy);
	}
	return file;
}

bool input_make(struct input *input, const char *profile, size_t number)
{
	struct profile_facts facts;
	int fd = input_nameless();
	FILE *file = fd < 0 ? NULL : stream(fd, "w");
	bool good = file != NULL && profile_write(profile, number, PROFILE_SEED, file, &facts);
	if (file != NULL && fclose(file) != 0) {
		perror("cannot write input");
		good = false;
	}
	if (!good) {
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	*input = (struct input){ .fd = fd, .facts = facts };
	return true;
}

int input_write(void (*write)(struct out *o), size_t *bytes)
{
	int fd = input_nameless();
	FILE *file = fd < 0 ? NULL : stream(fd, "w");
	struct out out;
	bool good = file != NULL;
	if (good) {
		out_init(&out, file);
		write(&out);
		good = out_finish(&out);
	}
	if (file != NULL && fclose(file) != 0)
		good = false;
	if (good) {
		*bytes = out.bytes;
		return fd;
	}
	perror("cannot write input");
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

bool input_release(struct input *input)
{
	int fd = input->fd;
	input->fd = -1;
	if (close(fd) == 0)
		return true;
	perror("cannot close input");
	return false;
}

/* Line by line, so that this process stays small: `memory` says why. */
static bool count_stamps(int fd, size_t *bytes, size_t *stamps)
{
	static const char stamp[] = "configmap.rollstamp.io/";

	if (lseek(fd, 0, SEEK_SET) != 0) {
		perror("cannot read output");
		return false;
	}
	FILE *file = stream(fd, "r");
	if (file == NULL)
		return false;
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	*bytes = *stamps = 0;
	while ((length = getline(&line, &room, file)) > 0) {
		*bytes += (size_t)length;
		for (const char *at = line; (at = strstr(at, stamp)) != NULL; at += sizeof stamp - 1)
			(*stamps)++;
	}
	free(line);
	bool good = ferror(file) == 0;
	if (!good)
		perror("cannot read output");
	if (fclose(file) != 0) {
		perror("cannot close output");
		good = false;
	}
	return good;
}

bool input_is_stamped_by(const struct input *input, const char *const *argv)
{
	const struct program program = { .name = "rollstamp", .argv = argv, .input = input->fd };
	int output = input_nameless();
	if (output < 0)
		return false;

	struct sample sample;
	size_t bytes = 0, stamps = 0;
	bool good = measure_run(&program, MEASURE_FILE, output, &sample) && count_stamps(output, &bytes, &stamps);
	if (close(output) != 0) {
		perror("cannot close output");
		good = false;
	}
	if (good && (bytes < input->facts.bytes || stamps != input->facts.stamps)) {
		fprintf(stderr,
			"rollstamp made %zu bytes with %zu stamps of %zu bytes that need %zu: nothing to be measured\n",
			bytes, stamps, input->facts.bytes, input->facts.stamps);
		good = false;
	}
	return good;
}
