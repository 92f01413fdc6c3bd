/* SPDX-License-Identifier: Apache-2.0 */
#include "app/options.h"

#include "app/arguments.h"
#include "app/krm.h"
#include "app/optionfile.h"

#include <string.h>

#define GIT_TIMEOUT_MS 10000
#define LIVE_TIMEOUT_MS 20000

void options_drop_word(struct options *options)
{
	options->files.items++;
	options->files.count--;
}

int options_trouble_status(const struct options *options)
{
	return options->check || options->exit_code ? 2 : 1;
}

/* The options of the command line, in its order. */
struct uses {
	struct argument *items;
	size_t count, room;
};

/* Takes the command line apart. Only the options that are about the configuration file are set yet. */
static bool take_apart(struct arguments *arguments, struct arena *arena, struct uses *uses, struct options *options,
		       struct err *err)
{
	struct argument argument;

	while (!arguments_is_end(arguments)) {
		if (!arguments_next(arguments, &argument, err))
			return false;
		if (!argument.option) {
			policy_add(&options->files, argument.value, arena);
			continue;
		}
		if (argument.option->is_early && !option_apply(argument.option, argument.value, arena, options, err))
			return false;
		options->set_by_caller |= option_bit(argument.option);
		uses->items = arena_grow(arena, uses->items, uses->count, &uses->room, sizeof(*uses->items));
		uses->items[uses->count++] = argument;
	}
	return true;
}

/* Takes the name of a command from the words. --help and --version stand in front of every other command. */
static void name_command(struct options *options)
{
	const struct command *named = options->files.count > 0 ? command_find(options->files.items[0]) : NULL;

	if (command_only_informs(options->command)) {
		/* A word behind --help need not be a command. */
		options->topic = named;
	} else if (named) {
		options->command = named;
		options_drop_word(options);
	}
}

static bool apply(const struct uses *uses, struct arena *arena, struct options *options, struct err *err)
{
	for (size_t i = 0; i < uses->count; i++)
		if (!option_apply(uses->items[i].option, uses->items[i].value, arena, options, err))
			return false;
	return true;
}

/* What the environment sets, for callers that hand on neither arguments nor leave --config alone. */
static bool apply_environment(options_variable *variable, struct arena *arena, struct options *options, struct err *err)
{
	const struct option *table;
	size_t count;

	table = option_table(&count);
	for (size_t i = 0; variable && i < count; i++) {
		const char *value = table[i].variable ? variable(table[i].variable) : NULL;

		if (!value)
			continue;
		/* One that is empty is a mistake of whoever has set it: a guard must not be gone for that. */
		if (!*value)
			return err_set(err, "%s is set and empty: it stands for --%s", table[i].variable,
				       table[i].name);
		options->set_by_caller |= option_bit(&table[i]);
		if (!option_offer(&table[i], str_from(value), arena, options, err))
			return err_prefix(err, "%s", table[i].variable);
	}
	return true;
}

/* Notes where the items that the command line has put into each list begin and end: see struct policy_list. */
static void mark_own(struct options *options, bool is_end)
{
	const struct option *table;
	size_t count;

	table = option_table(&count);
	for (size_t i = 0; i < count; i++) {
		struct policy_list *list = option_list(&table[i], options);

		if (list)
			*(is_end ? &list->own_to : &list->own_from) = list->count;
	}
}

/* "--live belongs to the filter, and to rollstamp list or digest, not to lock". Always false. */
static bool refuse_foreign(const struct option *option, const struct command *command, struct err *err)
{
	const char *filter = command_word(command_filter());
	struct str rest = str_from(option->commands);
	struct buf names = { 0 };

	if (str_list_has(rest, ' ', str_from(filter))) {
		(void)str_cut(&rest, ' ');
		buf_add_cstring(&names, rest.ptr ? "the filter, and to " : "the filter");
	}
	for (const char *before = "rollstamp "; rest.ptr; before = ", ") {
		struct str word = str_cut(&rest, ' ');
		bool is_last = !rest.ptr && *before == ',';

		buf_printf(&names, "%s%.*s", is_last ? " or " : before, STR_ARG(word));
	}
	err_set(err, "--%s belongs to %.*s, not to %s%s", option->name, STR_ARG(buf_str(&names)),
		command == command_filter() ? "the " : "", command_word(command));
	buf_release(&names);
	return false;
}

