#include "checkout/follow.h"

#include "checkout/move.h"
#include "checkout/part.h"
#include "checkout/scope.h"
#include "checkout/verbs.h"

#define BECAUSE_EVAL "eval runs text that isn't known"
#define BECAUSE_SECRET "an inner shell runs what is in a Secret"
#define BECAUSE_WRITTEN "it runs a script that it writes itself"
#define BECAUSE_DEEP "its functions or scripts call too many others"
#define BECAUSE_HEREDOC "a shell reads its commands from a here-document"
#define BECAUSE_PIPE "a shell reads its commands from a pipe"

/* What a container's command may cost: its bytes, and each command as often as functions repeat it. */
#define BUDGET 1000000

static void run_words(const struct gitscope_call *call, struct gitargs args);

static void run_command(struct gitscope *scope, const struct shcommand *command)
{
	struct gitscope_call call = {
		.scope = scope,
		.command = command,
		.directory = gitscope_directory_of(scope, command->subshell),
		.place = gitscope_place_of(scope, command),
		.at = scope->at ? *scope->at : command->at,
		.fetch_polls = scope->fetch_polls || gitprogram_loops(command, false),
		.clone_polls = scope->clone_polls || gitprogram_loops(command, true),
		.is_substitution = scope->is_substitution || (command->within & SHWITHIN_SUBSTITUTION) != 0,
		.is_in_loop = scope->is_in_loop || gitprogram_is_in_loop(command),
		.is_unsure = scope->is_unsure || command->loop != NULL ||
			     (command->within & (SHWITHIN_AND | SHWITHIN_PIPE)) != 0,
	};
	struct shcommand expanded = *command;
	struct gitshell shell = gitscope_shell_of(&call);

	if (gitscope_has_ended(scope->runner, call.place))
		return;
	expanded.assignment_count =
		gitscope_expand(&call, command->assignments, command->assignment_count, &expanded.assignments);
	expanded.word_count = gitscope_expand(&call, command->words, command->word_count, &expanded.words);
	call.command = &expanded;
	gitstart_look(&scope->runner->start, (struct gitargs){ NULL, 0 },
		      (struct gitargs){ .words = expanded.assignments, .count = expanded.assignment_count });
	for (size_t i = 0; i < expanded.assignment_count && expanded.word_count == 0; i++)
		gitshell_assign(&shell, &expanded.assignments[i]);
	run_words(&call, (struct gitargs){ .words = expanded.words, .count = expanded.word_count });
}

static void run_body(struct gitscope *scope, const struct gitprogram_body *body)
{
	const struct gitprogram *program = scope->program;

	scope->body = body;
	for (size_t i = body->first; i != SIZE_MAX && !scope->is_over && gitscope_spend(scope->runner, 1);
	     i = program->next[i])
		run_command(scope, &program->script.commands[i]);
}

/* A shell of its own for a script: what it gets of the one that starts it. */
static void start_shell(const struct gitscope_call *call, const struct gitscope_running *running,
			struct gitscope *scope)
{
	struct gitscope_runner *runner = scope->runner;
	struct shvars *vars = ARENA_NEW(runner->arena, struct shvars);
	const struct shcommand *command = call->command;
	struct gitshell shell = { .vars = vars };

	scope->within = 0;
	shvars_init_inner(vars, call->scope->vars, call->place, running->wrapping.foreign);
	scope->vars = vars;
	scope->sourced = ARENA_NEW(runner->arena, struct gitscope_sourced *);
	scope->shell = scope->shells[0] = branches_new(&runner->shells, call->place.shell);
	shell.place = (struct shvars_place){ .branch = scope->branch, .shell = scope->shell };
	for (size_t i = 0; command && i < command->assignment_count; i++) {
		gitshell_assign(&shell, &command->assignments[i]);
		shvars_export(vars, shell.place, gitprogram_assigned_name(&command->assignments[i]));
	}
	for (size_t i = 0; i < running->wrapping.count; i++) {
		gitshell_assign(&shell, &running->wrapping.assignments[i]);
		shvars_export(vars, shell.place, gitprogram_assigned_name(&running->wrapping.assignments[i]));
	}
	/* What its own shell has not filled in, the inner one must not. */
	for (size_t i = 0; running->script_word && i < running->script_word->piece_count; i++) {
		struct str name = running->script_word->pieces[i].name;

		if (name.len > 0)
			shvars_distrust(vars, name, running->script_word->pieces[i].reason);
	}
}

static bool runs_within(const struct gitscope *scope, const struct gitprogram_body *body)
{
	while (scope && scope->body != body)
		scope = scope->outer;
	return scope != NULL;
}

