/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/args.h"

static bool is_name(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '_' && !(i > 0 ? str_is_alphanumeric(text.ptr[i])
						  : str_is_alphanumeric(text.ptr[i]) && !str_is_digit(text.ptr[i])))
			return false;
	return text.len > 0;
}

/* The NAME of a text that is nothing but $NAME or ${NAME}, else empty. */
static struct str variable_in(struct str text)
{
	struct str name = str_skip(text, 1);

	if (text.len < 2 || text.ptr[0] != '$')
		return (struct str){ 0 };
	if (name.ptr[0] == '{' && name.ptr[name.len - 1] == '}')
		name = (struct str){ .ptr = name.ptr + 1, .len = name.len - 2 };
	return is_name(name) ? name : (struct str){ 0 };
}

struct word args_tail(const struct word *word, size_t from)
{
	struct word tail = *word;

	assert(from <= word->known_len);
	tail.text = str_skip(word->text, from);
	tail.known_len -= from;
	tail.cut += from;
	if (tail.reason && tail.known_len == 0)
		tail.variable = variable_in(tail.text);
	return tail;
}

/* The part of a word that is known. */
static struct str known_part(const struct word *word)
{
	return (struct str){ .ptr = word->text.ptr, .len = word->known_len };
}

static struct args skip(struct args args, size_t count)
{
	if (count > args.count)
		count = args.count;
	return (struct args){ .words = count > 0 ? args.words + count : args.words, .count = args.count - count };
}

struct str args_program(struct args args)
{
	struct str name = { 0 };

	if (args.count == 0 || args.words[0].reason)
		return name;
	name = args.words[0].text;
	for (size_t i = name.len; i-- > 0;)
		if (name.ptr[i] == '/')
			return str_skip(name, i + 1);
	return name;
}

/* Commands that run another one: letters of options that take a value, and operands before the other command. */
static const struct prefix {
	const char *name;
	const char *letters;
	unsigned operands;
} prefixes[] = {
	{ "env", "uCS", 0 },        { "exec", "a", 0 },     { "command", "", 0 },        { "builtin", "", 0 },
	{ "time", "of", 0 },        { "nohup", "", 0 },     { "setsid", "", 0 },         { "sudo", "ugpChDRTUr", 0 },
	{ "doas", "uC", 0 },        { "timeout", "ks", 1 }, { "nice", "n", 0 },          { "ionice", "cnpt", 0 },
	{ "stdbuf", "ioe", 0 },     { "su-exec", "", 1 },   { "gosu", "", 1 },           { "tini", "pe", 0 },
	{ "dumb-init", "r", 0 },    { "catatonit", "", 0 }, { "busybox", "", 0 },        { "toybox", "", 0 },
	{ "chronic", "", 0 },       { "unbuffer", "", 0 },  { "ssh-agent", "aEOPt", 0 }, { "setpriv", "", 0 },
	{ "runuser", "ugGsw", 0 },  { "flock", "wE", 1 },   { "chroot", "", 1 },         { "setuidgid", "", 1 },
	{ "s6-setuidgid", "", 1 },  { "chpst", "ueb", 0 },  { "taskset", "", 1 },        { "proxychains", "f", 0 },
	{ "proxychains4", "f", 0 }, { "torsocks", "", 0 },  { "with-contenv", "", 0 },
};

static const struct prefix *find_prefix(struct str name)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (str_is(name, prefixes[i].name))
			return &prefixes[i];
	return NULL;
}

/* Long options of those commands whose value stands in the next word, unless it is joined. */
static bool has_long_value(struct str option)
{
	static const char *const names[] = { "--unset",      "--user",          "--group",
					     "--signal",     "--chdir",         "--kill-after",
					     "--adjustment", "--argv0",         "--reuid",
					     "--regid",      "--ruid",          "--euid",
					     "--rgid",       "--egid",          "--groups",
					     "--inh-caps",   "--ambient-caps",  "--bounding-set",
					     "--securebits", "--selinux-label", "--apparmor-profile",
					     "--pdeathsig",  "--shell",         "--supp-group",
					     "--timeout",    "--wait",          "--conflict-exit-code" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_is(option, names[i]))
			return true;
	return false;
}

