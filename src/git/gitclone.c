#include "git/gitclone.h"

#include "base/map.h"
#include "git/gitverbs.h"
#include "git/shwords.h"

#define BECAUSE_REFERENCE "it has a variable of the container in it that isn't known"

/* Scripts in words of scripts, and functions called by functions. */
#define MAX_DEPTH 8
/* Linux starts nothing with a longer word (MAX_ARG_STRLEN). */
#define SCRIPT_LIMIT ((size_t)128 * 1024)
/* What a container's command may cost: its bytes, and each command as often as functions repeat it. */
#define BUDGET 1000000

struct runner {
	struct gitwork work;
	struct gitstart start;
	struct arena *arena;
	const struct git_value *values; /* the container's words */
	size_t word;                    /* the number of the one that a script stands in */
	size_t budget;
	const char *trouble;
};

/* The commands of a function, or those outside of all, as numbers in the script. */
struct body {
	size_t first, last;
};

struct program {
	struct shscript script;
	struct map bodies; /* by name; "" is the script's own */
	size_t *next;      /* of each command: the next one of its body, or SIZE_MAX */
};

/* A body that is running. */
struct scope {
	struct runner *runner;
	const struct program *program; /* NULL: the container's own words */
	size_t branch;                 /* where it was called */
	size_t *branches;              /* by number in the script: that in the work, or SIZE_MAX */
	struct gitdir *directories;    /* by number of the subshell */
	bool *has_directory;
	bool fetch_polls, clone_polls; /* it was called in a loop */
	bool is_substitution;
	unsigned depth;
	const struct span *at; /* of the word that the script stands in, in the container's word; or NULL */
};

/* One simple command, and what stands around it. */
struct call {
	struct scope *scope;
	struct gitdir *directory;
	size_t branch;
	struct span at;
	bool fetch_polls, clone_polls, is_substitution;
};

static void run_words(const struct call *call, struct gitargs args);

static bool spend(struct runner *runner, size_t amount)
{
	if (amount > runner->budget) {
		runner->budget = 0;
		runner->trouble = "it does too much";
		return false;
	}
	runner->budget -= amount;
	return true;
}

static void add_to_body(struct program *program, struct arena *arena, size_t i)
{
	struct str name = program->script.commands[i].function;
	struct body *body = map_get(&program->bodies, name);

	program->next[i] = SIZE_MAX;
	if (!body) {
		body = ARENA_NEW(arena, struct body);
		body->first = i;
		map_set(&program->bodies, name, body);
	} else {
		program->next[body->last] = i;
	}
	body->last = i;
}

static bool load(struct runner *runner, struct str text, bool has_references, struct program *program)
{
	struct err err = { 0 };

	if (text.len > SCRIPT_LIMIT) {
		if (gitelse_is_in(text))
			runner->trouble = "it is too long";
		return false;
	}
	if (!spend(runner, text.len))
		return false;
	if (!shwords_parse(text, has_references, runner->arena, &program->script, &err)) {
		if (gitelse_is_in(text))
			runner->trouble = arena_dup(runner->arena, str_from(err.text)).ptr;
		return false;
	}
	map_init(&program->bodies, runner->arena);
	program->next = arena_array(runner->arena, program->script.count, sizeof(*program->next));
	for (size_t i = 0; i < program->script.count; i++)
		add_to_body(program, runner->arena, i);
	return true;
}

/* Does the command, in this loop and those around it, run again and again? */
static bool loops(const struct shcommand *command, bool is_clone)
{
	bool is_condition = (command->within & SHWITHIN_LOOP_CONDITION) != 0;
	bool is_retry = is_condition && command->loop && (command->loop->is_until || command->is_negated);
	const struct shloop *loop = command->loop;

	for (; loop; loop = loop->outer, is_retry = false) {
		if (loop->has_break || is_retry)
			continue;
		if (loop->is_for ? !is_clone && loop->has_sleep : !is_clone || loop->is_endless)
			return true;
	}
	return false;
}

static struct gitdir *directory_of(struct scope *scope, size_t subshell)
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

