/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/builtins.h"

#define IN_PIPELINE "in a pipeline or in the background"
#define BEHIND_AND "where it may not run"
#define BY_COMMAND "to something that isn't known"

void builtins_assign(const struct builtins *shell, const struct word *word)
{
	struct str name = routines_assigned_name(word);
	struct word value;

	if (name.len == 0) {
		variables_lose(shell->vars, shell->place, "the script sets a shell variable whose name isn't known");
		return;
	}
	if (shell->within & WITHIN_LOOP)
		variables_distrust_loop(shell->vars, name);
	if (shell->within & WITHIN_PIPE) {
		variables_forget(shell->vars, shell->place, name, IN_PIPELINE);
	} else if ((shell->within & WITHIN_AND) && variables_is_set(shell->vars, shell->place, name)) {
		variables_forget(shell->vars, shell->place, name, BEHIND_AND);
	} else if (word->text.ptr[name.len] != '=') {
		variables_forget(shell->vars, shell->place, name, BY_COMMAND);
	} else {
		value = word_tail(word, name.len + 1);
		variables_assign(shell->vars, shell->place, name, &value);
	}
}

void builtins_spoil(const struct builtins *shell, const struct word *word)
{
	struct str name = routines_assigned_name(word);

	if (name.len > 0)
		variables_forget(shell->vars, shell->place, name, "in front of a command that may keep it");
}

bool builtins_is_special(struct str name)
{
	static const char *const names[] = { ".",     "source",   ":",        "eval",    "exec",  "exit",  "export",
					     "set",   "shift",    "readonly", "trap",    "times", "unset", "return",
					     "break", "continue", "command",  "builtin", NULL };

	return command_is_one_of(name, names);
}

/* export, declare and their like: NAME or NAME=value. */
static void declare(const struct builtins *shell, struct args args)
{
	bool exports = str_is(args.words[0].text, "export"), refers = false;
	bool is_global = exports || str_is(args.words[0].text, "readonly");

	for (size_t i = 1; i < args.count; i++) {
		const struct word *word = &args.words[i];
		struct str text = word_known(word);

		if (text.len > 1 && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
			is_global = is_global || str_find(text, 'g') < text.len;
			exports = exports || (text.ptr[0] == '-' && str_find(text, 'x') < text.len);
			/* Names of other variables, numbers, other letters. */
			refers = refers || strpbrk(arena_dup(shell->vars->arena, text).ptr, "niulcaA") != NULL;
			continue;
		}
		if (routines_assigned_name(word).len > 0) {
			if (!is_global && word->text.ptr[routines_assigned_name(word).len] == '=')
				variables_make_local(shell->vars, shell->place, routines_assigned_name(word));
			builtins_assign(shell, word);
			text = routines_assigned_name(word);
		} else if (word->reason || !piece_is_whole_name(text)) {
			variables_lose(shell->vars, shell->place,
				       "the script sets a shell variable whose name isn't known");
			continue;
		} else if (!str_is(args.words[0].text, "export") && !str_is(args.words[0].text, "readonly")) {
			if (!is_global)
				variables_make_local(shell->vars, shell->place, text);
			variables_forget(shell->vars, shell->place, text, BY_COMMAND);
		}
		if (refers)
			variables_forget(shell->vars, shell->place, text, BY_COMMAND);
		if (exports)
			variables_export(shell->vars, shell->place, text);
	}
}

/* Words of read, let, getopts and the like that are, or begin with, names. */
static void forget_names(const struct builtins *shell, struct args args)
{
	for (size_t i = 1; i < args.count; i++) {
		struct str text = word_known(&args.words[i]);
		size_t length = 0;

		while (length < text.len && piece_is_name(text.ptr[length]))
			length++;
		text.len = length;
		if (args.words[i].reason && length == args.words[i].known_len)
			variables_lose(shell->vars, shell->place,
				       "the script sets a shell variable whose name isn't known");
		else if (piece_is_whole_name(text))
			variables_forget(shell->vars, shell->place, text, BY_COMMAND);
	}
}

static bool is_certain(const struct builtins *shell)
{
	return !shell->is_repeated && !(shell->within & ~(unsigned)WITHIN_FUNCTION);
}

/* set -a, set -- A B. */
static void set(const struct builtins *shell, struct args args)
{
	for (size_t i = 1; i < args.count; i++) {
		struct str text = args.words[i].text;

		if (!args.words[i].reason && str_is(text, "-o") && i + 1 < args.count) {
			i++;
			shell->vars->exports_all = shell->vars->exports_all || str_is(args.words[i].text, "allexport");
		} else if (!args.words[i].reason && str_starts_with(text, "-") && !str_is(text, "--") && text.len > 1) {
			shell->vars->exports_all = shell->vars->exports_all || str_find(text, 'a') < text.len;
		} else if (args.words[i].reason || !str_starts_with(text, "+")) {
			shell->args->is_known = false;
		}
	}
}

static void shift(const struct builtins *shell, struct args args)
{
	struct variables_args *own = shell->args;
	struct word *rest;

	if (!is_certain(shell) || args.count > 1 || own->count < 2) {
		own->is_known = false;
		return;
	}
	rest = arena_array(shell->vars->arena, own->count - 1, sizeof(*rest));
	rest[0] = own->words[0];
	for (size_t i = 2; i < own->count; i++)
		rest[i - 1] = own->words[i];
	own->words = rest;
	own->count--;
}

void builtins_run(const struct builtins *shell, struct args args, const struct simple_command *command)
{
	static const char *const declaring[] = { "export", "readonly", "declare", "typeset", "local", NULL };
	static const char *const reading[] = { "read", "readarray", "mapfile", "getopts", "let", NULL };
	struct str name = args.count > 0 && !args.words[0].reason ? args.words[0].text : (struct str){ 0 };

	if (command_is_one_of(name, declaring)) {
		declare(shell, args);
	} else if (command_is_one_of(name, reading)) {
		forget_names(shell, args);
	} else if (str_is(name, "printf") && args.count > 2 && str_starts_with(args.words[1].text, "-v")) {
		forget_names(shell, args);
	} else if (str_is(name, "unset")) {
		forget_names(shell, args);
		if (is_certain(shell) && args.count == 2 && !args.words[1].reason)
			variables_unset(shell->vars, shell->place, args.words[1].text);
	} else if (str_is(name, "set")) {
		set(shell, args);
	} else if (str_is(name, "shift")) {
		shift(shell, args);
	}
	for (size_t i = 0; i < command->assignment_count && builtins_is_special(name); i++)
		builtins_spoil(shell, &command->assignments[i]);
}
