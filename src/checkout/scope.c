/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/scope.h"

/* Scripts in words of scripts, and functions called by functions. */
#define MAX_DEPTH 8
/* Linux starts nothing with a longer word (MAX_ARG_STRLEN). */
#define SCRIPT_LIMIT ((size_t)128 * 1024)
/* What reading a script costs beside its bytes: a file can read itself again, several times. */
#define LOAD_COST 500

bool scope_spend(struct scope_runner *runner, size_t amount)
{
	if (amount > runner->budget) {
		runner->budget = 0;
		runner->trouble = "it does too much";
		return false;
	}
	runner->budget -= amount;
	return true;
}

void scope_note_trouble(struct scope_runner *runner, const char *what)
{
	if (!runner->trouble)
		runner->trouble = what;
}

bool scope_load(struct scope_runner *runner, struct str text, bool has_references, struct routines *program)
{
	struct err err = { 0 };

	if (text.len > SCRIPT_LIMIT) {
		if (unfollowed_is_in(text))
			runner->trouble = "it is too long";
		return false;
	}
	if (!scope_spend(runner, text.len + LOAD_COST))
		return false;
	if (!routines_read(text, has_references ? PART_BECAUSE_REFERENCE : NULL, runner->arena, program, &err)) {
		if (unfollowed_is_in(text))
			runner->trouble = arena_dup(runner->arena, str_from(err.text)).ptr;
		return false;
	}
	return true;
}

struct directory *scope_directory_of(struct scope *scope, size_t subshell)
{
	const size_t *parents = scope->program->script.subshell_parents;
	size_t known = subshell;

	while (!scope->has_directory[known])
		known = parents[known];
	for (size_t i = subshell; !scope->has_directory[i]; i = parents[i]) {
		scope->has_directory[i] = true;
		scope->directories[i] = scope->directories[known];
	}
	return &scope->directories[subshell];
}

/* The number in `all` of `number`, which is one of the script's with these `parents`. */
static size_t number_of(struct branches *all, size_t *numbers, const size_t *parents, size_t number)
{
	if (numbers[number] == SIZE_MAX)
		numbers[number] = branches_new(all, number_of(all, numbers, parents, parents[number]));
	return numbers[number];
}

struct variables_place scope_place_of(struct scope *scope, const struct simple_command *command)
{
	struct scope_runner *runner = scope->runner;
	const struct script *script = &scope->program->script;

	return (struct variables_place){
		.branch = number_of(&runner->work.branches, scope->branches, script->branch_parents, command->branch),
		.shell = number_of(&runner->shells, scope->shells, script->subshell_parents, command->subshell),
	};
}

bool scope_has_ended(const struct scope_runner *runner, struct variables_place place)
{
	for (size_t i = 0; i < runner->end_count; i++)
		if (branches_is_in(&runner->work.branches, place.branch, runner->ends[i].branch) &&
		    branches_is_in(&runner->shells, place.shell, runner->ends[i].shell))
			return true;
	return false;
}

void scope_note_end(const struct scope_call *call, bool is_return)
{
	struct scope_runner *runner = call->scope->runner;

	if (call->is_unsure || !call->command)
		return;
	if (is_return && call->place.branch == call->scope->branch && call->place.shell == call->scope->shell)
		call->scope->is_over = true;
	else if (runner->end_count < SCOPE_MAX_ENDS)
		runner->ends[runner->end_count++] = call->place;
}

struct builtins scope_shell_of(const struct scope_call *call)
{
	return (struct builtins){
		.vars = call->scope->vars,
		.place = call->place,
		.args = call->scope->args,
		.within = call->command->within | call->scope->within,
		.is_repeated = call->is_unsure,
	};
}

