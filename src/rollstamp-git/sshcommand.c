/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/sshcommand.h"

#include "base/buf.h"
#include "base/spawn.h"
#include "git/environment.h"

#include <stdlib.h>

/* How many bytes git may print of two settings, and ssh -G of all its own. */
#define OUTPUT_LIMIT ((size_t)256 * 1024)

/* What was found out of the environment and git's configuration. */
struct ssh_settings {
	const char *line;    /* for a shell; or NULL */
	const char *variant; /* its name; or NULL */
};

/* Options for OpenSSH, in front of the server's name. */
static const char *const options[] = {
	/* Nobody is asked for a passphrase or a password, nor whether a new host's key is right. */
	"-o",
	"BatchMode=yes",
	/*
	 * A server that a manifest names gets no terminal, agent, X11 or port, whatever the user's configuration says.
	 */
	"-T",
	"-a",
	"-x",
	"-o",
	"ClearAllForwardings=yes",
	/*
	 * A shared connection is used where there is one. A new connection is not shared, since its process would stay
	 * when we are gone.
	 */
	"-o",
	"ControlMaster=no",
	/* No file is written because of a rendering. */
	"-o",
	"UpdateHostKeys=no",
	/* The messages tell what went wrong. */
	"-o",
	"LogLevel=INFO",
};

#define OPTIONS (sizeof(options) / sizeof(*options))

static const struct {
	const char *name;
	enum sshcommand_variant variant;
} variants[] = {
	{ "ssh", SSHCOMMAND_OPENSSH },
	{ "ssh.exe", SSHCOMMAND_OPENSSH },
	{ "plink", SSHCOMMAND_PLINK },
	{ "plink.exe", SSHCOMMAND_PLINK },
	{ "putty", SSHCOMMAND_PLINK },
	{ "tortoiseplink", SSHCOMMAND_TORTOISEPLINK },
	{ "tortoiseplink.exe", SSHCOMMAND_TORTOISEPLINK },
	{ "simple", SSHCOMMAND_SIMPLE },
};

