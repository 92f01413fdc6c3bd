/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/follow.h"

#include "checkout/move.h"
#include "checkout/part.h"
#include "checkout/scope.h"
#include "checkout/verbs.h"
#include "shell/interpreter.h"

#define BECAUSE_EVAL "eval runs text that isn't known"
#define BECAUSE_SECRET "an inner shell runs what is in a Secret"
#define BECAUSE_WRITTEN "it runs a script that it writes itself"
#define BECAUSE_DEEP "its functions or scripts call too many others"
#define BECAUSE_HEREDOC "a shell reads its commands from a here-document"
#define BECAUSE_PIPE "a shell reads its commands from a pipe"

/* What a container's command may cost: its bytes, and each command as often as functions repeat it. */
#define BUDGET 1000000

static void run_words(const struct scope_call *call, struct args args);

static void run_command(struct scope *scope, const struct simple_command *command)
{
	struct scope_call call = {
		.scope = scope,
		.command = command,
		.directory = scope_directory_of(scope, command->subshell),
		.place = scope_place_of(scope, command),
		.at = scope->at ? *scope->at : command->at,
		.fetch_polls = scope->fetch_polls || scope_polls(command, false),
		.clone_polls = scope->clone_polls || scope_polls(command, true),
		.is_substitution = scope->is_substitution || (command->within & WITHIN_SUBSTITUTION) != 0,
		.is_in_loop = scope->is_in_loop || scope_is_in_loop(command),
		.is_unsure = scope->is_unsure || command->loop != NULL ||
			     (command->within & (WITHIN_AND | WITHIN_PIPE)) != 0,
	};
	struct simple_command expanded = *command;
	struct builtins shell = scope_shell_of(&call);

	if (scope_has_ended(scope->runner, call.place))
		return;
	expanded.assignment_count =
		scope_expand(&call, command->assignments, command->assignment_count, &expanded.assignments);
	expanded.word_count = scope_expand(&call, command->words, command->word_count, &expanded.words);
	call.command = &expanded;
	starts_look(&scope->runner->start, (struct args){ NULL, 0 },
		    (struct args){ .words = expanded.assignments, .count = expanded.assignment_count });
	for (size_t i = 0; i < expanded.assignment_count && expanded.word_count == 0; i++)
		builtins_assign(&shell, &expanded.assignments[i]);
	run_words(&call, (struct args){ .words = expanded.words, .count = expanded.word_count });
}

static void run_body(struct scope *scope, const struct routines_body *body)
{
	const struct routines *program = scope->program;

	scope->body = body;
	for (size_t i = body->first; i != SIZE_MAX && !scope->is_over && scope_spend(scope->runner, 1);
	     i = program->next[i])
		run_command(scope, &program->script.commands[i]);
}

/* A shell of its own for a script: what it gets of the one that starts it. */
static void start_shell(const struct scope_call *call, const struct scope_running *running, struct scope *scope)
{
	struct scope_runner *runner = scope->runner;
	struct variables *vars = ARENA_NEW(runner->arena, struct variables);
	const struct simple_command *command = call->command;
	struct builtins shell = { .vars = vars };

	scope->within = 0;
	variables_init_inner(vars, call->scope->vars, call->place, running->environment.foreign);
	scope->vars = vars;
	scope->sourced = ARENA_NEW(runner->arena, struct scope_sourced *);
	scope->shell = scope->shells[0] = branches_new(&runner->shells, call->place.shell);
	shell.place = (struct variables_place){ .branch = scope->branch, .shell = scope->shell };
	for (size_t i = 0; command && i < command->assignment_count; i++) {
		builtins_assign(&shell, &command->assignments[i]);
		variables_export(vars, shell.place, routines_assigned_name(&command->assignments[i]));
	}
	for (size_t i = 0; i < running->environment.count; i++) {
		builtins_assign(&shell, &running->environment.assignments[i]);
		variables_export(vars, shell.place, routines_assigned_name(&running->environment.assignments[i]));
	}
	/* What its own shell has not filled in, the inner one must not. */
	for (size_t i = 0; running->script_word && i < running->script_word->piece_count; i++) {
		struct str name = running->script_word->pieces[i].name;

		if (name.len > 0)
			variables_distrust(vars, name, running->script_word->pieces[i].reason);
	}
}