/* What is called there is not followed. Where functions call themselves, all that they do has been seen before. */
static void note_too_deep(const struct gitscope_call *call, struct str text, const struct gitprogram_body *body)
{
	bool is_recursive = body && runs_within(call->scope, body);

	for (const struct gitscope *scope = call->scope; scope; scope = scope->outer) {
		is_recursive = is_recursive || (scope->body && runs_within(scope->outer, scope->body));
		/* A script that is its own has been read anew. */
		is_recursive =
			is_recursive || (!body && scope->program && str_equal(scope->program->script.text, text));
	}
	if (!is_recursive && gitelse_is_in(text))
		gitscope_note_trouble(call->scope->runner, BECAUSE_DEEP);
}

static void run_script(const struct gitscope_call *call, struct str text, struct gitscope_running *running)
{
	struct gitprogram *program = ARENA_NEW(call->scope->runner->arena, struct gitprogram);
	const struct gitprogram_body *body;
	struct gitscope scope;
	bool ok = gitscope_load(call->scope->runner, text, running->has_references, program);

	if (ok && !gitscope_enter(call, program, &scope)) {
		note_too_deep(call, text, NULL);
		ok = false;
	}
	if (!ok) {
		if (running->is_own)
			shvars_lose(call->scope->vars, call->place, "a part of the script could not be read");
		return;
	}
	scope.args = running->is_own ? call->scope->args : &running->args;
	/* What stands in it can't be shown in the container's word. */
	if (call->scope->program || running->is_file)
		scope.at = &call->at;
	if (!running->is_own)
		start_shell(call, running, &scope);
	for (size_t i = 0; i < program->loop_name_count; i++)
		shvars_distrust_loop(scope.vars, program->loop_names[i]);
	if (running->is_own) {
		struct gitscope_sourced *sourced = ARENA_NEW(scope.runner->arena, struct gitscope_sourced);

		*sourced = (struct gitscope_sourced){ .program = program, .next = *scope.sourced };
		*scope.sourced = sourced;
	}
	body = gitprogram_body(program, (struct str){ 0 });
	if (body)
		run_body(&scope, body);
	/* A `cd` in it holds behind it. */
	if (running->is_own)
		*call->directory = scope.directories[0];
}

/* What a shell inside of the script gets to read: `word`, without what is secret. */
static struct str inner_script(const struct gitscope_call *call, const struct shword *word)
{
	struct gitscope_runner *runner = call->scope->runner;
	struct str script = gitpart_script(word, runner->arena);

	if (gitelse_is_in(word->text) && !gitelse_is_in(script))
		gitscope_note_trouble(runner, BECAUSE_SECRET);
	return script;
}

/* Is all of it a Secret's? Then that is known of the container's word, and of all that is found in it. */
static bool is_all_secret(const struct shword *word)
{
	return word->piece_count == 1 && word->pieces[0].kind == SHPIECE_SECRET &&
	       word->pieces[0].at.to - word->pieces[0].at.from == word->text.len;
}

/*
 * A word that is a script. What its own shell has not expanded, is expanded in it as unknown; what that has made of a Secret
 * is hidden from it.
 */
static void run_script_word(const struct gitscope_call *call, const struct shword *word,
			    struct gitscope_running *running)
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
static enum git_state read_file(const struct gitscope_call *call, const struct shword *word, struct git_value *text)
{
	const struct gitclone_input *input = call->scope->runner->input;
	struct gitdir path = gitdir_join(*call->directory, word, call->scope->runner->arena);

	if (!input->read_file || !path.is_known || !str_starts_with(path.path, "/"))
		return GIT_ABSENT;
	return input->read_file(input->context, path.path, text);
}

/* Runs the file as a script. Returns whether it is one of the manifests. */
static bool run_file(const struct gitscope_call *call, const struct shword *word, struct gitscope_running *running)
{
	struct gitscope_runner *runner = call->scope->runner;
	struct gitscope_call here = *call;
	struct git_value text = { 0 };
	struct str name;

	switch (read_file(call, word, &text)) {
	case GIT_ABSENT:
		return false;
	case GIT_UNKNOWN:
		name = gitpart_shown(word, runner->arena);
		gitscope_note_trouble(runner, arena_printf(runner->arena, "the script %.*s is not known: %.*s",
							   STR_ARG(name), STR_ARG(text.reason))
						      .ptr);
		return false;
	case GIT_KNOWN:
		break;
	}
	if (call->scope->program == NULL) {
		runner->word = word->at.from;
		here.at = (struct span){ 0, word->text.len };
	}
	running->is_file = true;
	if (!gitargs_is_foreign_script(text.text))
		run_script(&here, text.text, running);
	return true;
}

