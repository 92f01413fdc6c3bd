/* SPDX-License-Identifier: Apache-2.0 */
#include "app/help.h"

#include "app/option.h"

/* The column in which the explanations of options begin. */
#define WIDTH 52

/* How it is called, behind `label`. */
static void print_usage(const char *label, const struct command *command, struct buf *to)
{
	buf_printf(to, "%s rollstamp%s%s%s%s\n", label, *command->name ? " " : "", command->name,
		   *command->usage ? " " : "", command->usage);
}

/* The commands that have options of their own to tell. */
static void print_names(struct buf *to)
{
	const struct command *const *commands;
	const char *comma = "";
	size_t count;

	commands = command_table(&count);
	for (size_t i = 0; i < count; i++)
		if (*commands[i]->name && !command_only_informs(commands[i])) {
			buf_printf(to, "%s%s", comma, commands[i]->name);
			comma = ", ";
		}
	buf_add_cstring(to, ".\n");
}

static void print_head(const struct command *topic, struct buf *to)
{
	const struct command *const *commands;
	size_t count;

	commands = command_table(&count);
	print_usage("Usage:", topic, to);
	for (size_t i = 1; topic == commands[0] && i < count; i++)
		print_usage("      ", commands[i], to);
	buf_printf(to, "\n%s", topic->help);
	if (topic == &help_command)
		print_names(to);
}

static void print_option(const struct option *option, struct buf *to)
{
	size_t before = to->len, used;

	if (option->letter)
		buf_printf(to, "  -%c, ", option->letter);
	else
		buf_add_cstring(to, "      ");
	buf_printf(to, "--%s%s%s", option->name, option_needs_value(option) ? "=" : "",
		   option->value ? option->value : "");
	used = to->len - before;
	buf_add_repeated(to, ' ', used + 2 <= WIDTH ? WIDTH - used : 2);
	buf_printf(to, "%s\n", option->help);
}

/* Those that the command takes; of the program, all of them. */
static void print_options(const struct command *topic, struct buf *to)
{
	const struct option *table;
	size_t count;

	table = option_table(&count);
	buf_add_char(to, '\n');
	for (size_t i = 0; i < count; i++)
		if (table[i].help && (topic == command_filter() || option_is_taken(&table[i], topic)))
			print_option(&table[i], to);
}

void help_print(const struct command *topic, struct buf *to)
{
	if (!topic)
		topic = command_filter();
	print_head(topic, to);
	if (!command_only_informs(topic))
		print_options(topic, to);
	buf_add_cstring(to, "\nSee rollstamp(1).\n");
}

static bool take_topic(struct options *options, struct err *err)
{
	if (options->files.count == 0)
		return true;
	options->topic = command_find(options->files.items[0]);
	return options->topic ||
	       err_set(err, "help: there is no command '%.*s' (see rollstamp help)", STR_ARG(options->files.items[0]));
}

static void print_topic(const struct options *options, const char *commit, struct arena *arena, struct buf *to)
{
	(void)commit;
	(void)arena;
	help_print(options->topic, to);
}

const struct command help_command = {
	.name = "help",
	.usage = "[COMMAND]",
	.first_word = COMMAND_NAME,
	.help = "Prints the options of the program, or of one of its commands: ",
	.take = take_topic,
	.inform = print_topic,
};
