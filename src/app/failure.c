/* SPDX-License-Identifier: Apache-2.0 */
#include "app/failure.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/output.h"

#include <unistd.h>

/* How long the program in front of us may take to write the rest of what we don't read any more. */
#define DRAIN_MS 10000

/* False if standard output could not take it. */
static bool print(struct str text)
{
	struct err err;

	return output_write(STDOUT_FILENO, "standard output", &text, 1, &err) &&
	       output_close(STDOUT_FILENO, "standard output", &err);
}

/*
 * Helm 4 parses what a plugin prints, and shows why it can't. A separator line with text behind it is such a reason, and
 * is shown whole; the empty line before it makes it a line of its own, whatever Helm puts in front. The message stays
 * on this one line.
 */
static struct str separator_line(const struct err *err, struct arena *arena)
{
	struct buf safe = { 0 };
	struct str line;

	buf_add_cstring(&safe, "\n--- rollstamp: ");
	err_print_safe(&safe, str_from(err->text));
	buf_add_char(&safe, '\n');
	line = buf_keep(&safe, arena);
	return line;
}

int failure_tell(enum caller caller, const struct err *err, int status, struct arena *arena)
{
	output_error(err);
	switch (caller) {
	case CALLER_SHELL:
		break;
	case CALLER_HELM_PLUGIN:
		/*
		 * A script that has another program in front of us fails when that is ended by a signal, and then Helm
		 * does not show the line.
		 */
		file_drain(STDIN_FILENO, DRAIN_MS);
		return print(separator_line(err, arena)) ? 0 : status;
	}
	return status;
}