/* eval of words that are known; else what it does is not. */
static void run_eval(const struct gitscope_call *call, struct gitargs args)
{
	struct gitscope_runner *runner = call->scope->runner;
	struct gitscope_running running = { .is_own = true };
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
	if (gitelse_is_in(script))
		gitscope_note_trouble(runner, BECAUSE_EVAL);
	shvars_lose(call->scope->vars, call->place, BECAUSE_EVAL);
}

/* `. FILE` */
static void run_source(const struct gitscope_call *call, struct gitargs args)
{
	struct gitscope_running running = { .is_own = true };

	if (args.count < 2 || !run_file(call, &args.words[1], &running))
		shvars_lose(call->scope->vars, call->place, "the script reads variables from a file");
}

/* Words of the container that are a command, or in a script the text of one. */
static void run_joined(const struct gitscope_call *call, struct gitargs args, struct gitscope_running *running)
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

static void change_directory(const struct gitscope_call *call, struct gitargs args)
{
	size_t i = 1;

	while (i < args.count && !args.words[i].reason && args.words[i].text.len > 1 &&
	       args.words[i].text.ptr[0] == '-')
		i++;
	/* Home, or where it was before. */
	if (i >= args.count || str_is(args.words[i].text, "-")) {
		*call->directory = (struct gitdir){ 0 };
		return;
	}
	*call->directory = gitdir_join(*call->directory, &args.words[i], call->scope->runner->arena);
}

