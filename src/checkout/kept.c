/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/kept.h"

#include "yaml/scalar.h"

#include <string.h>

/* Longer conditions, and more exits, are nothing that a script for a container has. */
#define MAX_CONDITION 1024
#define MAX_EXITS 64

static bool contains(struct str text, struct str part)
{
	return part.len > 0 && text.len >= part.len && memmem(text.ptr, text.len, part.ptr, part.len) != NULL;
}

static bool is_blank_or_quote(char c)
{
	return c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '(' || c == '`' || c == '!';
}

/* The word, with blanks, quotes or the ends of the text around it. */
static bool has_word(struct str text, const char *word)
{
	size_t length = strlen(word);

	for (size_t i = 0; i + length <= text.len; i++)
		if (text.ptr[i] == word[0] && (i == 0 || is_blank_or_quote(text.ptr[i - 1])) &&
		    memcmp(text.ptr + i, word, length) == 0 &&
		    (i + length == text.len || is_blank_or_quote(text.ptr[i + length])))
			return true;
	return false;
}

/* Does a command of this text ask for files? */
static bool asks_for_files(struct str text)
{
	static const char *const words[] = {
		"-d", "-e", "-f", "-s", "-r", "-x", "-w", "ls", "find", "stat", "rev-parse"
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (has_word(text, words[i]))
			return true;
	return false;
}

static struct str last_component(struct str path)
{
	while (str_ends_with(path, "/"))
		path.len--;
	return str_behind_last(path, '/');
}

/* The text up to the end of a command: a newline, `;`, `&&` or `||`. */
static struct str cut_command(struct str *rest)
{
	struct str text = *rest;
	size_t i = 0;

	while (i < text.len && text.ptr[i] != '\n' && text.ptr[i] != ';' &&
	       !(i + 1 < text.len && (text.ptr[i] == '&' || text.ptr[i] == '|') && text.ptr[i + 1] == text.ptr[i]))
		i++;
	*rest = str_skip(text, i < text.len ? i + 1 : i);
	text.len = i;
	return text;
}

bool kept_is_guarded(struct str script, size_t at, struct str directory)
{
	struct str name = last_component(directory), variable = STR("$");

	if (at < script.len)
		script.len = at;
	while (script.len > 0) {
		struct str command = cut_command(&script);

		if ((contains(command, name) || contains(command, variable)) && asks_for_files(command))
			return true;
	}
	return false;
}

static bool is_word_at(struct str text, size_t at, const char *word)
{
	size_t length = strlen(word);

	return at + length <= text.len && memcmp(text.ptr + at, word, length) == 0 &&
	       (at == 0 || strchr(" \t\n;&|({", text.ptr[at - 1])) &&
	       (at + length == text.len || strchr(" \t\r\n;&|)}", text.ptr[at + length]));
}

/* `exit` or `exit 0`: all is well. */
static bool is_good_exit(struct str text, size_t at)
{
	struct str rest;

	if (!is_word_at(text, at, "exit"))
		return false;
	rest = str_trim(cut_command(&(struct str){ .ptr = text.ptr + at, .len = text.len - at }));
	return str_is(rest, "exit") || str_is(rest, "exit 0");
}

/* Where the `if` or the line begins that the byte `at` stands in. */
static size_t start_of(struct str text, size_t at)
{
	size_t line = at, first = at > MAX_CONDITION ? at - MAX_CONDITION : 0;

	while (line > first && text.ptr[line - 1] != '\n' && !is_word_at(text, line, "fi") &&
	       !is_word_at(text, line, "if"))
		line--;
	if (is_word_at(text, line, "if") || is_word_at(text, line, "fi"))
		return line;
	for (size_t i = line; i > first; i--) {
		if (is_word_at(text, i - 1, "fi"))
			return line;
		if (is_word_at(text, i - 1, "if"))
			return i - 1;
	}
	return line;
}

bool kept_is_left(struct str script, size_t at, struct str directory)
{
	size_t exits = 0;

	if (at < script.len)
		script.len = at;
	for (size_t i = 0; i < script.len && exits < MAX_EXITS; i++) {
		size_t start;
		struct str condition;
		bool is_negated, is_else;

		if (!is_good_exit(script, i))
			continue;
		exits++;
		start = start_of(script, i);
		condition = str_slice(script, (struct span){ start, i });
		is_negated = has_word(condition, "-z") || has_word(condition, "!") ||
			     contains(condition, (struct str)STR("! "));
		is_else = contains(condition, (struct str)STR("||")) || contains(condition, (struct str)STR("else"));
		if (is_negated == is_else && kept_is_guarded(condition, condition.len, directory))
			return true;
	}
	return false;
}

bool kept_may_fail(struct str script, size_t at)
{
	struct str rest = str_skip(script, at < script.len ? at : script.len), command;

	cut_command(&rest);
	if (!str_starts_with(rest, "|"))
		return false;
	rest = str_skip(rest, 1);
	command = str_trim(cut_command(&rest));
	return str_is(command, "true") || str_is(command, ":") || str_is(command, "/bin/true") ||
	       is_good_exit(command, 0) || is_word_at(command, 0, "echo");
}

/* Is the absolute `directory` this mount's, or below it? */
static bool holds(struct str path, struct str directory)
{
	while (str_ends_with(path, "/"))
		path.len--;
	return directory.len >= path.len && memcmp(directory.ptr, path.ptr, path.len) == 0 &&
	       (directory.len == path.len || directory.ptr[path.len] == '/');
}

static bool outlives(struct node *volume)
{
	static const char *const passing[] = { "emptyDir", "ephemeral", "csi", "gitRepo" };

	for (size_t i = 0; i < sizeof(passing) / sizeof(*passing); i++)
		if (node_get(volume, passing[i]))
			return false;
	return true;
}

struct str kept_volume(const struct podspec *podspec, struct node *volumes, size_t container, struct str directory,
		       size_t *budget)
{
	struct node *mounts = node_get(podspec->containers[container].node, "volumeMounts");
	struct str name = { 0 };
	size_t longest = 0;

	for (struct node *mount = node_items(mounts); mount && *budget > 0; mount = mount->next) {
		struct str path = scalar_get(mount, "mountPath");

		--*budget;
		if (path.len == 0 || path.len < longest || !holds(path, directory))
			continue;
		longest = path.len;
		name = scalar_get(mount, "name");
	}
	for (struct node *volume = node_items(volumes); volume && name.len > 0 && *budget > 0; volume = volume->next) {
		--*budget;
		if (str_equal(scalar_get(volume, "name"), name))
			return outlives(volume) ? name : (struct str){ 0 };
	}
	return name;
}
