/* SPDX-License-Identifier: Apache-2.0 */
#include "app/run.h"

#include "app/command.h"
#include "app/table.h"

bool run(const struct run_input *input, struct arena *arena, struct run_output *output, struct err *err)
{
	struct run_output made = { 0 };

	if (!input->options->command->run(input, arena, &made, err))
		return false;
	*output = made;
	return true;
}

void run_print(struct run_output *output, struct str text, struct arena *arena)
{
	struct str *piece = ARENA_NEW(arena, struct str);

	*piece = text;
	output->pieces = piece;
	output->count = 1;
}

void run_report(const struct run_input *input, struct render *render, const struct report_edits *edits,
		struct run_output *output)
{
	const struct plan *plan = &render->plan;
	struct buf report = { 0 }, log = { 0 };

	if (input->options->report.ptr) {
		report_json(plan, edits, &report);
		output->report = buf_keep(&report, render->arena);
	}
	if (input->options->log.ptr) {
		table_print(plan, false, true, &log);
		output->log = buf_keep(&log, render->arena);
	}
}
