/* SPDX-License-Identifier: Apache-2.0 */
#include "app/completion.h"

#include "app/candidates.h"
#include "app/scripts.h"

/* What the scripts ask with. */
#define QUESTION "words"
/* More words are nobody's command line. */
#define INDEX_LIMIT 100000

/* A number in decimal digits. */
static bool read_index(struct str text, size_t *index)
{
	*index = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (!str_is_digit(text.ptr[i]))
			return false;
		*index = *index * 10 + (size_t)(text.ptr[i] - '0');
		if (*index > INDEX_LIMIT)
			return false;
	}
	return text.len > 0;
}

static bool take_shell(struct options *options, struct err *err)
{
	const struct policy_list *words = &options->files;
	size_t index;

	if (words->count > 0 && str_is(words->items[0], QUESTION))
		return (words->count > 1 && read_index(words->items[1], &index)) ||
		       err_set(err, "completion " QUESTION ": an index and the words of a command line follow");
	if (words->count == 1 && scripts_find(words->items[0]))
		return true;
	if (words->count == 0)
		return err_set(err, "completion: for which shell? Write rollstamp completion bash, zsh or fish");
	if (words->count > 1)
		return err_set(err, "completion: one shell at a time: bash, zsh or fish");
	return err_set(err, "completion: for '%.*s' there is none: it is for bash, zsh and fish",
		       STR_ARG(words->items[0]));
}

/* The words ask for something: take_shell has seen to that. */
static void print_answer(const struct options *options, const char *commit, struct arena *arena, struct buf *to)
{
	const struct policy_list *words = &options->files;
	size_t index;

	(void)commit;
	if (str_is(words->items[0], QUESTION) && read_index(words->items[1], &index))
		candidates_print(words->items + 2, words->count - 2, index, arena, to);
	else
		buf_add_cstring(to, scripts_find(words->items[0]));
}

const struct command completion_command = {
	.name = "completion",
	.usage = "bash|zsh|fish",
	.help = "Prints a script by which the shell completes commands, options, their values, and the names of\n"
		"objects in the manifests on the line. For this shell: source <(rollstamp completion bash).\n",
	.first_word = COMMAND_SHELL,
	.take = take_shell,
	.inform = print_answer,
};
