/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rollstamp: stamps the pod templates of rendered manifests with digests of what they consume.
 *
 * The process boundary: descriptors, environment, signals, allocators, exit status. Everything else is in run().
 */
#include "app/command.h"
#include "app/failure.h"
#include "app/world.h"
#include "base/fd.h"
#include "base/os.h"
#include "base/output.h"
#include "commit.h"

#include <jansson.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* Makes what a command about the program prints the output. */
static void inform(const struct options *options, struct arena *arena, struct run_output *output)
{
	struct buf text = { 0 };

	options->command->inform(options, ROLLSTAMP_COMMIT, arena, &text);
	run_print(output, buf_keep(&text, arena), arena);
}

/* Everything that lives as long as the process. */
struct process {
	struct arena arena; /* what is printed is mostly text of the input, which is in it */
	struct world world;
	bool has_stdout;
};

static bool produce(struct process *process, struct options *options, struct run_output *output, struct err *err)
{
	if (command_only_informs(options->command)) {
		inform(options, &process->arena, output);
	} else {
		if (!world_read(options, &process->arena, &process->world, err))
			return false;
		if (!run(&process->world.input, &process->arena, output, err))
			return false;
	}
	return process->has_stdout || err_set(err, "standard output is closed");
}

/* helm/plugin.yaml puts this argument in front of all others. */
static enum caller caller_of(int argc, char *const argv[])
{
	return argc > 1 && str_starts_with(str_from(argv[1]), "--helm-plugin") ? CALLER_HELM_PLUGIN : CALLER_SHELL;
}

static int serve(struct process *process, int argc, char *argv[])
{
	struct run_output output = { 0 };
	struct arena *arena = &process->arena;
	struct options options;
	struct err err;

	if (!options_read(argc, argv, getenv, arena, &options, &err))
		return failure_tell(caller_of(argc, argv), &err, 2, arena);
	if (!produce(process, &options, &output, &err) || !world_write(&process->world, &options, &output, arena, &err))
		return failure_tell(caller_of(argc, argv), &err, options_trouble_status(&options), arena);
	/* A part of the output may be out already, so that no reason may be printed behind it for Helm. */
	if (!output_write(STDOUT_FILENO, "standard output", output.pieces, output.count, &err) ||
	    !output_close(STDOUT_FILENO, "standard output", &err)) {
		world_name_written(&process->world, &err);
		return failure_tell(CALLER_SHELL, &err, options_trouble_status(&options), arena);
	}
	if (output.verdict.len > 0)
		output_note(output.verdict);
	return output.status;
}

/* jansson would leave things out of the report where it gets no memory. */
static void *checked_malloc(size_t size)
{
	void *memory = malloc(size);

	if (!memory)
		arena_out_of_memory();
	return memory;
}

int main(int argc, char *argv[])
{
	struct process process = { .has_stdout = fd_hold_standard() };
	int status;

#ifdef __GLIBC__
	/*
	 * A parser's buffers are given back for every document; without this, each time to the kernel, which costs
	 * more than parsing.
	 */
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	mallopt(M_TOP_PAD, 1 << 20);
#endif
	os_started_as(argv[0]);
	json_set_alloc_funcs(checked_malloc, free);
	/* Writing to a reader that went away is to be an error like any other. */
	signal(SIGPIPE, SIG_IGN);
	status = serve(&process, argc, argv);
	arena_release(&process.arena);
	return status;
}
