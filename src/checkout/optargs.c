/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/optargs.h"

#include <stdint.h>

/* A parse on its way. */
struct parse {
	const struct optargs_option *table;
	struct arena *arena;
	struct args args;
	struct optargs_use *uses;
	size_t use_count, use_room;
	struct word *operands;
	size_t operand_count, operand_room;
};

static void add_use(struct parse *parse, const struct optargs_option *option, const struct word *value)
{
	parse->uses = arena_grow(parse->arena, parse->uses, parse->use_count, &parse->use_room, sizeof(*parse->uses));
	parse->uses[parse->use_count++] = (struct optargs_use){ .option = option, .value = value };
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
		parse->args = args_skip(parse->args, 1);
	}
	return value;
}

/* The value of an option behind the first `from` bytes of its own word. */
static const struct word *joined_value(struct parse *parse, const struct word *word, size_t from)
{
	struct word *value = ARENA_NEW(parse->arena, struct word);

	*value = word_tail(word, from);
	return value;
}

/* The row of the one long option that `name` is, or is the beginning of. */
static const struct optargs_option *find_long(const struct optargs_option *table, struct str name)
{
	const struct optargs_option *found = NULL;

	for (; table->name[0] || table->letter; table++) {
		if (!table->name[0])
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
	struct str name = str_skip(word_known(word), 2);
	size_t length = str_find(name, '=');
	bool is_joined = length < name.len;
	const struct optargs_option *option;
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

static const struct optargs_option *find_letter(const struct optargs_option *table, char letter)
{
	for (; table->name[0] || table->letter; table++)
		if (table->letter == letter)
			return table;
	return NULL;
}

/* Letters one behind the other; the rest of the word is the value of the first one that has one. */
static void parse_letters(struct parse *parse, const struct word *word)
{
	for (size_t i = 1; i < word->known_len; i++) {
		const struct optargs_option *option = find_letter(parse->table, word->text.ptr[i]);

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

struct optargs optargs_parse(struct args args, const struct optargs_option *table, struct arena *arena)
{
	struct parse parse = { .table = table, .arena = arena, .args = args };
	size_t before_dashes = SIZE_MAX;

	while (parse.args.count > 0) {
		const struct word *word = &parse.args.words[0];
		struct str known = word_known(word);

		parse.args = args_skip(parse.args, 1);
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
	return (struct optargs){ .uses = parse.uses,
				 .use_count = parse.use_count,
				 .operands = parse.operands,
				 .operand_count = parse.operand_count,
				 .before_dashes = before_dashes };
}

const struct optargs_use *optargs_last(const struct optargs *parsed, char letter, const char *name)
{
	for (size_t i = parsed->use_count; i-- > 0;) {
		const struct optargs_option *option = parsed->uses[i].option;

		if ((letter && option->letter == letter) || (name && strcmp(option->name, name) == 0))
			return &parsed->uses[i];
	}
	return NULL;
}