static struct args skip_prefix_options(struct args args, const struct prefix *prefix)
{
	while (args.count > 0) {
		struct str text = known_part(&args.words[0]);

		if (text.len < 2 || text.ptr[0] != '-')
			break;
		args = skip(args, 1);
		if (str_is(text, "--"))
			break;
		if (text.ptr[1] == '-' ? has_long_value(text) : strchr(prefix->letters, text.ptr[text.len - 1]) != NULL)
			args = skip(args, 1);
	}
	return args;
}

/* NAME=value, as env and sudo take it. */
static bool is_assignment(const struct word *word)
{
	struct str known = known_part(word);
	size_t length = str_find(known, '=');

	return length < known.len && is_name((struct str){ .ptr = known.ptr, .len = length });
}

/* What stands behind -c or --command as the word at the front, or in it; else NULL. */
static const struct word *script_option(struct args args, struct arena *arena)
{
	struct str text = args.count > 0 ? known_part(&args.words[0]) : (struct str){ 0 };
	size_t joined = str_starts_with(text, "--command=") ? strlen("--command=") : 0;
	struct word *tail;

	if (text.len > 2 && text.ptr[0] == '-' && text.ptr[1] == 'c')
		joined = 2;
	if (joined > 0) {
		tail = ARENA_NEW(arena, struct word);
		*tail = args_tail(&args.words[0], joined);
		return tail;
	}
	/* Letters without a value may stand in front of it: -lc. */
	if (str_is(text, "--command") || (text.len >= 2 && text.len <= 4 && text.ptr[0] == '-' && text.ptr[1] != '-' &&
					  text.ptr[text.len - 1] == 'c'))
		return args.count > 1 ? &args.words[1] : NULL;
	return NULL;
}

const struct word *args_user_script(struct args args, struct arena *arena)
{
	struct str program = args_program(args);
	bool is_su = str_is(program, "su"), is_flock = str_is(program, "flock");
	const struct word *script = NULL;

	if (!is_su && !is_flock && !str_is(program, "runuser") && !str_is(program, "script"))
		return NULL;
	args = skip(args, 1);
	/* `flock FILE -c SCRIPT`: behind the file a command may stand as well, with a -c of its own. */
	if (is_flock) {
		const struct prefix *prefix = find_prefix(program);

		return script_option(skip(skip_prefix_options(args, prefix), 1), arena);
	}
	for (; args.count > 0 && !script; args = skip(args, 1)) {
		struct str text = known_part(&args.words[0]);

		/* `runuser -u USER COMMAND`. */
		if (!is_su && (str_starts_with(text, "-u") || str_starts_with(text, "--user") || str_is(text, "--")))
			break;
		script = script_option(args, arena);
	}
	return script;
}

bool args_is_login(struct args args)
{
	struct str program = args_program(args);
	bool is_env = str_is(program, "env"), is_sudo = str_is(program, "sudo") || str_is(program, "doas");
	bool keeps = false, is_login = is_sudo;

	if (!is_env && !is_sudo && !str_is(program, "su") && !str_is(program, "runuser"))
		return false;
	for (args = skip(args, 1); args.count > 0; args = skip(args, 1)) {
		struct str text = known_part(&args.words[0]);

		if (text.len == 0 || text.ptr[0] != '-' || str_is(text, "--"))
			break;
		if (is_sudo && (str_is(text, "-E") || str_starts_with(text, "--preserve-env")))
			keeps = true;
		else if (str_is(text, "-") || str_is(text, "--login") || str_starts_with(text, "--unset") ||
			 str_starts_with(text, "--ignore-env"))
			is_login = true;
		else if (text.ptr[1] != '-' &&
			 (str_find(text, is_env ? 'i' : 'l') < text.len || (is_env && str_find(text, 'u') < text.len)))
			is_login = true;
	}
	return is_login && !keeps;
}

static void add_assignment(struct args_wrapping *wrapping, const struct word *word, struct arena *arena)
{
	wrapping->assignments = arena_grow(arena, wrapping->assignments, wrapping->count, &wrapping->room,
					   sizeof(*wrapping->assignments));
	wrapping->assignments[wrapping->count++] = *word;
}

