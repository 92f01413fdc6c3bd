/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/unfollowed.h"

#include "shell/command.h"
#include "shell/interpreter.h"

#define BECAUSE_CLONE "it works in a clone that was not made here"
#define BECAUSE_PROGRAM "the arguments of that program are not understood"
#define BECAUSE_WRAPPED "the program that runs git there is not known"

/* Commands of git that take something from a remote. */
static const char *const taking[] = { "clone", "fetch", "pull", "archive", "lfs", "submodule", NULL };

/* Programs that check out whatever their arguments are; or with these words behind them. */
static const struct program {
	const char *name, *first, *second;
	const char *what;
} programs[] = {
	{ "gitpuller", NULL, NULL, "gitpuller" },   { "ansible-pull", NULL, NULL, "ansible-pull" },
	{ "gh", "repo", "clone", "gh repo clone" }, { "glab", "repo", "clone", "glab repo clone" },
	{ "hub", "clone", NULL, "hub clone" },      { "r10k", "deploy", NULL, "r10k deploy" },
	{ "degit", NULL, NULL, "degit" },           { "repo", "sync", NULL, "repo sync" },
};

/* Programs that install what is named by git+URL. */
static const char *const installers[] = { "pip",  "pip3", "uv",     "pipx",           "npm",
					  "yarn", "pnpm", "poetry", "ansible-galaxy", NULL };
/* Programs that talk of git, or bring it. */
static const char *const talkers[] = { "echo",     "printf", "logger",    "grep",   "egrep",   "fgrep", "sed",
				       "awk",      "cat",    "apk",       "apt",    "apt-get", "yum",   "dnf",
				       "microdnf", "which",  "type",      "hash",   "test",    "[",     "[[",
				       "export",   "alias",  "ssh",       "docker", "set",     "local", "readonly",
				       "declare",  ":",      "true",      "man",    "typeset", "exit",  "return",
				       "tdnf",     "zypper", "apk-tools", NULL };

static bool is_word(const struct word *word, const char *text)
{
	return !word->reason && str_is(word->text, text);
}

static bool is_among(const struct word *word, const char *const *names)
{
	return !word->reason && command_is_one_of(word->text, names);
}

static bool has_option(struct args args, const char *name)
{
	for (size_t i = 0; i < args.count; i++) {
		struct str known = word_known(&args.words[i]);

		if (str_starts_with(known, name))
			return true;
	}
	return false;
}

bool unfollowed_of_git(const struct gitargs *command, struct unfollowed *found)
{
	static const char *const lfs[] = { "fetch", "pull", NULL };
	struct args args = command->args;
	struct unfollowed it = { .reason = BECAUSE_CLONE, .is_in_clone = true };

	if (str_is(command->name, "fetch"))
		it.what = "git fetch";
	else if (str_is(command->name, "pull"))
		it.what = "git pull";
	else if (str_is(command->name, "remote") && args.count > 0 && is_word(&args.words[0], "update"))
		it.what = "git remote update";
	else if (str_is(command->name, "lfs") && args.count > 0 && is_among(&args.words[0], lfs))
		it.what = "git lfs";
	else if (str_is(command->name, "submodule") && args.count > 0 && is_word(&args.words[0], "update"))
		it.what = "git submodule update";
	else if (str_is(command->name, "archive") && has_option(args, "--remote"))
		it.what = "git archive --remote";
	else
		return false;
	/* The branches of submodules stand in no clone's ref; and what comes in an archive is in no clone at all. */
	if (str_is(command->name, "submodule") && has_option(args, "--remote")) {
		it.reason = "it takes the branches of submodules";
		it.is_in_clone = false;
	} else if (str_is(command->name, "archive")) {
		it.reason = "no clone is made of it";
		it.is_in_clone = false;
	}
	*found = it;
	return true;
}

static bool is_git(const struct word *word)
{
	return str_is(args_program((struct args){ .words = word, .count = 1 }), "git");
}

/* `git`, with options maybe, and a command that takes something, among the words. */
static bool has_git(struct args args)
{
	for (size_t i = 0; i + 1 < args.count; i++) {
		size_t k = i + 1;

		if (!is_git(&args.words[i]))
			continue;
		while (k < args.count && str_starts_with(args.words[k].text, "-"))
			k += is_word(&args.words[k], "-C") || is_word(&args.words[k], "-c") ? 2 : 1;
		if (k < args.count && is_among(&args.words[k], taking))
			return true;
	}
	return false;
}

/* A shell with a script that has git in it, among the words. */
static bool has_script(struct args args)
{
	for (size_t i = 0; i < args.count; i++) {
		struct args rest = { .words = args.words + i, .count = args.count - i }, operands;
		const struct word *script = NULL;
		bool is_file = false;

		if (interpreter_is(args_program(rest)))
			script = interpreter_script(rest, &is_file, &operands);
		if (script && !is_file)
			return unfollowed_is_in(script->text);
	}
	return false;
}