static bool runs_within(const struct scope *scope, const struct routines_body *body)
{
	while (scope && scope->body != body)
		scope = scope->outer;
	return scope != NULL;
}

/* What is called there is not followed. Where functions call themselves, all that they do has been seen before. */
static void note_too_deep(const struct scope_call *call, struct str text, const struct routines_body *body)
{
	bool is_recursive = body && runs_within(call->scope, body);

	for (const struct scope *scope = call->scope; scope; scope = scope->outer) {
		is_recursive = is_recursive || (scope->body && runs_within(scope->outer, scope->body));
		/* A script that is its own has been read anew. */
		is_recursive =
			is_recursive || (!body && scope->program && str_equal(scope->program->script.text, text));
	}
	if (!is_recursive && unfollowed_is_in(text))
		scope_note_trouble(call->scope->runner, BECAUSE_DEEP);
}

static void run_script(const struct scope_call *call, struct str text, struct scope_running *running)
{
	struct routines *program = ARENA_NEW(call->scope->runner->arena, struct routines);
	const struct routines_body *body;
	struct scope scope;
	bool ok = scope_load(call->scope->runner, text, running->has_references, program);

	if (ok && !scope_enter(call, program, &scope)) {
		note_too_deep(call, text, NULL);
		ok = false;
	}
	if (!ok) {
		if (running->is_own)
			variables_lose(call->scope->vars, call->place, "a part of the script could not be read");
		return;
	}
	scope.args = running->is_own ? call->scope->args : &running->args;
	/* What stands in it can't be shown in the container's word. */
	if (call->scope->program || running->is_file)
		scope.at = &call->at;
	if (!running->is_own)
		start_shell(call, running, &scope);
	for (size_t i = 0; i < program->loop_name_count; i++)
		variables_distrust_loop(scope.vars, program->loop_names[i]);
	if (running->is_own) {
		struct scope_sourced *sourced = ARENA_NEW(scope.runner->arena, struct scope_sourced);

		*sourced = (struct scope_sourced){ .program = program, .next = *scope.sourced };
		*scope.sourced = sourced;
	}
	body = routines_body(program, (struct str){ 0 });
	if (body)
		run_body(&scope, body);
	/* A `cd` in it holds behind it. */
	if (running->is_own)
		*call->directory = scope.directories[0];
}

/* What a shell inside of the script gets to read: `word`, without what is secret. */
static struct str inner_script(const struct scope_call *call, const struct word *word)
{
	struct scope_runner *runner = call->scope->runner;
	struct str script = part_script(word, runner->arena);

	if (unfollowed_is_in(word->text) && !unfollowed_is_in(script))
		scope_note_trouble(runner, BECAUSE_SECRET);
	return script;
}

/* Is all of it a Secret's? Then that is known of the container's word, and of all that is found in it. */
static bool is_all_secret(const struct word *word)
{
	return word->piece_count == 1 && word->pieces[0].kind == PIECE_SECRET &&
	       word->pieces[0].at.to - word->pieces[0].at.from == word->text.len;
}

/*
 * A word that is a script. What its own shell has not expanded, is expanded in it as unknown; what that has made of a Secret
 * is hidden from it.
 */
static void run_script_word(const struct scope_call *call, const struct word *word, struct scope_running *running)
{
	bool is_container_word = call->scope->program == NULL;

	if (is_container_word)
		call->scope->runner->word = word->at.from;
	if (is_container_word && is_all_secret(word)) {
		run_script(call, word->text, running);
		return;
	}
	running->has_references = is_container_word && word->piece_count > 0;
	if (!is_container_word)
		running->script_word = word;
	run_script(call, inner_script(call, word), running);
}