/* Does every option on the command line mean something to the command? */
static bool check_belonging(const struct uses *uses, const struct command *command, struct err *err)
{
	for (size_t i = 0; i < uses->count; i++)
		if (!option_is_taken(uses->items[i].option, command))
			return refuse_foreign(uses->items[i].option, command, err);
	return true;
}

static bool check_live(const struct options *options, struct err *err)
{
	/* Manifests must not choose the namespace, nor a kubeconfig, whose namespace is that of whatever was done last. */
	return !options->policy.live || options->policy.ns.len > 0 ||
	       err_set(err,
		       "--live: in which namespace? Add --namespace=NAME, the release's (Helm does not hand on its "
		       "own); objects of no other one are asked for");
}

static bool check_lock(const struct options *options, struct err *err)
{
	const struct policy *policy = &options->policy;
	const char *needs = policy->locked          ? "locked"
			    : options->lock_prune   ? "lock-prune"
			    : policy->lock_fallback ? "lock-fallback"
						    : NULL;

	if (needs && !policy->lock.ptr)
		return err_set(err, "--%s: which lock file? Add --lock=FILE", needs);
	if (policy->locked && (options->lock_prune || policy->lock_fallback))
		return err_set(err, "--locked never asks a server and never writes: leave out --%s",
			       options->lock_prune ? "lock-prune" : "lock-fallback");
	return true;
}

bool options_read(int argc, char *const argv[], options_variable *variable, struct arena *arena,
		  struct options *options, struct err *err)
{
	struct options read = {
		.command = command_filter(),
		.policy = {
			.inject = INJECT_ANNOTATIONS,
			.volumes = VOLUMES_ALL,
			.secrets = true,
			.git = GIT_OBSERVE,
			.git_client = ROLLSTAMP_HAS_LIBGIT2 ? GIT_CLIENT_LIBGIT2 : GIT_CLIENT_GIT,
		},
		.config = str_from(variable ? variable("ROLLSTAMP_CONFIG") : NULL),
		.git_timeout_ms = GIT_TIMEOUT_MS,
		.live_timeout_ms = LIVE_TIMEOUT_MS,
		.krm = argc > 0 && krm_is_program(argv[0]),
	};
	struct arguments arguments;
	struct uses uses = { 0 };
	bool is_asked, only_informs;

	kinds_init(&read.policy.kinds, arena);
	arguments_init(&arguments, argc, argv);
	if (!take_apart(&arguments, arena, &uses, &read, err))
		return false;
	/* Only --help or --version have named a command yet: what stands beside them does not count. */
	is_asked = command_only_informs(read.command);
	name_command(&read);
	if (!is_asked && !check_belonging(&uses, read.command, err))
		return false;
	/* A configuration file that is broken is no reason to say nothing about the program. */
	only_informs = command_only_informs(read.command);
	/* The file comes first, so that what the environment and the command line say after it counts. */
	if (!only_informs && read.config.len > 0 && !optionfile_read(&read, read.config.ptr, arena, err))
		return false;
	if (!only_informs && !apply_environment(variable, arena, &read, err))
		return false;
	mark_own(&read, false);
	if (!apply(&uses, arena, &read, err))
		return false;
	mark_own(&read, true);
	if (!is_asked && read.command->take && !read.command->take(&read, err))
		return false;
	if (read.command->check && !read.command->check(&read, err))
		return false;
	if (!only_informs && (!check_live(&read, err) || !check_lock(&read, err)))
		return false;
	*options = read;
	return true;
}