struct args args_skip_prefixes(struct args args, struct arena *arena, struct args_wrapping *wrapping)
{
	for (;;) {
		const struct prefix *prefix = find_prefix(args_program(args));
		struct args inner;

		if (args_is_login(args))
			wrapping->foreign = "a command in front of it may take the variables away";
		if (!prefix || args_user_script(args, arena))
			return args;
		inner = skip_prefix_options(skip(args, 1), prefix);
		while (inner.count > 0 && is_assignment(&inner.words[0])) {
			add_assignment(wrapping, &inner.words[0], arena);
			inner = skip(inner, 1);
		}
		inner = skip(inner, prefix->operands);
		args = inner;
	}
}

bool args_is_shell(struct str program)
{
	static const char *const shells[] = { "sh", "bash", "ash", "dash", "ksh", "mksh", "zsh" };

	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++)
		if (str_is(program, shells[i]))
			return true;
	return false;
}

bool args_is_foreign_script(struct str text)
{
	struct str line = text, program;

	if (!str_starts_with(text, "#!"))
		return false;
	line.len = str_find(text, '\n');
	line = str_trim(str_skip(line, 2));
	program = line;
	program.len = str_find(line, ' ');
	if (str_ends_with(program, "/env")) {
		program = str_trim(str_skip(line, program.len));
		program.len = str_find(program, ' ');
	}
	while (str_find(program, '/') < program.len)
		program = str_skip(program, str_find(program, '/') + 1);
	return !args_is_shell(program);
}

const struct word *args_script(struct args args, bool *is_file, struct args *operands)
{
	bool is_command = false, reads_input = false;

	for (args = skip(args, 1); args.count > 0; args = skip(args, 1)) {
		struct str text = known_part(&args.words[0]);

		if (str_is(text, "--") || str_is(text, "-")) {
			args = skip(args, 1);
			break;
		}
		if (text.len < 2 || (text.ptr[0] != '-' && text.ptr[0] != '+'))
			break;
		if (text.ptr[1] == '-') {
			if (str_is(text, "--rcfile") || str_is(text, "--init-file"))
				args = skip(args, 1);
			continue;
		}
		/* -o and -O name an option each, in words of their own. */
		for (size_t i = 1; i < text.len; i++) {
			is_command = is_command || (text.ptr[0] == '-' && text.ptr[i] == 'c');
			reads_input = reads_input || (text.ptr[0] == '-' && text.ptr[i] == 's');
			if (text.ptr[i] == 'o' || text.ptr[i] == 'O')
				args = skip(args, 1);
		}
	}
	*is_file = !is_command;
	if (args.count == 0 || (reads_input && !is_command))
		return NULL;
	*operands = skip(args, 1);
	return &args.words[0];
}

/* A parse on its way. */
struct parse {
	const struct args_option *table;
	struct arena *arena;
	struct args args;
	struct args_use *uses;
	size_t use_count, use_room;
	struct word *operands;
	size_t operand_count, operand_room;
};

static void add_use(struct parse *parse, const struct args_option *option, const struct word *value)
{
	parse->uses = arena_grow(parse->arena, parse->uses, parse->use_count, &parse->use_room, sizeof(*parse->uses));
	parse->uses[parse->use_count++] = (struct args_use){ .option = option, .value = value };
}

static void add_operand(struct parse *parse, const struct word *word)
{
	parse->operands = arena_grow(parse->arena, parse->operands, parse->operand_count, &parse->operand_room,
				     sizeof(*parse->operands));
	parse->operands[parse->operand_count++] = *word;
}

static const struct word no_value = { .text = STR("") };

/* The value of an option in the next word. */
static const struct word *next_value(struct parse *parse)
{
	const struct word *value = &no_value;

	if (parse->args.count > 0) {
		value = &parse->args.words[0];
		parse->args = skip(parse->args, 1);
	}
	return value;
}

/* The value of an option behind the first `from` bytes of its own word. */
static const struct word *joined_value(struct parse *parse, const struct word *word, size_t from)
{
	struct word *value = ARENA_NEW(parse->arena, struct word);

	*value = args_tail(word, from);
	return value;
}

/* The row of the one long option that `name` is, or is the beginning of. */
static const struct args_option *find_long(const struct args_option *table, struct str name)
{
	const struct args_option *found = NULL;

	for (; table->name || table->letter; table++) {
		if (!table->name)
			continue;
		if (str_is(name, table->name))
			return table;
		if (name.len < strlen(table->name) && memcmp(name.ptr, table->name, name.len) == 0) {
			/* Ambiguous: git refuses it. */
			if (found)
				return NULL;
			found = table;
		}
	}
	return found;
}