/* The file that `word` names, where that is one that the manifests tell of. */
static struct text read_file(const struct scope_call *call, const struct word *word)
{
	const struct clones_input *input = call->scope->runner->input;
	struct directory path = directory_join(*call->directory, word, call->scope->runner->arena);

	if (!input->read_file || !path.is_known || !str_starts_with(path.path, "/"))
		return (struct text){ .state = TEXT_ABSENT };
	return input->read_file(input->context, path.path);
}

/* Runs the file as a script. Returns whether it is one of the manifests. */
static bool run_file(const struct scope_call *call, const struct word *word, struct scope_running *running)
{
	struct scope_runner *runner = call->scope->runner;
	struct scope_call here = *call;
	const struct text text = read_file(call, word);
	struct str name;

	switch (text.state) {
	case TEXT_ABSENT:
		return false;
	case TEXT_UNKNOWN:
		name = part_shown(word, runner->arena);
		scope_note_trouble(runner, arena_printf(runner->arena, "the script %.*s is not known: %s",
							STR_ARG(name), text.reason)
						   .ptr);
		return false;
	case TEXT_KNOWN:
		break;
	}
	if (call->scope->program == NULL) {
		runner->word = word->at.from;
		here.at = (struct span){ 0, word->text.len };
	}
	running->is_file = true;
	if (!interpreter_is_other(text.value))
		run_script(&here, text.value, running);
	return true;
}

/* eval of words that are known; else what it does is not. */
static void run_eval(const struct scope_call *call, struct args args)
{
	struct scope_runner *runner = call->scope->runner;
	struct scope_running running = { .is_own = true };
	struct buf joined;
	struct str script;
	bool is_known = true;

	buf_init(&joined);
	for (size_t i = 0; i < args.count; i++) {
		is_known = is_known && !args.words[i].reason;
		if (i > 0)
			buf_add_char(&joined, ' ');
		buf_add(&joined, inner_script(call, &args.words[i]));
	}
	script = buf_keep(&joined, runner->arena);
	if (is_known) {
		run_script(call, script, &running);
		return;
	}
	/* It sets SSH_AUTH_SOCK and SSH_AGENT_PID, and runs nothing. */
	if (str_starts_with(script, "$(ssh-agent") || str_starts_with(script, "`ssh-agent"))
		return;
	if (unfollowed_is_in(script))
		scope_note_trouble(runner, BECAUSE_EVAL);
	variables_lose(call->scope->vars, call->place, BECAUSE_EVAL);
}

/* `. FILE` */
static void run_source(const struct scope_call *call, struct args args)
{
	struct scope_running running = { .is_own = true };

	if (args.count < 2 || !run_file(call, &args.words[1], &running))
		variables_lose(call->scope->vars, call->place, "the script reads variables from a file");
}

/* Words of the container that are a command, or in a script the text of one. */
static void run_joined(const struct scope_call *call, struct args args, struct scope_running *running)
{
	struct buf joined;

	if (args.count == 1) {
		run_script_word(call, &args.words[0], running);
		return;
	}
	if (call->scope->program == NULL) {
		run_words(call, args);
		return;
	}
	buf_init(&joined);
	for (size_t i = 0; i < args.count; i++) {
		if (i > 0)
			buf_add_char(&joined, ' ');
		buf_add(&joined, inner_script(call, &args.words[i]));
	}
	run_script(call, buf_keep(&joined, call->scope->runner->arena), running);
}

static void change_directory(const struct scope_call *call, struct args args)
{
	size_t i = 1;

	while (i < args.count && !args.words[i].reason && args.words[i].text.len > 1 &&
	       args.words[i].text.ptr[0] == '-')
		i++;
	/* Home, or where it was before. */
	if (i >= args.count || str_is(args.words[i].text, "-")) {
		*call->directory = (struct directory){ 0 };
		return;
	}
	*call->directory = directory_join(*call->directory, &args.words[i], call->scope->runner->arena);
}

