/* SPDX-License-Identifier: Apache-2.0 */
#include "app/listcommand.h"

#include "app/table.h"

static struct str print_plan(const struct run_input *input, const struct render *render)
{
	enum output output = input->options->output;
	struct buf text = { 0 };

	if (output == OUTPUT_JSON)
		report_json(&render->plan, NULL, &text);
	else
		table_print(&render->plan, input->colour, output == OUTPUT_WIDE, &text);
	return buf_keep(&text, render->arena);
}

/* The exit status of --check, as of diff(1): 0 if nothing needs a look, 1 if something does, 2 if somebody could not be asked. */
static int check_plan(const struct plan *plan)
{
	return plan_has_trouble(plan) ? 2 : plan->whole.problems.needs_look ? 1 : 0;
}

static bool run_list(const struct run_input *input, struct arena *arena, struct run_output *output, struct err *err)
{
	struct policy policy = input->options->policy;
	struct render render;
	bool ok;

	policy.keeps_going = policy.wants_details = policy.wants_places = true;
	render_init(&render, &input->render, &policy, arena);
	ok = render_read(&render, err) && plan_make(&render.plan, err);
	if (ok) {
		run_print(output, print_plan(input, &render), arena);
		run_report(input, &render, NULL, output);
		output->status = input->options->check ? check_plan(&render.plan) : 0;
	}
	render_release(&render);
	return ok;
}

static bool check_list(const struct options *options, struct err *err)
{
	return options->output != OUTPUT_MARKDOWN || err_set(err, "-o markdown belongs to rollstamp why");
}

const struct command listcommand = {
	.name = "list",
	.usage = "[-o table|wide|json] [--check] [OPTION...] [FILE...]",
	.help = "Reads manifests and prints, instead of them, what would be stamped and why, what could not be\n"
		"found, and what is passed over.\n",
	.check = check_list,
	.run = run_list,
};
