/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events: libyaml's bare event loop over stdin, the unit that rollstamp's speed is measured in.
 *
 * One parser for the whole stream, every event thrown away: nobody who uses libyaml on all of the input can be
 * faster. Prints the number of documents and of events. Exit status 1 if the input is not YAML.
 */
#include <yaml.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* libyaml asks for as much as its own buffer holds, 16 KiB: reading straight into it saves a copy. */
static int read_stdin(void *data, unsigned char *buffer, size_t size, size_t *size_read)
{
	(void)data;
	ssize_t got;
	do
		got = read(STDIN_FILENO, buffer, size);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		fprintf(stderr, "events: cannot read stdin: %s\n", strerror(errno));
		return 0;
	}
	*size_read = (size_t)got;
	return 1;
}

int main(void)
{
	yaml_parser_t parser;
	if (yaml_parser_initialize(&parser) == 0) {
		fprintf(stderr, "events: out of memory\n");
		return 1;
	}
	yaml_parser_set_input(&parser, read_stdin, NULL);
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
	if (!good)
		return 1;
	if (printf("%zu documents, %zu events\n", documents, events) < 0 || fflush(stdout) != 0) {
		fprintf(stderr, "events: cannot write: %s\n", strerror(errno));
		return 1;
	}
	return 0;
}