static void run_git(const struct scope_call *call, struct args args)
{
	struct scope_runner *runner = call->scope->runner;
	struct verbs_context context = {
		.work = &runner->work,
		.place = { .directory = *call->directory, .branch = call->place.branch },
		.values = runner->input->words,
		.is_script = call->scope->program != NULL,
		.script = call->scope->program ? call->scope->program->script.text : (struct str){ 0 },
		.script_at = call->command ? call->command->at.from : 0,
		.word = runner->word,
		.at = call->at,
		.clone_polls = call->clone_polls,
		.fetch_polls = call->fetch_polls,
		.is_in_loop = call->is_in_loop,
		.may_have_ended = runner->end_count > 0,
		.is_substitution = call->is_substitution,
	};

	/* In a script the words are what its shell has made of them; here it is Kubernetes that fills them in. */
	if (!call->command)
		args.count = scope_expand(call, args.words, args.count, &args.words);
	verbs_run(&context, args);
}

/* `watch -n 60 COMMAND`. */
static void run_watch(const struct scope_call *call, struct args args, struct scope_running *running)
{
	struct scope_call again = *call;
	size_t i = 1;

	again.fetch_polls = again.clone_polls = true;
	while (i < args.count && !args.words[i].reason && str_starts_with(args.words[i].text, "-")) {
		bool has_value = str_is(args.words[i].text, "-n") || str_is(args.words[i].text, "--interval");

		i += has_value ? 2 : 1;
	}
	if (i < args.count)
		run_joined(&again, (struct args){ .words = args.words + i, .count = args.count - i }, running);
}

static bool run_function(const struct scope_call *call, struct args args)
{
	const struct routines *program = call->scope->program;
	struct str name = args.words[0].text;
	const struct routines_body *body = program && name.len > 0 ? routines_body(program, name) : NULL;
	struct scope_running running = { .is_own = true };
	struct builtins shell;
	struct scope scope;
	size_t since;

	for (const struct scope_sourced *file = program ? *call->scope->sourced : NULL; file && !body && name.len > 0;
	     file = file->next) {
		program = file->program;
		body = routines_body(program, name);
	}
	if (!body)
		return false;
	shell = scope_shell_of(call);
	for (size_t i = 0; i < call->command->assignment_count; i++)
		builtins_spoil(&shell, &call->command->assignments[i]);
	if (!scope_enter(call, program, &scope)) {
		note_too_deep(call, program->script.text, body);
		variables_lose(call->scope->vars, call->place, BECAUSE_DEEP);
		return true;
	}
	scope_set_args(&running, &args.words[0], (struct args){ .words = args.words + 1, .count = args.count - 1 },
		       true, scope.runner->arena);
	scope.args = &running.args;
	since = scope.vars->clock;
	run_body(&scope, body);
	variables_leave(scope.vars, call->place, since);
	*call->directory = scope.directories[0];
	return true;
}

/* A shell that reads its commands from its input: from a here-document, or from what a command before it writes. */
static void note_input(const struct scope_call *call)
{
	static const char *const decoders[] = {
		"base64", "openssl", "gunzip", "zcat", "gzip", "xxd", "uudecode", NULL
	};
	const struct simple_command *command = call->command, *before;
	struct scope_runner *runner = call->scope->runner;
	bool mentions_git = false;

	if (!command)
		return;
	if (command->input.len > 0 && unfollowed_is_in(command->input))
		scope_note_trouble(runner, BECAUSE_HEREDOC);
	if (!command->reads_pipe)
		return;
	before = call->scope->program->script.commands;
	for (size_t i = 0; i < call->scope->program->script.count && before[i].at.from < command->at.from; i++) {
		if (!(before[i].within & WITHIN_PIPE))
			continue;
		for (size_t n = 0; n < before[i].word_count; n++)
			mentions_git = mentions_git || unfollowed_may_be(before[i].words[n].text) ||
				       command_is_one_of(before[i].words[n].text, decoders);
	}
	if (mentions_git)
		scope_note_trouble(runner, BECAUSE_PIPE);
}