static size_t branch_of(struct scope *scope, size_t branch)
{
	size_t parent;

	if (scope->branches[branch] == SIZE_MAX) {
		parent = branch_of(scope, scope->program->script.branch_parents[branch]);
		scope->branches[branch] = gitbranches_new(&scope->runner->work.branches, parent);
	}
	return scope->branches[branch];
}

static void run_command(struct scope *scope, const struct shcommand *command)
{
	struct call call = {
		.scope = scope,
		.directory = directory_of(scope, command->subshell),
		.branch = branch_of(scope, command->branch),
		.at = scope->at ? *scope->at : command->at,
		.fetch_polls = scope->fetch_polls || loops(command, false),
		.clone_polls = scope->clone_polls || loops(command, true),
		.is_substitution = scope->is_substitution || (command->within & SHWITHIN_SUBSTITUTION) != 0,
	};

	gitstart_look(&scope->runner->start, (struct gitargs){ NULL, 0 },
		      (struct gitargs){ .words = command->assignments, .count = command->assignment_count });
	run_words(&call, (struct gitargs){ .words = command->words, .count = command->word_count });
}

/* Runs a body of `program` for the command `call`; a `cd` in it holds behind it, if it is a function's. */
static void run_body(const struct call *call, const struct program *program, const struct body *body, bool is_function)
{
	struct scope *outer = call->scope;
	struct arena *arena = outer->runner->arena;
	const struct shscript *script = &program->script;
	struct scope scope = { .runner = outer->runner,
			       .program = program,
			       .branch = call->branch,
			       .fetch_polls = call->fetch_polls,
			       .clone_polls = call->clone_polls,
			       .is_substitution = call->is_substitution,
			       .depth = outer->depth + 1,
			       .at = outer->program && !is_function ? &call->at : outer->at };

	if (scope.depth > MAX_DEPTH || !spend(outer->runner, script->branch_count + script->subshell_count))
		return;
	scope.branches = arena_array(arena, script->branch_count, sizeof(*scope.branches));
	memset(scope.branches, 0xff, script->branch_count * sizeof(*scope.branches));
	scope.branches[0] = call->branch;
	scope.directories = arena_array(arena, script->subshell_count, sizeof(*scope.directories));
	scope.has_directory = arena_array(arena, script->subshell_count, sizeof(*scope.has_directory));
	scope.directories[0] = *call->directory;
	scope.has_directory[0] = true;
	for (size_t i = body->first; i != SIZE_MAX && spend(outer->runner, 1); i = program->next[i])
		run_command(&scope, &script->commands[i]);
	if (is_function)
		*call->directory = scope.directories[0];
}

static void run_script(const struct call *call, struct str text, bool has_references)
{
	struct program program;
	const struct body *body;

	if (call->scope->depth >= MAX_DEPTH || !load(call->scope->runner, text, has_references, &program))
		return;
	body = map_get(&program.bodies, (struct str){ 0 });
	if (body)
		run_body(call, &program, body, false);
}

/* A word that is a script. What its own shell has not expanded, is expanded in it as unknown. */
static void run_script_word(const struct call *call, const struct shword *word)
{
	bool is_container_word = call->scope->program == NULL;

	if (is_container_word)
		call->scope->runner->word = word->at.from;
	run_script(call, word->text, is_container_word && word->reason);
}

/* Words that a program joins to a script: eval, watch. Those of the container stay apart, each with its origin. */
static void run_joined(const struct call *call, struct gitargs args)
{
	struct runner *runner = call->scope->runner;
	struct buf joined;
	struct str script;

	if (args.count == 1) {
		run_script_word(call, &args.words[0]);
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
		buf_add(&joined, args.words[i].text);
	}
	script = buf_keep(&joined, runner->arena);
	run_script(call, script, false);
}

static void change_directory(const struct call *call, struct gitargs args)
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

