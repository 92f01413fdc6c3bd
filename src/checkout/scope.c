#include "checkout/scope.h"

/* Scripts in words of scripts, and functions called by functions. */
#define MAX_DEPTH 8
/* Linux starts nothing with a longer word (MAX_ARG_STRLEN). */
#define SCRIPT_LIMIT ((size_t)128 * 1024)
/* What reading a script costs beside its bytes: a file can read itself again, several times. */
#define LOAD_COST 500

bool gitscope_spend(struct gitscope_runner *runner, size_t amount)
{
	if (amount > runner->budget) {
		runner->budget = 0;
		runner->trouble = "it does too much";
		return false;
	}
	runner->budget -= amount;
	return true;
}

void gitscope_note_trouble(struct gitscope_runner *runner, const char *what)
{
	if (!runner->trouble)
		runner->trouble = what;
}

bool gitscope_load(struct gitscope_runner *runner, struct str text, bool has_references, struct gitprogram *program)
{
	struct err err = { 0 };

	if (text.len > SCRIPT_LIMIT) {
		if (gitelse_is_in(text))
			runner->trouble = "it is too long";
		return false;
	}
	if (!gitscope_spend(runner, text.len + LOAD_COST))
		return false;
	if (!gitprogram_read(text, has_references, runner->arena, program, &err)) {
		if (gitelse_is_in(text))
			runner->trouble = arena_dup(runner->arena, str_from(err.text)).ptr;
		return false;
	}
	return true;
}

struct gitdir *gitscope_directory_of(struct gitscope *scope, size_t subshell)
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

struct shvars_place gitscope_place_of(struct gitscope *scope, const struct shcommand *command)
{
	struct gitscope_runner *runner = scope->runner;
	const struct shscript *script = &scope->program->script;

	return (struct shvars_place){
		.branch = number_of(&runner->work.branches, scope->branches, script->branch_parents, command->branch),
		.shell = number_of(&runner->shells, scope->shells, script->subshell_parents, command->subshell),
	};
}

bool gitscope_has_ended(const struct gitscope_runner *runner, struct shvars_place place)
{
	for (size_t i = 0; i < runner->end_count; i++)
		if (branches_is_in(&runner->work.branches, place.branch, runner->ends[i].branch) &&
		    branches_is_in(&runner->shells, place.shell, runner->ends[i].shell))
			return true;
	return false;
}

void gitscope_note_end(const struct gitscope_call *call, bool is_return)
{
	struct gitscope_runner *runner = call->scope->runner;

	if (call->is_unsure || !call->command)
		return;
	if (is_return && call->place.branch == call->scope->branch && call->place.shell == call->scope->shell)
		call->scope->is_over = true;
	else if (runner->end_count < GITSCOPE_MAX_ENDS)
		runner->ends[runner->end_count++] = call->place;
}

struct gitshell gitscope_shell_of(const struct gitscope_call *call)
{
	return (struct gitshell){
		.vars = call->scope->vars,
		.place = call->place,
		.args = call->scope->args,
		.within = call->command->within | call->scope->within,
		.is_repeated = call->is_unsure,
	};
}

size_t gitscope_expand(const struct gitscope_call *call, const struct shword *words, size_t count,
		       const struct shword **expanded)
{
	struct gitscope *scope = call->scope;
	const struct shvars_args *args = scope->args;
	struct shword *made;
	size_t room = count, made_count = 0;
	bool has_pieces = false;

	for (size_t i = 0; i < count; i++) {
		has_pieces = has_pieces || words[i].piece_count > 0;
		room += args->is_known ? args->count : 0;
	}
	*expanded = words;
	if (!has_pieces || !gitscope_spend(scope->runner, room))
		return count;
	made = arena_array(scope->runner->arena, room, sizeof(*made));
	for (size_t i = 0; i < count; i++) {
		bool is_all = words[i].piece_count == 1 && str_is(words[i].pieces[0].name, "@") &&
			      words[i].pieces[0].at.from == 0 && words[i].pieces[0].at.to == words[i].text.len;

		if (is_all && args->is_known && words[i].is_quoted)
			for (size_t n = 1; n < args->count; n++)
				made[made_count++] = args->words[n];
		else if (shvars_expand(scope->vars, call->place, args, &words[i], &made[made_count]))
			made_count++;
	}
	*expanded = made;
	return made_count;
}

/* What stands around the command, and so around all that a function does that it calls. */
static unsigned within_of(const struct gitscope_call *call)
{
	unsigned within = call->command ? call->command->within & (SHWITHIN_AND | SHWITHIN_PIPE) : 0;

	return within | (call->command && call->command->loop ? SHWITHIN_LOOP : 0);
}

bool gitscope_enter(const struct gitscope_call *call, const struct gitprogram *program, struct gitscope *scope)
{
	struct gitscope *outer = call->scope;
	struct arena *arena = outer->runner->arena;
	const struct shscript *script = &program->script;

	if (outer->depth >= MAX_DEPTH || !gitscope_spend(outer->runner, script->branch_count + script->subshell_count))
		return false;
	*scope = (struct gitscope){ .runner = outer->runner,
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

void gitscope_set_args(struct gitscope_running *running, const struct shword *script, struct gitargs operands,
		       bool is_file, struct arena *arena)
{
	struct shword *words = arena_array(arena, operands.count + 1, sizeof(*words));
	size_t count = 0;

	if (is_file)
		words[count++] = *script;
	for (size_t i = 0; i < operands.count; i++)
		words[count++] = operands.words[i];
	running->args = (struct shvars_args){ .words = words, .count = count, .is_known = true };
	for (size_t i = 0; i < operands.count; i++)
		running->args.is_known = running->args.is_known && !operands.words[i].may_split;
}