static bool writes_git(const struct simple_command *command)
{
	static const char *const writers[] = { "cat", "tee", "echo", "printf", NULL };
	bool mentions_git = unfollowed_is_in(command->input);

	if (command->word_count == 0 || !command_is_one_of(command->words[0].text, writers))
		return false;
	for (size_t i = 1; i < command->word_count; i++)
		mentions_git = mentions_git || unfollowed_is_in(command->words[i].text);
	return mentions_git;
}

/* A file that is run, and that the script names before: it may have written it itself. */
static void note_written(const struct scope_call *call, const struct word *file)
{
	const struct script *script = call->scope->program ? &call->scope->program->script : NULL;
	size_t length = file->text.len, end = call->command ? call->command->at.from : 0;

	if (!script || file->reason || length == 0 || end < length || end > script->text.len ||
	    !memmem(script->text.ptr, end, file->text.ptr, length))
		return;
	for (size_t i = 0; i < script->count && script->commands[i].at.from < end; i++)
		if (scope_spend(call->scope->runner, 1) && writes_git(&script->commands[i])) {
			scope_note_trouble(call->scope->runner, BECAUSE_WRITTEN);
			return;
		}
}

static void run_shell(const struct scope_call *call, struct args args, struct scope_running *running)
{
	struct args operands = { 0 };
	bool is_file = false;
	const struct word *script = interpreter_script(args, &is_file, &operands);

	if (!script) {
		note_input(call);
		return;
	}
	scope_set_args(running, script, operands, is_file, call->scope->runner->arena);
	if (is_file && !run_file(call, script, running)) {
		note_written(call, script);
		starts_note_unknown(&call->scope->runner->start, script, call->scope->runner->arena);
	} else if (!is_file)
		run_script_word(call, script, running);
}

/* A builtin of the shell that says where the script goes on, or that reads more of it. */
static bool run_builtin(const struct scope_call *call, struct args args)
{
	struct str name = args.words[0].reason ? (struct str){ 0 } : args.words[0].text;
	struct builtins shell;

	if (!call->command)
		return false;
	shell = scope_shell_of(call);
	builtins_run(&shell, args, call->command);
	if (str_is(name, "exit"))
		scope_note_end(call, false);
	else if (str_is(name, "return"))
		scope_note_end(call, true);
	else if (str_is(name, "eval"))
		run_eval(call, (struct args){ .words = args.words + 1, .count = args.count - 1 });
	else if (str_is(name, ".") || str_is(name, "source"))
		run_source(call, args);
	else
		return false;
	return true;
}

/* A program that is a script of the manifests, or that may check something out by itself. */
static void run_program(const struct scope_call *call, struct args args, struct scope_running *running)
{
	struct worktree_place place = { .directory = *call->directory, .branch = call->place.branch };
	struct unfollowed found;

	if (args.count > 0 && str_find(args.words[0].text, '/') < args.words[0].text.len) {
		scope_set_args(running, &args.words[0],
			       (struct args){ .words = args.words + 1, .count = args.count - 1 }, true,
			       call->scope->runner->arena);
		if (run_file(call, &args.words[0], running))
			return;
		note_written(call, &args.words[0]);
	}
	if (unfollowed_of_program(args, &found))
		worktree_note(&call->scope->runner->work, &place, &found);
	else if (args.count > 0 && str_find(args.words[0].text, '/') < args.words[0].text.len)
		starts_note_unknown(&call->scope->runner->start, &args.words[0], call->scope->runner->arena);
}

static void note_sync(const struct scope_call *call, struct args args)
{
	struct scope_runner *runner = call->scope->runner;
	size_t word = call->scope->program ? runner->word : args.words[0].at.from;
	struct starts_sync sync = {
		.polls = call->fetch_polls || call->clone_polls,
		.is_unsure = call->place.branch != 0 || call->is_substitution,
	};

	starts_add_sync(&runner->start, args, runner->input->words[word].origin, sync, runner->arena);
}