static bool find_variant(struct str name, enum sshcommand_variant *variant)
{
	for (size_t i = 0; i < sizeof(variants) / sizeof(*variants); i++) {
		if (str_equal_nocase(name, str_from(variants[i].name))) {
			*variant = variants[i].variant;
			return true;
		}
	}
	return false;
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static struct spawn_result run(const char *const *argv, struct arena *arena)
{
	struct spawn spawn = {
		.argv = argv,
		.environment = environment_make(NULL, 0, arena),
		.joins_group = true,
		.errors = SPAWN_ERRORS_DROPPED,
		.output_limit = OUTPUT_LIMIT,
	};
	struct spawn_result result = { .end = SPAWN_EXITED, .status = -1 };
	struct err ignored;

	/* A program that can't be run has nothing to say. */
	return spawn_run(&spawn, arena, &result, &ignored) ? result : (struct spawn_result){ .status = -1 };
}

/* What git prints: "core.sshcommand\nVALUE\0", one after the other; the last one counts. */
static void read_configuration(struct ssh_settings *settings, struct arena *arena)
{
	static const char *const argv[] = {
		"git", "config", "--null", "--get-regexp", "^(core\\.sshcommand|ssh\\.variant)$", NULL
	};
	struct str rest = run(argv, arena).output;

	while (rest.ptr) {
		struct str value = str_cut(&rest, '\0'), name = str_cut(&value, '\n');

		if (str_is(name, "core.sshcommand"))
			settings->line = value.len > 0 ? arena_dup(arena, value).ptr : NULL;
		else if (str_is(name, "ssh.variant"))
			settings->variant = value.len > 0 ? arena_dup(arena, value).ptr : NULL;
	}
}

static struct ssh_settings read_settings(struct arena *arena)
{
	const char *line = variable("GIT_SSH_COMMAND"), *variant = variable("GIT_SSH_VARIANT");
	struct ssh_settings settings = { 0 };

	if (!line || !variant)
		read_configuration(&settings, arena);
	settings.line = line ? line : settings.line;
	settings.variant = variant ? variant : settings.variant;
	return settings;
}

/* The name of the program in a path, or in a line for a shell. */
static struct str base_name(struct str text, bool is_line)
{
	struct str name = { 0 };

	if (is_line) {
		struct str rest = str_trim(text);

		text = str_cut(&rest, ' ');
	}
	while (text.ptr)
		name = str_cut(&text, '/');
	return name;
}

/* Does the program know an option that OpenSSH's client alone has? */
static bool takes_options(const struct sshcommand *command, struct str host, struct arena *arena)
{
	const char *argv[8];
	size_t n = 0;

	for (; command->words[n]; n++)
		argv[n] = command->words[n];
	argv[n++] = "-G";
	argv[n++] = "--";
	argv[n++] = arena_dup(arena, host).ptr;
	argv[n] = NULL;
	return run(argv, arena).status == 0;
}

struct sshcommand sshcommand_find(struct str host, struct arena *arena)
{
	struct ssh_settings settings = read_settings(arena);
	const char *program = variable("GIT_SSH");
	struct sshcommand command = { .words = { program ? program : "ssh" } };
	struct str name = base_name(str_from(settings.line ? settings.line : command.words[0]), settings.line != NULL);

	if (settings.line) {
		command = (struct sshcommand){ .words = { "/bin/sh", "-c" } };
		command.words[2] = arena_printf(arena, "%s \"$@\"", settings.line).ptr;
		/* The shell's own name, in front of the arguments. */
		command.words[3] = settings.line;
	}
	/* As for git, a name that nobody knows is OpenSSH's; `auto` is none. */
	if (settings.variant && strcmp(settings.variant, "auto") != 0) {
		if (!find_variant(str_from(settings.variant), &command.variant))
			command.variant = SSHCOMMAND_OPENSSH;
	} else if (!find_variant(name, &command.variant) || str_is(name, "simple") || str_is(name, "putty")) {
		command.variant = takes_options(&command, host, arena) ? SSHCOMMAND_OPENSSH : SSHCOMMAND_SIMPLE;
	}
	return command;
}

/* A growing argument vector. */
struct vector {
	struct arena *arena;
	const char **words;
	size_t count, room;
};

static void push(struct vector *v, const char *word)
{
	v->words = arena_grow(v->arena, v->words, v->count, &v->room, sizeof(*v->words));
	v->words[v->count++] = word;
}

static void push_options(struct vector *v, const struct sshcommand_call *call)
{
	for (size_t i = 0; i < OPTIONS; i++)
		push(v, options[i]);
	push(v, "-o");
	push(v, arena_printf(v->arena, "ConnectTimeout=%u", (call->timeout_ms + 999) / 1000).ptr);
}

static void push_port(struct vector *v, const char *option, struct str port)
{
	if (port.len == 0)
		return;
	push(v, option);
	push(v, arena_dup(v->arena, port).ptr);
}

/* The path as one word of a POSIX shell, which runs the command at the server. */
static void quote(struct str path, struct buf *to)
{
	buf_add_char(to, '\'');
	for (size_t i = 0; i < path.len; i++) {
		/* An exclamation mark is quoted, too, as git quotes it, since csh looks for it between quotes. */
		if (path.ptr[i] == '\'' || path.ptr[i] == '!')
			buf_printf(to, "'\\%c'", path.ptr[i]);
		else
			buf_add_char(to, path.ptr[i]);
	}
	buf_add_char(to, '\'');
}

/* The command for the shell of the server. */
static const char *make_command(struct str path, struct arena *arena)
{
	struct buf command = { 0 };

	buf_add_cstring(&command, "git-upload-pack ");
	quote(path, &command);
	return buf_keep(&command, arena).ptr;
}

bool sshcommand_arguments(const struct sshcommand *command, const struct sshcommand_call *call, struct arena *arena,
			  const char *const **argv, struct err *err)
{
	struct vector v = { .arena = arena };

	for (size_t i = 0; command->words[i]; i++)
		push(&v, command->words[i]);
	switch (command->variant) {
	case SSHCOMMAND_OPENSSH:
		push_options(&v, call);
		push_port(&v, "-p", call->port);
		push(&v, "--");
		break;
	case SSHCOMMAND_PLINK:
	case SSHCOMMAND_TORTOISEPLINK:
		push(&v, "-batch");
		push_port(&v, "-P", call->port);
		break;
	case SSHCOMMAND_SIMPLE:
		if (call->port.len > 0)
			return err_set(err, "the ssh program of GIT_SSH_COMMAND, core.sshCommand or GIT_SSH takes no "
					    "options, so it can't be told the port: if it is like ssh, set "
					    "GIT_SSH_VARIANT=ssh");
		break;
	}
	push(&v,
	     arena_printf(arena, "%.*s%s%.*s", STR_ARG(call->user), call->user.len > 0 ? "@" : "", STR_ARG(call->host))
		     .ptr);
	push(&v, make_command(call->path, arena));
	push(&v, NULL);
	*argv = v.words;
	return true;
}
