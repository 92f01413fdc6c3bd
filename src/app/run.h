/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the whole program as one function of its inputs: no file, descriptor, environment or exit in it.
 *
 * main gives it bytes and writes out what it returns; tests and fuzzers call it directly. What is done is the command's
 * to say (command.h); what several commands do stands here.
 */
#ifndef APP_RUN_H
#define APP_RUN_H

#include "app/options.h"
#include "app/render.h"
#include "app/report.h"

struct run_input {
	const struct options *options;
	struct render_input render;      /* the manifests, which are printed, and everything around them */
	const struct render_file *since; /* what is compared with; none: nothing was there */
	size_t since_count;
	bool colour; /* standard output is a terminal that shows it */
};

struct run_output {
	const struct str *pieces; /* what goes to stdout, borrowed from the input and in the arena */
	size_t count;
	/* What goes to the files that options name; without a pointer, nothing does. */
	struct str report; /* JSON */
	struct str log;    /* text */
	bool has_commits;  /* this is to be done to the lock file: */
	struct lock_change lock_change;
	struct str verdict; /* a whole line for stderr in spite of success, safe to print; empty: nothing to say */
	int status; /* the exit status when everything could be written: not 0 where it is an answer, as of --check */
};

/*
 * Does what options->command is, which is none that only informs. Fails with one complete message; nothing of `output` is
 * then to be used. Everything new is in `arena`.
 */
CHECKED bool run(const struct run_input *input, struct arena *arena, struct run_output *output, struct err *err);

/* Makes `text`, which is borrowed, all that goes to stdout. */
void run_print(struct run_output *output, struct str text, struct arena *arena);
/*
 * Makes the report and the log that the options ask for. The plan of `render` was made; `edits` are the edits of the text that
 * goes to stdout, or NULL.
 */
void run_report(const struct run_input *input, struct render *render, const struct report_edits *edits,
		struct run_output *output);

#endif