static void run_words(const struct scope_call *call, struct args args)
{
	struct arena *arena = call->scope->runner->arena;
	struct scope_running running = { .args = { .is_known = true } };
	const struct word *script;
	struct str program;
	bool is_exec;

	if (args.count == 0 || (!args.words[0].reason && run_function(call, args)))
		return;
	starts_look(&call->scope->runner->start, args, (struct args){ NULL, 0 });
	cron_look(&call->scope->runner->cron, args, call->command ? call->command->input : (struct str){ 0 }, arena);
	if (run_builtin(call, args))
		return;
	is_exec = !args.words[0].reason && str_is(args.words[0].text, "exec") && args.count > 1;
	args = prefix_skip(args, arena, &running.environment);
	program = args_program(args);
	script = prefix_script(args, arena);
	if (str_is(program, "git"))
		run_git(call, args);
	else if (starts_is_sync(args))
		note_sync(call, args);
	else if (move_is(program))
		move_run(&call->scope->runner->work, *call->directory, args);
	else if (str_is(program, "cd") || str_is(program, "pushd"))
		change_directory(call, args);
	else if (str_is(program, "popd"))
		*call->directory = (struct directory){ 0 };
	else if (interpreter_is(program))
		run_shell(call, args, &running);
	else if (str_is(program, "watch"))
		run_watch(call, args, &running);
	else if (script)
		run_script_word(call, script, &running);
	else
		run_program(call, args, &running);
	if (is_exec)
		scope_note_end(call, false);
}

static void run_table(const struct scope_call *call, struct str table)
{
	/* Its lines stand in none of the container's words. */
	static const struct span nowhere = { 0, 0 };
	struct scope scope = *call->scope;
	struct str command;

	scope.at = &nowhere;
	while (cron_next(&table, &command)) {
		struct scope_running running = { .args = { .is_known = true } };
		struct directory home = { .is_known = false };
		struct scope_call again = *call;

		again.scope = &scope;
		again.directory = &home;
		again.fetch_polls = again.clone_polls = true;
		run_script(&again, command, &running);
	}
}

static void run_table_file(const struct scope_call *call, const struct word *path)
{
	struct text text = read_file(call, path);

	if (text.state == TEXT_KNOWN)
		run_table(call, text.value);
}

/* What a cron daemon is given: by the commands that ran before, and by files of the manifests. */
static void run_tables(const struct scope_call *call)
{
	struct scope_runner *runner = call->scope->runner;
	const struct cron cron = runner->cron;

	runner->end_count = 0;
	for (size_t i = 0; i < cron.count; i++)
		run_table(call, cron.tables[i]);
	if (cron.file.text.len > 0)
		run_table_file(call, &cron.file);
	for (const char *const *path = cron_files; *path; path++) {
		struct word word = { .text = str_from(*path), .known_len = strlen(*path) };

		if (!str_equal(word.text, cron.file.text))
			run_table_file(call, &word);
	}
}

struct clones follow_follow(const struct clones_input *input, struct args words, struct arena *arena)
{
	struct scope_runner runner = { .arena = arena, .input = input, .budget = BUDGET };
	struct variables vars;
	struct variables_args args = { .is_known = false };
	struct scope scope = { .runner = &runner, .vars = &vars, .args = &args };
	struct directory directory = { .is_known = true };
	struct word start = { .text = input->directory, .known_len = input->directory.len };
	struct scope_call call = { .scope = &scope, .directory = &directory };
	struct clones found;

	worktree_init(&runner.work, arena);
	branches_init(&runner.shells, arena);
	runner.environment = (struct variables_environment){ .owner = "the pod template",
							     .variable = input->variable,
							     .reference = input->reference,
							     .context = input->context,
							     .budget = &runner.budget };
	map_init(&runner.environment.values, arena);
	variables_init(&vars, &runner.environment, &runner.work.branches, &runner.shells, arena);
	if (str_starts_with(start.text, "/"))
		directory = directory_join(directory, &start, arena);
	run_words(&call, words);
	if (runner.cron.runs)
		run_tables(&call);
	found = worktree_finish(&runner.work);
	found.start = runner.start;
	found.trouble = runner.trouble;
	return found;
}
