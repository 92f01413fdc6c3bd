/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/routines.h"

static void add_to_body(struct routines *program, struct arena *arena, size_t i)
{
	struct str name = program->script.commands[i].function;
	struct routines_body *body = map_get(&program->bodies, name);

	program->next[i] = SIZE_MAX;
	if (!body) {
		body = ARENA_NEW(arena, struct routines_body);
		body->first = i;
		map_set(&program->bodies, name, body);
	} else {
		program->next[body->last] = i;
	}
	body->last = i;
}

struct str routines_assigned_name(const struct word *word)
{
	struct str name = word_known(word);

	name.len = str_find(name, '=');
	if (name.len == word->known_len)
		return (struct str){ 0 };
	/* NAME+= and NAME[...]=. */
	name.len = str_find(name, '[');
	if (str_ends_with(name, "+"))
		name.len--;
	return piece_is_whole_name(name) ? name : (struct str){ 0 };
}

bool routines_sets_names(const struct simple_command *command)
{
	static const char *const names[] = { "export",  "readonly", "declare", "typeset", "local", "read", "readarray",
					     "mapfile", "getopts",  "unset",   "printf",  "let",   NULL };

	return command->word_count > 0 && !command->words[0].reason && command_is_one_of(command->words[0].text, names);
}

static void add_loop_name(struct routines *program, struct arena *arena, struct str name)
{
	if (name.len == 0)
		return;
	program->loop_names = arena_grow(arena, program->loop_names, program->loop_name_count, &program->loop_name_room,
					 sizeof(*program->loop_names));
	program->loop_names[program->loop_name_count++] = name;
}

/* What a command that runs again and again sets. */
static void add_names_of(struct routines *program, struct arena *arena, const struct simple_command *command)
{
	for (size_t i = 0; i < command->assignment_count; i++)
		add_loop_name(program, arena, routines_assigned_name(&command->assignments[i]));
	for (size_t i = 1; i < command->word_count && routines_sets_names(command); i++) {
		struct str text = command->words[i].text, name = routines_assigned_name(&command->words[i]);

		add_loop_name(program, arena, name.len == 0 && piece_is_whole_name(text) ? text : name);
	}
}

static bool calls_function(const struct routines *program, const struct simple_command *command)
{
	return command->word_count > 0 && !command->words[0].reason && command->words[0].text.len > 0 &&
	       routines_body(program, command->words[0].text) != NULL;
}

/* Of functions that a loop calls, somewhere, all that any function sets counts. */
static void find_loop_names(struct routines *program, struct arena *arena)
{
	const struct simple_command *commands = program->script.commands;
	bool calls = false;

	for (size_t i = 0; i < program->script.count; i++) {
		if (!commands[i].loop)
			continue;
		for (const struct loop *loop = commands[i].loop; loop; loop = loop->outer)
			add_loop_name(program, arena, loop->variable);
		add_names_of(program, arena, &commands[i]);
		calls = calls || calls_function(program, &commands[i]);
	}
	for (size_t i = 0; i < program->script.count && calls; i++)
		if (commands[i].function.len > 0)
			add_names_of(program, arena, &commands[i]);
}

/*
 * `((X = 1))`, `$((X++))`: names in arithmetic that sets something. Where it stands does not matter: a number is no ref
 * that anybody would miss.
 */
static void find_arithmetic_names(struct routines *program, struct arena *arena, struct str script)
{
	for (size_t i = 0; i + 1 < script.len; i++) {
		struct str inner = str_skip(script, i + 2);
		size_t end = 0;

		if (script.ptr[i] != '(' || script.ptr[i + 1] != '(')
			continue;
		while (end + 1 < inner.len && !(inner.ptr[end] == ')' && inner.ptr[end + 1] == ')'))
			end++;
		i += 1 + end;
		inner.len = end;
		if (str_find(inner, '=') == inner.len && str_find(inner, '+') == inner.len &&
		    str_find(inner, '-') == inner.len)
			continue;
		for (size_t n = 0; n < inner.len;) {
			size_t length = 0;

			while (n + length < inner.len && piece_is_name(inner.ptr[n + length]))
				length++;
			add_loop_name(program, arena, (struct str){ .ptr = inner.ptr + n, .len = length });
			n += length + 1;
		}
	}
}

bool routines_read(struct str script, const char *references, struct arena *arena, struct routines *program,
		   struct err *err)
{
	struct routines read = { .next = NULL };

	if (!script_parse(script, references, arena, &read.script, err))
		return false;
	map_init(&read.bodies, arena);
	read.next = arena_array(arena, read.script.count, sizeof(*read.next));
	for (size_t i = 0; i < read.script.count; i++)
		add_to_body(&read, arena, i);
	find_loop_names(&read, arena);
	find_arithmetic_names(&read, arena, script);
	*program = read;
	return true;
}

const struct routines_body *routines_body(const struct routines *program, struct str name)
{
	return map_get(&program->bodies, name);
}
