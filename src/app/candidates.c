/* SPDX-License-Identifier: Apache-2.0 */
#include "app/candidates.h"

#include "app/objectnames.h"
#include "app/option.h"
#include "app/scripts.h"
#include "kube/words.h"

/* The line, as far as it can be understood: words that are wrong are passed over. */
struct line {
	struct arena *arena;
	const struct command *command;
	size_t words_before;         /* that are no options, behind the command's name, in front of the cursor */
	bool only_words;             /* `--` stands in front of the cursor */
	const struct option *valued; /* the word at the cursor is a value of this one, or NULL */
	struct str word;             /* at the cursor */
	size_t value_at;             /* what is completed begins here in it */
	struct policy_list files;    /* anywhere in the line */
	struct buf *to;
};

/*
 * The option that the word is, or NULL; where its value begins in the word (behind its end, if that is another word) goes to
 * `*value_at`.
 */
static const struct option *read_option(struct str word, size_t *value_at)
{
	struct str rest = str_skip(word, 2);
	const struct option *option;

	*value_at = word.len + 1;
	if (str_starts_with(word, "--")) {
		option = option_find(str_cut(&rest, '='));
		if (option && rest.ptr)
			*value_at = word.len - rest.len;
		return option;
	}
	option = word.len > 1 && word.ptr[0] == '-' ? option_find_letter(word.ptr[1]) : NULL;
	if (option && option->type != OPTION_FLAG && word.len > 2)
		*value_at = 2;
	return option;
}

static void note_file(struct line *line, const struct option *option, struct str path)
{
	if (path.len > 0 && (!option || option->completes == COMPLETES_FILES))
		policy_add(&line->files, arena_dup(line->arena, path), line->arena);
}

/* A word that is no option and no value. The first one can be the name of a command. */
static void note_word(struct line *line, struct str word, bool is_before, bool *is_first)
{
	const struct command *named = *is_first ? command_find(word) : NULL;

	*is_first = false;
	if (named && is_before) {
		line->command = named;
		return;
	}
	line->words_before += is_before;
	note_file(line, NULL, word);
}

static void read_line(struct line *line, const struct str *words, size_t count, size_t index)
{
	const struct option *pending = NULL;
	bool only_words = false, is_first = true;

	for (size_t i = 0; i < count || i == index; i++) {
		struct str word = i < count ? words[i] : (struct str)STR("");
		const struct option *option = NULL;
		size_t value_at = 0;

		if (!pending && !only_words)
			option = read_option(word, &value_at);
		if (i == index) {
			line->word = word;
			line->only_words = only_words;
			line->valued = pending ? pending : option && value_at <= word.len ? option : NULL;
			line->value_at = pending || !line->valued ? 0 : value_at;
			pending = NULL;
			continue;
		}
		if (pending) {
			note_file(line, pending, word);
			pending = NULL;
		} else if (!only_words && str_is(word, "--")) {
			only_words = true;
		} else if (!only_words && word.len > 1 && word.ptr[0] == '-') {
			pending = option && option_needs_value(option) && value_at > word.len ? option : NULL;
			if (option && value_at <= word.len)
				note_file(line, option, str_skip(word, value_at));
		} else {
			note_word(line, word, i < index, &is_first);
		}
	}
}

/* Prints `value`, if it begins as the word at the cursor does from `value_at` on. */
static void offer(struct line *line, struct str value, const char *suffix, struct str meaning)
{
	struct str before = str_slice(line->word, (struct span){ 0, line->value_at });
	struct str begun = str_skip(line->word, line->value_at);

	if (!str_begins(value, begun))
		return;
	buf_printf(line->to, "%.*s%.*s%s", STR_ARG(before), STR_ARG(value), suffix);
	if (meaning.len > 0)
		buf_printf(line->to, "\t%.*s", STR_ARG(meaning));
	buf_add_char(line->to, '\n');
}

/* Each of `words`, which end in NULL. */
static void offer_words(struct line *line, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		offer(line, str_from(words[i]), "", (struct str){ 0 });
}

