/* SPDX-License-Identifier: Apache-2.0 */
#include "app/arguments.h"

void arguments_init(struct arguments *arguments, int count, char *const words[])
{
	*arguments = (struct arguments){ .words = words, .count = count, .next = 1 };
}

bool arguments_is_end(struct arguments *a)
{
	if (!a->letters && !a->only_words && a->next < a->count && strcmp(a->words[a->next], "--") == 0) {
		a->only_words = true;
		a->next++;
	}
	return !a->letters && a->next >= a->count;
}

/* The value of an option that takes one: `joined` if that is there, else the next word. */
static bool take_value(struct arguments *a, const struct option *option, const char *joined, struct str *value,
		       struct err *err)
{
	const char *word = a->words[a->next - 1];

	if (!joined && a->next >= a->count)
		return err_set(err, "option '%s' needs a value", word);
	*value = str_from(joined ? joined : a->words[a->next++]);
	return value->len > 0 || err_set(err, "option '--%s' needs a value", option->name);
}

static bool read_name(struct arguments *a, const char *word, struct argument *argument, struct err *err)
{
	struct str rest = str_from(word + 2), name = str_cut(&rest, '=');
	const struct option *option = option_find(name), *guess = option ? option : option_guess(name);

	if (!guess)
		return err_set(err, "unknown option '%s' (see rollstamp --help)", word);
	if (guess->type == OPTION_FLAG && rest.ptr)
		return err_set(err, "option '%s' takes no value", word);
	if (guess->without_value && !rest.ptr)
		argument->value = str_from(guess->without_value);
	else if (guess->type != OPTION_FLAG && !take_value(a, guess, rest.ptr, &argument->value, err))
		return false;
	argument->option = option;
	return option || err_set(err, "unknown option '--%.*s': write --%s", STR_ARG(name), guess->name);
}

static bool read_letter(struct arguments *a, struct argument *argument, struct err *err)
{
	char letter = *a->letters++;
	const char *joined = *a->letters ? a->letters : NULL;

	argument->option = option_find_letter(letter);
	if (!argument->option && letter > 0 && letter < 0x7f)
		return err_set(err, "unknown option '-%c' (see rollstamp --help)", letter);
	if (!argument->option)
		return err_set(err, "unknown short option (see rollstamp --help)");
	a->letters = argument->option->type == OPTION_FLAG ? joined : NULL;
	return argument->option->type == OPTION_FLAG || take_value(a, argument->option, joined, &argument->value, err);
}

bool arguments_next(struct arguments *a, struct argument *argument, struct err *err)
{
	const char *word;

	*argument = (struct argument){ 0 };
	if (a->letters)
		return read_letter(a, argument, err);
	word = a->words[a->next++];
	if (a->only_words || word[0] != '-' || word[1] == '\0') {
		argument->value = str_from(word);
		return true;
	}
	if (word[1] == '-')
		return read_name(a, word, argument, err);
	a->letters = word + 1;
	return read_letter(a, argument, err);
}
