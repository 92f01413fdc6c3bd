/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events: libyaml's bare event loop over stdin, the unit that rollstamp's speed is measured in.
 *
 *     events BYTES
 *
 * The input, which has at most so many bytes, is read into one buffer first. One parser for the whole stream, every event
 * thrown away: nobody who uses libyaml on all of the input can be faster. Prints the number of documents and of events. Exit status 1 if the input is not YAML.
 */
#include <yaml.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* All of stdin in one buffer that is large enough. */
static bool read_stdin(unsigned char *buffer, size_t room, size_t *length)
{
	for (*length = 0; *length < room;) {
		ssize_t got = read(STDIN_FILENO, buffer + *length, room - *length);
		if (got == 0)
			return true;
		if (got < 0 && errno != EINTR) {
			fprintf(stderr, "events: cannot read stdin: %s\n", strerror(errno));
			return false;
		}
		*length += got > 0 ? (size_t)got : 0;
	}
	fprintf(stderr, "events: more input than was said\n");
	return false;
}

int main(int argc, char **argv)
{
	/* One byte more, so that the end is seen. */
	size_t room = argc == 2 ? strtoul(argv[1], NULL, 10) + 1 : 0, length;
	unsigned char *buffer = room > 1 ? malloc(room) : NULL;
	if (buffer == NULL) {
		fprintf(stderr, "usage: events BYTES\n");
		return 2;
	}
	if (!read_stdin(buffer, room, &length))
		return 1;

	yaml_parser_t parser;
	if (yaml_parser_initialize(&parser) == 0) {
		fprintf(stderr, "events: out of memory\n");
		return 1;
	}
	yaml_parser_set_input_string(&parser, buffer, length);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);

	size_t events = 0, documents = 0;
	bool good, more = true;
	do {
		yaml_event_t event;
		good = yaml_parser_parse(&parser, &event) != 0;
		if (good) {
			events++;
			documents += event.type == YAML_DOCUMENT_START_EVENT;
			more = event.type != YAML_STREAM_END_EVENT;
			yaml_event_delete(&event);
		}
	} while (good && more);
	if (!good)
		fprintf(stderr, "events: line %zu: %s\n", parser.problem_mark.line + 1,
			parser.problem != NULL ? parser.problem : "out of memory");
	yaml_parser_delete(&parser);
	free(buffer);
	if (!good)
		return 1;
	if (printf("%zu documents, %zu events\n", documents, events) < 0 || fflush(stdout) != 0) {
		fprintf(stderr, "events: cannot write: %s\n", strerror(errno));
		return 1;
	}
	return 0;
}