size_t scope_expand(const struct scope_call *call, const struct word *words, size_t count, const struct word **expanded)
{
	struct scope *scope = call->scope;
	const struct variables_args *args = scope->args;
	struct word *made;
	size_t room = count, made_count = 0;
	bool has_pieces = false;

	for (size_t i = 0; i < count; i++) {
		has_pieces = has_pieces || words[i].piece_count > 0;
		room += args->is_known ? args->count : 0;
	}
	*expanded = words;
	if (!has_pieces || !scope_spend(scope->runner, room))
		return count;
	made = arena_array(scope->runner->arena, room, sizeof(*made));
	for (size_t i = 0; i < count; i++) {
		bool is_all = words[i].piece_count == 1 && str_is(words[i].pieces[0].name, "@") &&
			      words[i].pieces[0].at.from == 0 && words[i].pieces[0].at.to == words[i].text.len;

		if (is_all && args->is_known && words[i].is_quoted)
			for (size_t n = 1; n < args->count; n++)
				made[made_count++] = args->words[n];
		else if (variables_expand(scope->vars, call->place, args, &words[i], &made[made_count]))
			made_count++;
	}
	*expanded = made;
	return made_count;
}

/* What stands around the command, and so around all that a function does that it calls. */
static unsigned within_of(const struct scope_call *call)
{
	unsigned within = call->command ? call->command->within & (WITHIN_AND | WITHIN_PIPE) : 0;

	return within | (call->command && call->command->loop ? WITHIN_LOOP : 0);
}

bool scope_enter(const struct scope_call *call, const struct routines *program, struct scope *scope)
{
	struct scope *outer = call->scope;
	struct arena *arena = outer->runner->arena;
	const struct script *script = &program->script;

	if (outer->depth >= MAX_DEPTH || !scope_spend(outer->runner, script->branch_count + script->subshell_count))
		return false;
	*scope = (struct scope){ .runner = outer->runner,
				 .outer = outer,
				 .program = program,
				 .vars = outer->vars,
				 .sourced = outer->sourced,
				 .branch = call->place.branch,
				 .shell = call->place.shell,
				 .fetch_polls = call->fetch_polls,
				 .clone_polls = call->clone_polls,
				 .is_substitution = call->is_substitution,
				 .is_in_loop = call->is_in_loop,
				 .within = outer->within | within_of(call),
				 .is_unsure = call->is_unsure,
				 .depth = outer->depth + 1,
				 .at = outer->at };
	scope->branches = arena_array(arena, script->branch_count, sizeof(*scope->branches));
	scope->shells = arena_array(arena, script->subshell_count, sizeof(*scope->shells));
	memset(scope->branches, 0xff, script->branch_count * sizeof(*scope->branches));
	memset(scope->shells, 0xff, script->subshell_count * sizeof(*scope->shells));
	scope->branches[0] = scope->branch;
	scope->shells[0] = scope->shell;
	scope->directories = arena_array(arena, script->subshell_count, sizeof(*scope->directories));
	scope->has_directory = arena_array(arena, script->subshell_count, sizeof(*scope->has_directory));
	scope->directories[0] = *call->directory;
	scope->has_directory[0] = true;
	return true;
}

void scope_set_args(struct scope_running *running, const struct word *script, struct args operands, bool is_file,
		    struct arena *arena)
{
	struct word *words = arena_array(arena, operands.count + 1, sizeof(*words));
	size_t count = 0;

	if (is_file)
		words[count++] = *script;
	for (size_t i = 0; i < operands.count; i++)
		words[count++] = operands.words[i];
	running->args = (struct variables_args){ .words = words, .count = count, .is_known = true };
	for (size_t i = 0; i < operands.count; i++)
		running->args.is_known = running->args.is_known && !operands.words[i].may_split;
}

bool scope_polls(const struct simple_command *command, bool is_clone)
{
	bool is_condition = (command->within & WITHIN_LOOP_CONDITION) != 0;
	bool is_retry = is_condition && command->loop && (command->loop->is_until || command->is_negated);
	const struct loop *loop = command->loop;

	for (; loop; loop = loop->outer, is_retry = false) {
		if (loop->has_break || is_retry)
			continue;
		if (loop->is_for ? !is_clone && loop->has_sleep : !is_clone || loop->is_endless)
			return true;
	}
	return false;
}

bool scope_is_in_loop(const struct simple_command *command)
{
	const struct loop *loop = command->loop;

	/* In the condition of the innermost one it is what is tried. */
	if (loop && (command->within & WITHIN_LOOP_CONDITION))
		loop = loop->outer;
	while (loop && (!loop->asks || loop->has_break))
		loop = loop->outer;
	return loop != NULL;
}