static void parse_long(struct parse *parse, const struct word *word)
{
	struct str name = str_skip(known_part(word), 2);
	size_t length = str_find(name, '=');
	bool is_joined = length < name.len;
	const struct args_option *option;
	const struct word *value = &no_value;

	name.len = length;
	option = find_long(parse->table, name);
	if (!option)
		return;
	if (is_joined)
		value = joined_value(parse, word, 2 + length + 1);
	else if (option->has_value)
		value = next_value(parse);
	add_use(parse, option, value);
}

static const struct args_option *find_letter(const struct args_option *table, char letter)
{
	for (; table->name || table->letter; table++)
		if (table->letter == letter)
			return table;
	return NULL;
}

/* Letters one behind the other; the rest of the word is the value of the first one that has one. */
static void parse_letters(struct parse *parse, const struct word *word)
{
	for (size_t i = 1; i < word->known_len; i++) {
		const struct args_option *option = find_letter(parse->table, word->text.ptr[i]);

		if (!option)
			continue;
		if (option->has_value) {
			add_use(parse, option,
				i + 1 < word->text.len ? joined_value(parse, word, i + 1) : next_value(parse));
			return;
		}
		add_use(parse, option, &no_value);
	}
}

struct args_parsed args_parse(struct args args, const struct args_option *table, struct arena *arena)
{
	struct parse parse = { .table = table, .arena = arena, .args = args };
	size_t before_dashes = SIZE_MAX;

	while (parse.args.count > 0) {
		const struct word *word = &parse.args.words[0];
		struct str known = known_part(word);

		parse.args = skip(parse.args, 1);
		if (before_dashes != SIZE_MAX || known.len < 2 || known.ptr[0] != '-') {
			add_operand(&parse, word);
		} else if (known.ptr[1] != '-') {
			parse_letters(&parse, word);
		} else if (known.len == 2 && !word->reason) {
			before_dashes = parse.operand_count;
		} else {
			parse_long(&parse, word);
		}
	}
	return (struct args_parsed){ .uses = parse.uses,
				     .use_count = parse.use_count,
				     .operands = parse.operands,
				     .operand_count = parse.operand_count,
				     .before_dashes = before_dashes };
}

const struct args_use *args_last(const struct args_parsed *parsed, char letter, const char *name)
{
	for (size_t i = parsed->use_count; i-- > 0;) {
		const struct args_option *option = parsed->uses[i].option;

		if ((letter && option->letter == letter) || (name && option->name && strcmp(option->name, name) == 0))
			return &parsed->uses[i];
	}
	return NULL;
}

/* Options of git itself whose value stands in the next word, unless it is joined. */
static bool has_global_value(struct str option)
{
	static const char *const names[] = { "-c",           "--namespace",  "--work-tree", "--super-prefix",
					     "--config-env", "--attr-source" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_is(option, names[i]))
			return true;
	return false;
}

struct args_command_line args_command(struct args args, struct arena *arena)
{
	struct args_command_line command = { 0 };
	struct word *directories = NULL;
	static const char git_dir[] = "--git-dir=";
	size_t room = 0;

	for (args = skip(args, 1); args.count > 0; args = skip(args, 1)) {
		const struct word *word = &args.words[0];
		struct str text = known_part(word);

		if (text.len == 0 || text.ptr[0] != '-') {
			command.name = word->reason ? (struct str){ 0 } : text;
			command.args = skip(args, 1);
			break;
		}
		if (str_is(text, "-C") && args.count > 1) {
			directories =
				arena_grow(arena, directories, command.directory_count, &room, sizeof(*directories));
			directories[command.directory_count++] = args.words[1];
			args = skip(args, 1);
		} else if (str_is(text, "--git-dir") && args.count > 1) {
			command.git_dir = &args.words[1];
			args = skip(args, 1);
		} else if (str_starts_with(text, git_dir)) {
			struct word *value = ARENA_NEW(arena, struct word);

			*value = args_tail(word, sizeof(git_dir) - 1);
			command.git_dir = value;
		} else if (has_global_value(text)) {
			args = skip(args, 1);
		}
	}
	command.directories = directories;
	return command;
}