static void run_git(const struct gitscope_call *call, struct gitargs args)
{
	struct gitscope_runner *runner = call->scope->runner;
	struct gitverbs_context context = {
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
		args.count = gitscope_expand(call, args.words, args.count, &args.words);
	gitverbs_run(&context, args);
}

/* `watch -n 60 COMMAND`. */
static void run_watch(const struct gitscope_call *call, struct gitargs args, struct gitscope_running *running)
{
	struct gitscope_call again = *call;
	size_t i = 1;

	again.fetch_polls = again.clone_polls = true;
	while (i < args.count && !args.words[i].reason && str_starts_with(args.words[i].text, "-")) {
		bool has_value = str_is(args.words[i].text, "-n") || str_is(args.words[i].text, "--interval");

		i += has_value ? 2 : 1;
	}
	if (i < args.count)
		run_joined(&again, (struct gitargs){ .words = args.words + i, .count = args.count - i }, running);
}

static bool run_function(const struct gitscope_call *call, struct gitargs args)
{
	const struct gitprogram *program = call->scope->program;
	struct str name = args.words[0].text;
	const struct gitprogram_body *body = program && name.len > 0 ? gitprogram_body(program, name) : NULL;
	struct gitscope_running running = { .is_own = true };
	struct gitshell shell;
	struct gitscope scope;
	size_t since;

	for (const struct gitscope_sourced *file = program ? *call->scope->sourced : NULL;
	     file && !body && name.len > 0; file = file->next) {
		program = file->program;
		body = gitprogram_body(program, name);
	}
	if (!body)
		return false;
	shell = gitscope_shell_of(call);
	for (size_t i = 0; i < call->command->assignment_count; i++)
		gitshell_spoil(&shell, &call->command->assignments[i]);
	if (!gitscope_enter(call, program, &scope)) {
		note_too_deep(call, program->script.text, body);
		shvars_lose(call->scope->vars, call->place, BECAUSE_DEEP);
		return true;
	}
	gitscope_set_args(&running, &args.words[0],
			  (struct gitargs){ .words = args.words + 1, .count = args.count - 1 }, true,
			  scope.runner->arena);
	scope.args = &running.args;
	since = scope.vars->clock;
	run_body(&scope, body);
	shvars_leave(scope.vars, call->place, since);
	*call->directory = scope.directories[0];
	return true;
}

/* A shell that reads its commands from its input: from a here-document, or from what a command before it writes. */
static void note_input(const struct gitscope_call *call)
{
	static const char *const decoders[] = {
		"base64", "openssl", "gunzip", "zcat", "gzip", "xxd", "uudecode", NULL
	};
	const struct shcommand *command = call->command, *before;
	struct gitscope_runner *runner = call->scope->runner;
	bool mentions_git = false;

	if (!command)
		return;
	if (command->input.len > 0 && gitelse_is_in(command->input))
		gitscope_note_trouble(runner, BECAUSE_HEREDOC);
	if (!command->reads_pipe)
		return;
	before = call->scope->program->script.commands;
	for (size_t i = 0; i < call->scope->program->script.count && before[i].at.from < command->at.from; i++) {
		if (!(before[i].within & SHWITHIN_PIPE))
			continue;
		for (size_t n = 0; n < before[i].word_count; n++)
			mentions_git = mentions_git || gitelse_may_be(before[i].words[n].text) ||
				       shcommand_is_one_of(before[i].words[n].text, decoders);
	}
	if (mentions_git)
		gitscope_note_trouble(runner, BECAUSE_PIPE);
}

static bool writes_git(const struct shcommand *command)
{
	static const char *const writers[] = { "cat", "tee", "echo", "printf", NULL };
	bool mentions_git = gitelse_is_in(command->input);

	if (command->word_count == 0 || !shcommand_is_one_of(command->words[0].text, writers))
		return false;
	for (size_t i = 1; i < command->word_count; i++)
		mentions_git = mentions_git || gitelse_is_in(command->words[i].text);
	return mentions_git;
}

/* A file that is run, and that the script names before: it may have written it itself. */
static void note_written(const struct gitscope_call *call, const struct shword *file)
{
	const struct shscript *script = call->scope->program ? &call->scope->program->script : NULL;
	size_t length = file->text.len, end = call->command ? call->command->at.from : 0;

	if (!script || file->reason || length == 0 || end < length || end > script->text.len ||
	    !memmem(script->text.ptr, end, file->text.ptr, length))
		return;
	for (size_t i = 0; i < script->count && script->commands[i].at.from < end; i++)
		if (gitscope_spend(call->scope->runner, 1) && writes_git(&script->commands[i])) {
			gitscope_note_trouble(call->scope->runner, BECAUSE_WRITTEN);
			return;
		}
}

static void run_shell(const struct gitscope_call *call, struct gitargs args, struct gitscope_running *running)
{
	struct gitargs operands = { 0 };
	bool is_file = false;
	const struct shword *script = gitargs_script(args, &is_file, &operands);

	if (!script) {
		note_input(call);
		return;
	}
	gitscope_set_args(running, script, operands, is_file, call->scope->runner->arena);
	if (is_file && !run_file(call, script, running)) {
		note_written(call, script);
		gitstart_note_unknown(&call->scope->runner->start, script, call->scope->runner->arena);
	} else if (!is_file)
		run_script_word(call, script, running);
}

/* A builtin of the shell that says where the script goes on, or that reads more of it. */
static bool run_builtin(const struct gitscope_call *call, struct gitargs args)
{
	struct str name = args.words[0].reason ? (struct str){ 0 } : args.words[0].text;
	struct gitshell shell;

	if (!call->command)
		return false;
	shell = gitscope_shell_of(call);
	gitshell_run(&shell, args, call->command);
	if (str_is(name, "exit"))
		gitscope_note_end(call, false);
	else if (str_is(name, "return"))
		gitscope_note_end(call, true);
	else if (str_is(name, "eval"))
		run_eval(call, (struct gitargs){ .words = args.words + 1, .count = args.count - 1 });
	else if (str_is(name, ".") || str_is(name, "source"))
		run_source(call, args);
	else
		return false;
	return true;
}

/* A program that is a script of the manifests, or that may check something out by itself. */
static void run_program(const struct gitscope_call *call, struct gitargs args, struct gitscope_running *running)
{
	struct gitwork_place place = { .directory = *call->directory, .branch = call->place.branch };
	struct gitelse found;

	if (args.count > 0 && str_find(args.words[0].text, '/') < args.words[0].text.len) {
		gitscope_set_args(running, &args.words[0],
				  (struct gitargs){ .words = args.words + 1, .count = args.count - 1 }, true,
				  call->scope->runner->arena);
		if (run_file(call, &args.words[0], running))
			return;
		note_written(call, &args.words[0]);
	}
	if (gitelse_of_program(args, &found))
		gitwork_note(&call->scope->runner->work, &place, &found);
	else if (args.count > 0 && str_find(args.words[0].text, '/') < args.words[0].text.len)
		gitstart_note_unknown(&call->scope->runner->start, &args.words[0], call->scope->runner->arena);
}

static void note_sync(const struct gitscope_call *call, struct gitargs args)
{
	struct gitscope_runner *runner = call->scope->runner;
	size_t word = call->scope->program ? runner->word : args.words[0].at.from;
	struct gitstart_sync sync = {
		.polls = call->fetch_polls || call->clone_polls,
		.is_unsure = call->place.branch != 0 || call->is_substitution,
	};

	gitstart_add_sync(&runner->start, args, runner->input->words[word].origin, sync, runner->arena);
}

static void run_words(const struct gitscope_call *call, struct gitargs args)
{
	struct arena *arena = call->scope->runner->arena;
	struct gitscope_running running = { .args = { .is_known = true } };
	const struct shword *script;
	struct str program;
	bool is_exec;

	if (args.count == 0 || (!args.words[0].reason && run_function(call, args)))
		return;
	gitstart_look(&call->scope->runner->start, args, (struct gitargs){ NULL, 0 });
	gitcron_look(&call->scope->runner->cron, args, call->command ? call->command->input : (struct str){ 0 }, arena);
	if (run_builtin(call, args))
		return;
	is_exec = !args.words[0].reason && str_is(args.words[0].text, "exec") && args.count > 1;
	args = gitargs_skip_prefixes(args, arena, &running.wrapping);
	program = gitargs_program(args);
	script = gitargs_user_script(args, arena);
	if (str_is(program, "git"))
		run_git(call, args);
	else if (gitstart_is_sync(args))
		note_sync(call, args);
	else if (gitmove_is(program))
		gitmove_run(&call->scope->runner->work, *call->directory, args);
	else if (str_is(program, "cd") || str_is(program, "pushd"))
		change_directory(call, args);
	else if (str_is(program, "popd"))
		*call->directory = (struct gitdir){ 0 };
	else if (gitargs_is_shell(program))
		run_shell(call, args, &running);
	else if (str_is(program, "watch"))
		run_watch(call, args, &running);
	else if (script)
		run_script_word(call, script, &running);
	else
		run_program(call, args, &running);
	if (is_exec)
		gitscope_note_end(call, false);
}

static void run_table(const struct gitscope_call *call, struct str table)
{
	/* Its lines stand in none of the container's words. */
	static const struct span nowhere = { 0, 0 };
	struct gitscope scope = *call->scope;
	struct str command;

	scope.at = &nowhere;
	while (gitcron_next(&table, &command)) {
		struct gitscope_running running = { .args = { .is_known = true } };
		struct gitdir home = { .is_known = false };
		struct gitscope_call again = *call;

		again.scope = &scope;
		again.directory = &home;
		again.fetch_polls = again.clone_polls = true;
		run_script(&again, command, &running);
	}
}

/* What a cron daemon is given: by the commands that ran before, and by files of the manifests. */
static void run_tables(const struct gitscope_call *call)
{
	struct gitscope_runner *runner = call->scope->runner;
	const struct gitcron cron = runner->cron;
	struct git_value text = { 0 };

	runner->end_count = 0;
	for (size_t i = 0; i < cron.count; i++)
		run_table(call, cron.tables[i]);
	if (cron.file.text.len > 0 && read_file(call, &cron.file, &text) == GIT_KNOWN)
		run_table(call, text.text);
	for (const char *const *path = gitcron_files; *path; path++) {
		struct shword word = { .text = str_from(*path), .known_len = strlen(*path) };

		if (!str_equal(word.text, cron.file.text) && read_file(call, &word, &text) == GIT_KNOWN)
			run_table(call, text.text);
	}
}

struct gitclones gitrun_follow(const struct gitclone_input *input, struct gitargs words, struct arena *arena)
{
	struct gitscope_runner runner = { .arena = arena, .input = input, .budget = BUDGET };
	struct shvars vars;
	struct shvars_args args = { .is_known = false };
	struct gitscope scope = { .runner = &runner, .vars = &vars, .args = &args };
	struct gitdir directory = { .is_known = true };
	struct shword start = { .text = input->directory, .known_len = input->directory.len };
	struct gitscope_call call = { .scope = &scope, .directory = &directory };
	struct gitclones found;

	gitwork_init(&runner.work, arena);
	branches_init(&runner.shells, arena);
	runner.container = (struct shvars_container){ .variable = input->variable,
						      .reference = input->reference,
						      .context = input->context,
						      .budget = &runner.budget };
	map_init(&runner.container.values, arena);
	shvars_init(&vars, &runner.container, &runner.work.branches, &runner.shells, arena);
	if (str_starts_with(start.text, "/"))
		directory = gitdir_join(directory, &start, arena);
	run_words(&call, words);
	if (runner.cron.runs)
		run_tables(&call);
	found = gitwork_finish(&runner.work);
	found.start = runner.start;
	found.trouble = runner.trouble;
	return found;
}