static void run_git(const struct call *call, struct gitargs args)
{
	struct runner *runner = call->scope->runner;
	struct gitverbs_context context = {
		.work = &runner->work,
		.place = { .directory = *call->directory, .branch = call->branch },
		.values = runner->values,
		.is_script = call->scope->program != NULL,
		.word = runner->word,
		.at = call->at,
		.clone_polls = call->clone_polls,
		.fetch_polls = call->fetch_polls,
		.is_substitution = call->is_substitution,
	};

	gitverbs_run(&context, args);
}

/* `watch -n 60 COMMAND`. */
static void run_watch(const struct call *call, struct gitargs args)
{
	struct call again = *call;
	size_t i = 1;

	again.fetch_polls = again.clone_polls = true;
	while (i < args.count && !args.words[i].reason && str_starts_with(args.words[i].text, "-")) {
		bool has_value = str_is(args.words[i].text, "-n") || str_is(args.words[i].text, "--interval");

		i += has_value ? 2 : 1;
	}
	if (i < args.count)
		run_joined(&again, (struct gitargs){ .words = args.words + i, .count = args.count - i });
}

static bool run_function(const struct call *call, struct str name)
{
	const struct program *program = call->scope->program;
	const struct body *body = program && name.len > 0 ? map_get(&program->bodies, name) : NULL;

	if (body)
		run_body(call, program, body, true);
	return body != NULL;
}

/* A program that may check something out by itself. */
static void note_program(const struct call *call, struct gitargs args)
{
	struct gitwork_place place = { .directory = *call->directory, .branch = call->branch };
	struct gitelse found;

	if (gitelse_of_program(args, &found))
		gitwork_note(&call->scope->runner->work, &place, &found);
	else if (args.count > 0 && str_find(args.words[0].text, '/') < args.words[0].text.len)
		gitstart_note_unknown(&call->scope->runner->start, &args.words[0]);
}

/* A shell with a script that is a file. */
static void note_file(const struct call *call, struct gitargs args)
{
	size_t i = 1;

	while (i < args.count && str_starts_with(args.words[i].text, "-"))
		i++;
	if (i < args.count)
		gitstart_note_unknown(&call->scope->runner->start, &args.words[i]);
}

static void note_sync(const struct call *call, struct gitargs args)
{
	struct runner *runner = call->scope->runner;
	size_t word = call->scope->program ? runner->word : args.words[0].at.from;
	struct gitstart_sync sync = {
		.polls = call->fetch_polls || call->clone_polls,
		.is_unsure = call->branch != 0 || call->is_substitution,
	};

	gitstart_add_sync(&runner->start, args, runner->values[word].origin, sync, runner->arena);
}

static void run_words(const struct call *call, struct gitargs args)
{
	const struct shword *script;
	struct str program;

	if (args.count == 0 || (!args.words[0].reason && run_function(call, args.words[0].text)))
		return;
	gitstart_look(&call->scope->runner->start, args, (struct gitargs){ NULL, 0 });
	args = gitargs_skip_prefixes(args, call->scope->runner->arena);
	program = gitargs_program(args);
	if (str_is(program, "git")) {
		run_git(call, args);
	} else if (gitstart_is_sync(args)) {
		note_sync(call, args);
	} else if (str_is(program, "cd") || str_is(program, "pushd")) {
		change_directory(call, args);
	} else if (str_is(program, "popd")) {
		*call->directory = (struct gitdir){ 0 };
	} else if (gitargs_is_shell(program)) {
		script = gitargs_script(args);
		if (script)
			run_script_word(call, script);
		else
			note_file(call, args);
	} else if (str_is(program, "eval")) {
		run_joined(call, (struct gitargs){ .words = args.words + 1, .count = args.count - 1 });
	} else if (str_is(program, "watch")) {
		run_watch(call, args);
	} else {
		script = gitargs_user_script(args, call->scope->runner->arena);
		if (script)
			run_script_word(call, script);
		else
			note_program(call, args);
	}
}

/* Where the first reference to a variable that isn't known stands in `text`, or its end. */
static size_t known_length(struct str text)
{
	size_t i = 0;

	while (i + 1 < text.len && !(text.ptr[i] == '$' && text.ptr[i + 1] == '('))
		i++;
	return i + 1 < text.len ? i : text.len;
}

