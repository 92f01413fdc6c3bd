/* SPDX-License-Identifier: Apache-2.0 */
#include "shell/command.h"

bool command_is_one_of(struct str text, const char *const *names)
{
	/* Asked for each command of many lists: most names differ in their first letter. */
	for (; *names && text.len > 0; names++)
		if (text.ptr[0] == **names && str_is(text, *names))
			return true;
	return false;
}

bool command_is_test(const struct simple_command *command)
{
	static const char *const tests[] = { "[",       "[[",    "((",    "test", "false", "grep",
					     "egrep",   "fgrep", "which", "type", "hash",  "expr",
					     "command", "cmp",   "diff",  "let",  "pgrep", NULL };
	const struct word *name = command->words;

	return command->is_negated ||
	       (command->word_count > 0 && (name->reason || command_is_one_of(name->text, tests)));
}

bool command_is_always_true(const struct simple_command *command, bool is_until)
{
	const struct word *words = command->words;
	size_t count = command->word_count;
	bool is_true;

	if (count == 0 || words[0].reason)
		return count == 0;
	if (str_is(words[0].text, "sleep"))
		return !command->is_negated && !is_until;
	if (str_is(words[0].text, "false"))
		is_true = false;
	else if (str_is(words[0].text, "true") || str_is(words[0].text, ":"))
		is_true = true;
	else if ((str_is(words[0].text, "[") && count == 3) || (str_is(words[0].text, "test") && count == 2))
		is_true = !words[1].reason && words[1].text.len > 0;
	else
		return false;
	return is_true != (command->is_negated != is_until);
}

int command_certainty(const struct simple_command *command)
{
	int certainty = 0;

	if (command->word_count == 0 || command->words[0].reason)
		return 0;
	if (str_is(command->words[0].text, "true") || str_is(command->words[0].text, ":"))
		certainty = 1;
	else if (str_is(command->words[0].text, "false"))
		certainty = -1;
	return command->is_negated ? -certainty : certainty;
}

void command_note_loop(const struct simple_command *command, bool is_after_or)
{
	static const char *const leaving[] = { "exit", "return", NULL };
	struct str name;

	if (!command->loop || command->word_count == 0)
		return;
	name = command->words[0].text;
	if (str_is(name, "sleep"))
		command->loop->has_sleep = true;
	if (is_after_or)
		return;
	if (str_is(name, "break"))
		command->loop->has_break = true;
	if (command_is_one_of(name, leaving))
		for (struct loop *loop = command->loop; loop; loop = loop->outer)
			loop->has_break = true;
}
