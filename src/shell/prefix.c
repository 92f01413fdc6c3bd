/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/prefix.h"

/* Commands that run another one: letters of options that take a value, and operands before the other command. */
static const struct prefix {
	char name[16], letters[12];
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
		if (name.len > 0 && name.ptr[0] == prefixes[i].name[0] && str_is(name, prefixes[i].name))
			return &prefixes[i];
	return NULL;
}

/* Long options of those commands whose value stands in the next word, unless it is joined. */
static bool has_long_value(struct str option)
{
	static const char names[][24] = { "--unset",      "--user",          "--group",
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
		struct str text = word_known(&args.words[0]);

		if (text.len < 2 || text.ptr[0] != '-')
			break;
		args = args_skip(args, 1);
		if (str_is(text, "--"))
			break;
		if (text.ptr[1] == '-' ? has_long_value(text) : strchr(prefix->letters, text.ptr[text.len - 1]) != NULL)
			args = args_skip(args, 1);
	}
	return args;
}

/* NAME=value, as env and sudo take it. */
static bool is_assignment(const struct word *word)
{
	struct str known = word_known(word);
	size_t length = str_find(known, '=');

	return length < known.len && piece_is_variable_name((struct str){ .ptr = known.ptr, .len = length });
}

/* What stands behind -c or --command as the word at the front, or in it; else NULL. */
static const struct word *script_option(struct args args, struct arena *arena)
{
	struct str text = args.count > 0 ? word_known(&args.words[0]) : (struct str){ 0 };
	size_t joined = str_starts_with(text, "--command=") ? strlen("--command=") : 0;
	struct word *tail;

	if (text.len > 2 && text.ptr[0] == '-' && text.ptr[1] == 'c')
		joined = 2;
	if (joined > 0) {
		tail = ARENA_NEW(arena, struct word);
		*tail = word_tail(&args.words[0], joined);
		return tail;
	}
	/* Letters without a value may stand in front of it: -lc. */
	if (str_is(text, "--command") || (text.len >= 2 && text.len <= 4 && text.ptr[0] == '-' && text.ptr[1] != '-' &&
					  text.ptr[text.len - 1] == 'c'))
		return args.count > 1 ? &args.words[1] : NULL;
	return NULL;
}

const struct word *prefix_script(struct args args, struct arena *arena)
{
	struct str program = args_program(args);
	bool is_su = str_is(program, "su"), is_flock = str_is(program, "flock");
	const struct word *script = NULL;

	if (!is_su && !is_flock && !str_is(program, "runuser") && !str_is(program, "script"))
		return NULL;
	args = args_skip(args, 1);
	/* `flock FILE -c SCRIPT`: behind the file a command may stand as well, with a -c of its own. */
	if (is_flock) {
		const struct prefix *prefix = find_prefix(program);

		return script_option(args_skip(skip_prefix_options(args, prefix), 1), arena);
	}
	for (; args.count > 0 && !script; args = args_skip(args, 1)) {
		struct str text = word_known(&args.words[0]);

		/* `runuser -u USER COMMAND`. */
		if (!is_su && (str_starts_with(text, "-u") || str_starts_with(text, "--user") || str_is(text, "--")))
			break;
		script = script_option(args, arena);
	}
	return script;
}

/* Do su, runuser or sudo start with an environment of their own? */
static bool is_login(struct args args)
{
	struct str program = args_program(args);
	bool is_env = str_is(program, "env"), is_sudo = str_is(program, "sudo") || str_is(program, "doas");
	bool keeps = false, is_login = is_sudo;

	if (!is_env && !is_sudo && !str_is(program, "su") && !str_is(program, "runuser"))
		return false;
	for (args = args_skip(args, 1); args.count > 0; args = args_skip(args, 1)) {
		struct str text = word_known(&args.words[0]);

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

static void add_assignment(struct prefix_environment *environment, const struct word *word, struct arena *arena)
{
	environment->assignments = arena_grow(arena, environment->assignments, environment->count, &environment->room,
					      sizeof(*environment->assignments));
	environment->assignments[environment->count++] = *word;
}

struct args prefix_skip(struct args args, struct arena *arena, struct prefix_environment *environment)
{
	for (;;) {
		const struct prefix *prefix = find_prefix(args_program(args));
		struct args inner;

		if (is_login(args))
			environment->foreign = "a command in front of it may take the variables away";
		if (!prefix || prefix_script(args, arena))
			return args;
		inner = skip_prefix_options(args_skip(args, 1), prefix);
		while (inner.count > 0 && is_assignment(&inner.words[0])) {
			add_assignment(environment, &inner.words[0], arena);
			inner = args_skip(inner, 1);
		}
		inner = args_skip(inner, prefix->operands);
		args = inner;
	}
}
