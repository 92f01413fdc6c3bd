/* SPDX-License-Identifier: Apache-2.0 */
#include "app/whycommand.h"

#include "app/contrast.h"
#include "app/whyjson.h"
#include "app/whymarkdown.h"
#include "app/whytable.h"

/* The two sides: one file is left in options->files. */
static bool take_sides(struct options *options, struct err *err)
{
	if (options->files.count != 2)
		return err_set(err, "why: which two renders? Write rollstamp why OLD NEW, one of them maybe - for the "
				    "standard input");
	options->since = options->files.items[0];
	options_drop_word(options);
	options->takes_directories = true;
	return true;
}

static struct str print_why(const struct run_input *input, const struct why *why)
{
	struct buf text = { 0 };

	switch (input->options->output) {
	case OUTPUT_TABLE:
		whytable_print(why, input->colour, false, &text);
		break;
	case OUTPUT_WIDE:
		whytable_print(why, input->colour, true, &text);
		break;
	case OUTPUT_JSON:
		whyjson_print(why, &text);
		break;
	case OUTPUT_MARKDOWN:
		whymarkdown_print(why, &text);
		break;
	}
	return buf_keep(&text, why->arena);
}

static bool run_why(const struct run_input *input, struct arena *arena, struct run_output *output, struct err *err)
{
	enum output format = input->options->output;
	const struct contrast_input sides = {
		.before = input->since,
		.before_count = input->since_count,
		.after = &input->render,
		.policy = &input->options->policy,
		.wants_unread = format == OUTPUT_WIDE || format == OUTPUT_JSON,
	};
	struct contrast contrast;
	bool ok;

	contrast_init(&contrast, &sides, arena);
	ok = contrast_read(&contrast, err);
	if (ok) {
		run_print(output, print_why(input, &contrast.why), arena);
		output->status = input->options->exit_code && why_roll_count(&contrast.why) > 0;
	}
	contrast_release(&contrast);
	return ok;
}

const struct command whycommand = {
	.name = "why",
	.usage = "[-o table|wide|json|markdown] [--exit-code] [OPTION...] OLD NEW",
	.takes_old = true,
	.help = "Compares two renders (files, directories, or - for one of them; OLD may be an earlier --report) and\n"
		"prints which workloads roll from one to the other, and because of what.\n",
	.take = take_sides,
	.run = run_why,
};