static void offer_all(struct line *line, const struct str *values, size_t count, const char *suffix)
{
	for (size_t i = 0; i < count; i++)
		offer(line, values[i], suffix, (struct str){ 0 });
}

static void offer_names(struct line *line, bool workloads, bool objects, const char *suffix)
{
	struct objectnames names;

	objectnames_init(&names, line->arena);
	for (size_t i = 0; i < line->files.count; i++)
		objectnames_add_file(&names, line->files.items[i].ptr);
	if (workloads)
		offer_all(line, names.workloads, names.workload_count, suffix);
	if (objects)
		offer_all(line, names.objects, names.object_count, suffix);
}

/* Behind the workload's `=` only what stands behind it is completed. */
static bool skip_workload(struct line *line)
{
	size_t at = str_find(str_skip(line->word, line->value_at), '=');

	if (line->value_at + at >= line->word.len)
		return false;
	line->value_at += at + 1;
	return true;
}

static void offer_value(struct line *line)
{
	const struct option *option = line->valued;

	if (option->choices)
		offer_words(line, option->choices);
	switch (option->completes) {
	case COMPLETES_NOTHING:
	case COMPLETES_FILES:
		return;
	case COMPLETES_WORKLOADS:
		offer_names(line, true, false, "");
		return;
	case COMPLETES_NAMES:
		offer_names(line, true, true, "");
		return;
	case COMPLETES_WORKLOAD_OBJECT:
		if (skip_workload(line))
			offer_names(line, false, true, "");
		else
			offer_names(line, true, false, "=");
		return;
	case COMPLETES_VOLUMES:
		if (!skip_workload(line))
			offer_names(line, true, false, "=");
		offer_words(line, words_volumes());
	}
}

static void offer_options(struct line *line)
{
	const struct option *options;
	size_t count;

	if (command_only_informs(line->command))
		return;
	options = option_table(&count);
	for (size_t i = 0; i < count; i++)
		if (options[i].help && option_is_taken(&options[i], line->command))
			offer(line, arena_printf(line->arena, "--%s", options[i].name),
			      option_needs_value(&options[i]) ? "=" : "", str_from(options[i].help));
}

/* The first line of what it does is too long for a menu; its usage says as much. */
static void offer_commands(struct line *line)
{
	const struct command *const *commands;
	size_t count;

	commands = command_table(&count);
	for (size_t i = 0; i < count; i++)
		if (*commands[i]->name)
			offer(line, str_from(commands[i]->name), "", str_from(commands[i]->usage));
}

/* A word that is no option. Returns whether the name of a file fits. */
static bool offer_plain(struct line *line)
{
	enum command_word wanted = line->command->first_word;

	/* Nothing but the first word can be the name of a command. */
	if (line->command == command_filter() && line->words_before == 0 && !line->only_words)
		offer_commands(line);
	if (line->words_before > 0)
		return wanted == COMMAND_FILE || wanted == COMMAND_OBJECT;
	switch (wanted) {
	case COMMAND_FILE:
		return true;
	case COMMAND_OBJECT:
		offer_names(line, false, true, "");
		return false;
	case COMMAND_NAME:
		offer_commands(line);
		return false;
	case COMMAND_SHELL:
		offer_words(line, scripts_shells());
		return false;
	case COMMAND_NOTHING:
		return false;
	}
	return false;
}

void candidates_print(const struct str *words, size_t count, size_t index, struct arena *arena, struct buf *to)
{
	struct line line = { .arena = arena, .command = command_filter(), .to = to };
	bool files = false;

	read_line(&line, words, count, index);
	if (line.valued) {
		offer_value(&line);
		files = line.valued->completes == COMPLETES_FILES;
	} else if (!line.only_words && str_starts_with(line.word, "-")) {
		offer_options(&line);
	} else {
		files = offer_plain(&line);
	}
	if (files)
		buf_printf(to, ":files%.*s\n", (int)line.value_at, line.word.ptr);
	else
		buf_add_cstring(to, ":end\n");
}