static struct shword to_word(const struct git_value *value, size_t number)
{
	struct shword word = { .text = value->text, .known_len = value->text.len, .at = { number, number } };

	if (value->is_known)
		return word;
	word.reason = BECAUSE_REFERENCE;
	word.known_len = known_length(value->text);
	/* Not a piece of it, but all of it. */
	if (word.known_len == value->text.len)
		word.known_len = 0;
	return word;
}

/* Images, on any registry, whose entry point is git. */
static bool has_git_entry_point(struct str image)
{
	static const char *const names[] = { "alpine/git", "alpine-git", "chainguard/git" };
	size_t end;

	image.len = str_find(image, '@');
	for (end = image.len; end > 0 && image.ptr[end - 1] != ':' && image.ptr[end - 1] != '/'; end--)
		;
	if (end > 0 && image.ptr[end - 1] == ':')
		image.len = end - 1;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct str before = image;

		if (!str_ends_with(image, names[i]))
			continue;
		before.len -= strlen(names[i]);
		if (before.len == 0 || str_ends_with(before, "/"))
			return true;
	}
	return false;
}

/* The words as those of a command. */
static struct gitargs make_words(const struct gitclone_input *input, struct arena *arena)
{
	struct shword *words = arena_array(arena, input->count + 1, sizeof(*words));
	bool adds_git = !input->has_command && has_git_entry_point(input->image);
	size_t count = 0;

	if (adds_git)
		words[count++] = (struct shword){ .text = STR("git"), .known_len = 3 };
	for (size_t i = 0; i < input->count; i++)
		words[count++] = to_word(&input->words[i], i);
	return (struct gitargs){ .words = words, .count = count };
}

static void keep_part(struct git_part *part, struct arena *arena)
{
	part->value.text = arena_dup(arena, part->value.text);
	part->variable = arena_dup(arena, part->variable);
}

/* The result, out of the memory that following the commands took. */
static struct gitclones keep(const struct gitclones *found, const char *trouble, struct arena *arena)
{
	struct gitclone_checkout *checkouts = arena_array(arena, found->count, sizeof(*checkouts));
	struct str *polled = arena_array(arena, found->polled_count, sizeof(*polled));
	struct gitclones kept = { .checkouts = checkouts, .count = found->count };

	kept.polled = polled;
	for (; kept.polled_count < found->polled_count; kept.polled_count++)
		polled[kept.polled_count] = arena_dup(arena, found->polled[kept.polled_count]);

	for (size_t i = 0; i < found->count; i++) {
		checkouts[i] = found->checkouts[i];
		keep_part(&checkouts[i].url, arena);
		keep_part(&checkouts[i].ref, arena);
		keep_part(&checkouts[i].directory, arena);
	}
	kept.start = found->start;
	gitstart_keep(&kept.start, arena);
	if (found->untold) {
		struct gitelse *untold = ARENA_NEW(arena, struct gitelse);

		*untold = *found->untold;
		kept.untold = untold;
		kept.untold_directory = arena_dup(arena, found->untold_directory);
	}
	if (trouble)
		kept.trouble = arena_dup(arena, str_from(trouble)).ptr;
	return kept;
}

struct gitclones gitclone_find(const struct gitclone_input *input, struct arena *arena)
{
	struct arena scratch;
	struct runner runner = { .arena = &scratch, .values = input->words, .budget = BUDGET };
	struct scope scope = { .runner = &runner };
	struct gitdir directory = { .is_known = true };
	struct shword start = { .text = input->directory, .known_len = input->directory.len };
	struct call call = { .scope = &scope, .directory = &directory };
	struct gitclones found;

	if (input->count == 0)
		return (struct gitclones){ 0 };
	arena_init(&scratch);
	gitwork_init(&runner.work, &scratch);
	if (str_starts_with(start.text, "/"))
		directory = gitdir_join(directory, &start, &scratch);
	run_words(&call, make_words(input, &scratch));
	found = gitwork_finish(&runner.work);
	found.start = runner.start;
	found = keep(&found, runner.trouble, arena);
	arena_release(&scratch);
	return found;
}