static bool names_git_url(struct args args)
{
	for (size_t i = 1; i < args.count; i++) {
		struct str text = args.words[i].text;

		if (text.len > 4 && memmem(text.ptr, text.len, "git+", 4))
			return true;
	}
	return false;
}

/* `python -m PROGRAM` and `npx PROGRAM` are that program. */
static struct args skip_runner(struct args args)
{
	struct str program = args_program(args);
	size_t skipped = 0;

	if (str_starts_with(program, "python") && args.count > 2 && is_word(&args.words[1], "-m"))
		skipped = 2;
	else if (str_is(program, "npx") && args.count > 1)
		skipped = 1;
	while (skipped > 0 && str_is(program, "npx") && skipped + 1 < args.count &&
	       str_starts_with(args.words[skipped].text, "-"))
		skipped++;
	return (struct args){ .words = args.words + skipped, .count = args.count - skipped };
}

bool unfollowed_of_program(struct args args, struct unfollowed *found)
{
	struct str program;

	if (args.count == 0 || args.words[0].reason)
		return false;
	args = skip_runner(args);
	program = args_program(args);
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		const struct program *row = &programs[i];

		if (!str_is(program, row->name) ||
		    (row->first && (args.count < 2 || !is_word(&args.words[1], row->first))) ||
		    (row->second && (args.count < 3 || !is_word(&args.words[2], row->second))))
			continue;
		*found = (struct unfollowed){ .what = row->what, .reason = BECAUSE_PROGRAM };
		return true;
	}
	if (command_is_one_of(program, installers) && names_git_url(args)) {
		*found = (struct unfollowed){ .what = "an installation from git", .reason = BECAUSE_PROGRAM };
		return true;
	}
	if (command_is_one_of(program, talkers) || !(has_git(args) || has_script(args)))
		return false;
	*found = (struct unfollowed){ .what = "git", .reason = BECAUSE_WRAPPED };
	return true;
}

static bool is_name_byte(char c)
{
	return str_is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
}

/* Where the word stands in the text, and nothing that would make it a part of another one, or text.len. */
static size_t find_word(struct str text, const char *word)
{
	size_t length = strlen(word);

	for (size_t i = 0; i + length <= text.len; i++) {
		if (text.ptr[i] != word[0])
			continue;
		if (memcmp(text.ptr + i, word, length) != 0 || (i > 0 && is_name_byte(text.ptr[i - 1])) ||
		    (i + length < text.len && is_name_byte(text.ptr[i + length])))
			continue;
		return i;
	}
	return text.len;
}

/* `git`, and behind it in the line a command that takes something. */
static bool is_in_line(struct str line)
{
	size_t git = find_word(line, "git");

	for (const char *const *name = taking; git < line.len && *name; name++)
		if (find_word(str_skip(line, git), *name) < line.len - git)
			return true;
	return find_word(line, "gitpuller") < line.len || find_word(line, "ansible-pull") < line.len ||
	       (find_word(line, "repo") < line.len && find_word(line, "clone") < line.len);
}

bool unfollowed_is_in(struct str text)
{
	while (text.ptr) {
		/* A line that ends in a backslash goes on in the next one. */
		struct str line = str_cut(&text, '\n');

		while (text.ptr && str_ends_with(line, "\\")) {
			struct str more = str_cut(&text, '\n');

			line.len = (size_t)(more.ptr + more.len - line.ptr);
		}
		if (is_in_line(line))
			return true;
	}
	return false;
}

/* How each thing that is worth being looked at begins, by its first two letters. */
enum beginning {
	BEGINS_GIT = 1 << 0, /* degit, too */
	BEGINS_ANSIBLE_PULL = 1 << 1,
	BEGINS_REPO = 1 << 2, /* or r10k */
	BEGINS_HUB = 1 << 3,
	BEGINS_CRON = 1 << 4,
};

static const unsigned char first_letters[256] = {
	['g'] = BEGINS_GIT, ['a'] = BEGINS_ANSIBLE_PULL, ['r'] = BEGINS_REPO, ['h'] = BEGINS_HUB, ['c'] = BEGINS_CRON,
};
static const unsigned char second_letters[256] = {
	['i'] = BEGINS_GIT,  ['n'] = BEGINS_ANSIBLE_PULL, ['e'] = BEGINS_REPO,
	['1'] = BEGINS_REPO, ['u'] = BEGINS_HUB,          ['r'] = BEGINS_CRON,
};

bool unfollowed_may_be(struct str word)
{
	const unsigned char *bytes = (const unsigned char *)word.ptr;

	/* Every word and image of every container is asked for, and a pair of letters that can be a beginning is rare. */
	for (size_t i = 0; i + 1 < word.len; i++) {
		struct str rest;

		if (!(first_letters[bytes[i]] & second_letters[bytes[i + 1]]))
			continue;
		rest = str_skip(word, i);
		if (str_starts_with(rest, "git") || str_starts_with(rest, "ansible-pull") ||
		    str_starts_with(rest, "repo") || str_starts_with(rest, "r10k") || str_starts_with(rest, "hub") ||
		    str_starts_with(rest, "cron"))
			return true;
	}
	return false;
}
