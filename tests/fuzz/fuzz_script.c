/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shell words: any script is read or refused with a sentence; words and commands lie where they say they do; known words
 * that are written down again between single quotes are read as themselves; and the whole input is, as one word.
 */
#include "check.h"

#include "base/buf.h"
#include "shell/script.h"

/* `word` between single quotes, each of its own as '\''. */
static void add_quoted(struct buf *to, struct str word)
{
	buf_add_char(to, '\'');
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] == '\'')
			buf_add_cstring(to, "'\\''");
		else
			buf_add_char(to, word.ptr[i]);
	buf_add_char(to, '\'');
}

static void check_word(const struct word *word, struct str script, const struct simple_command *command)
{
	CHECK(word->known_len <= word->text.len);
	CHECK(word->reason || word->known_len == word->text.len);
	CHECK(word->reason || (!word->may_split && word->variable.len == 0));
	CHECK(word->at.from <= word->at.to && word->at.to <= script.len);
	CHECK(word->at.from >= command->at.from && word->at.to <= command->at.to);
	CHECK(word->variable.len < word->text.len || word->variable.len == 0);
}

static void check_command(const struct script *parsed, const struct simple_command *command, struct str script)
{
	CHECK(command->word_count + command->assignment_count > 0);
	for (size_t i = 0; i < command->word_count; i++)
		check_word(&command->words[i], script, command);
	for (size_t i = 0; i < command->assignment_count; i++)
		check_word(&command->assignments[i], script, command);
	CHECK(command->subshell < parsed->subshell_count);
	CHECK(command->branch < parsed->branch_count);
	CHECK(command->branch != 0 || !(command->within & WITHIN_CONDITION));
	CHECK(command->function.len == 0 || (command->within & WITHIN_FUNCTION));
	CHECK(!(command->within & WITHIN_LOOP) || command->loop);
}

static void check_numbers(const size_t *parents, size_t count)
{
	CHECK(count > 0);
	for (size_t i = 1; i < count; i++)
		CHECK(parents[i] < i);
}

/* The known words of `command`, quoted, are a command with the same words. */
static void check_again(const struct simple_command *command, struct arena *arena)
{
	struct script again;
	struct buf quoted = { 0 };
	size_t count = 0;
	struct err err;

	for (size_t i = 0; i < command->word_count; i++) {
		if (command->words[i].reason)
			continue;
		add_quoted(&quoted, command->words[i].text);
		buf_add_char(&quoted, ' ');
		count++;
	}
	CHECK(script_parse(check_copy(arena, buf_str(&quoted)), NULL, arena, &again, &err));
	CHECK(again.count == (count > 0 ? 1 : 0));
	CHECK(count == 0 || again.commands[0].word_count == count);
	count = 0;
	for (size_t i = 0; i < command->word_count; i++)
		if (!command->words[i].reason)
			CHECK(str_equal(command->words[i].text, again.commands[0].words[count++].text));
	buf_release(&quoted);
}

static void check_script(struct str script, bool has_references, struct arena *arena)
{
	struct script parsed;
	struct err err = { .at = ERR_NOWHERE };

	if (!script_parse(script, has_references ? "it is a reference" : NULL, arena, &parsed, &err)) {
		check_message(&err);
		CHECK(err.at <= script.len);
		return;
	}
	check_numbers(parsed.subshell_parents, parsed.subshell_count);
	check_numbers(parsed.branch_parents, parsed.branch_count);
	for (size_t i = 0; i < parsed.count; i++) {
		check_command(&parsed, &parsed.commands[i], script);
		check_again(&parsed.commands[i], arena);
	}
}

static void check_whole(struct str script, struct arena *arena)
{
	struct script parsed;
	struct buf quoted = { 0 };
	struct err err;

	add_quoted(&quoted, script);
	CHECK(script_parse(check_copy(arena, buf_str(&quoted)), NULL, arena, &parsed, &err));
	CHECK(parsed.count == 1 && parsed.commands[0].word_count == 1);
	CHECK(str_equal(parsed.commands[0].words[0].text, script));
	buf_release(&quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = { .ptr = (const char *)data, .len = size };
	struct arena arena;
	struct str script;

	arena_init(&arena);
	script = check_copy(&arena, input);
	check_script(script, false, &arena);
	check_script(script, true, &arena);
	check_whole(script, &arena);
	arena_release(&arena);
	return 0;
}
