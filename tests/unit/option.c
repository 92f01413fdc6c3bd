/* SPDX-License-Identifier: Apache-2.0 */
#include "app/option.h"

#include "app/help.h"
#include "app/stampcommand.h"
#include "unit.h"

#include <string.h>

/* Help is read in terminals; that of an option begins in column 52. */
#define HELP_LIMIT 60

static const struct option *table;
static size_t table_count;

static int set_up(void **state)
{
	(void)state;
	table = option_table(&table_count);
	return 0;
}

#define OPTION(function) cmocka_unit_test_setup_teardown(function, set_up, unit_release)

static void names_and_letters_are_of_one_option(void **state)
{
	(void)state;
	for (size_t i = 0; i < table_count; i++) {
		const struct option *option = &table[i];

		assert_for(strspn(option->name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(option->name),
			   option->name);
		assert_for(option_find(str_from(option->name)) == option, option->name);
		assert_for(!option->letter || option_find_letter(option->letter) == option, option->name);
	}
}

static void every_option_but_that_of_the_helm_plugin_has_help(void **state)
{
	(void)state;
	for (size_t i = 0; i < table_count; i++) {
		const struct option *option = &table[i];

		assert_for((option->help == NULL) == (strcmp(option->name, "helm-plugin") == 0), option->name);
		assert_for(!option->help || strlen(option->help) <= HELP_LIMIT, option->name);
	}
}

static size_t size_of(enum option_type type)
{
	switch (type) {
	case OPTION_FLAG:
		return sizeof(bool);
	case OPTION_TEXT:
		return sizeof(struct str);
	case OPTION_CHOICE:
	case OPTION_SECONDS:
		return sizeof(unsigned);
	case OPTION_LIST:
		break;
	}
	return sizeof(struct policy_list);
}

static void a_field_is_what_its_type_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < table_count; i++) {
		const struct option *option = &table[i];
		bool is_switch = option->type == OPTION_CHOICE && option->size == sizeof(bool);

		assert_for((option->value == NULL) == (option->type == OPTION_FLAG), option->name);
		assert_for(option->read ? option->size == 0 : is_switch || option->size == size_of(option->type),
			   option->name);
		assert_for(option->at + option->size <= sizeof(struct options), option->name);
		assert_for((option_list(option, &(struct options){ 0 }) != NULL) ==
				   (option->type == OPTION_LIST && !option->read),
			   option->name);
	}
}

/* Two may stand for one thing: then it is of one type. */
static void no_two_options_share_a_part_of_a_field(void **state)
{
	(void)state;
	for (size_t i = 0; i < table_count; i++)
		for (size_t k = 0; k < i; k++)
			assert_for(table[i].size == 0 || table[k].size == 0 ||
					   table[i].at + table[i].size <= table[k].at ||
					   table[k].at + table[k].size <= table[i].at ||
					   (table[i].at == table[k].at && table[i].type == table[k].type),
				   table[i].name);
}

/* In any order: help says first what is meant most often. */
static void the_help_of_a_choice_has_its_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < table_count; i++) {
		const struct option *option = &table[i];
		size_t length = 0, count = 0;

		assert_for((option->type == OPTION_CHOICE) == (option->choices != NULL), option->name);
		for (; option->choices && option->choices[count]; count++) {
			assert_for(strstr(option->value, option->choices[count]) != NULL, option->name);
			length += strlen(option->choices[count]) + (count > 0);
		}
		assert_for(!option->choices || strlen(option->value) == length, option->name);
		assert_for(option->size != sizeof(bool) || !option->choices || count == 2, option->name);
	}
}

/* The default of an option, as the words of its help have it; or empty. */
static struct str default_of(const struct option *option, const struct options *options)
{
	const void *field = (const char *)options + option->at;

	if (option->type == OPTION_SECONDS)
		return arena_printf(&unit_arena, " (%u)", *(const unsigned *)field / 1000);
	if (option->type != OPTION_CHOICE)
		return (struct str){ 0 };
	if (option->size == sizeof(bool))
		return arena_printf(&unit_arena, " (%s)", option->choices[*(const bool *)field]);
	return arena_printf(&unit_arena, " (%s)", option->choices[*(const unsigned *)field - option->first_choice]);
}

static void help_has_the_default_that_counts_without_the_option(void **state)
{
	char program[] = "rollstamp";
	char *words[] = { program, NULL };
	struct options options;
	size_t count = 0;

	(void)state;
	assert_succeeds(options_read(1, words, NULL, &unit_arena, &options, &unit_err));
	for (size_t i = 0; i < table_count; i++) {
		struct str expected = default_of(&table[i], &options);

		/* Which client asks is said by the man page: it depends on how the program was built. */
		if (expected.len == 0 || strcmp(table[i].name, "git-client") == 0)
			continue;
		assert_for(strstr(table[i].help, expected.ptr) != NULL, table[i].name);
		count++;
	}
	assert_true(count >= 6);
}

static void files_are_completed_where_files_are_meant(void **state)
{
	(void)state;
	for (size_t i = 0; i < table_count; i++) {
		bool is_file = table[i].value && strncmp(table[i].value, "FILE", strlen("FILE")) == 0;

		assert_for(is_file == (table[i].completes == COMPLETES_FILES), table[i].name);
	}
}

/* The command with this word, or NULL. */
static const struct command *find_command(struct str word)
{
	const struct command *const *commands;
	size_t count;

	commands = command_table(&count);
	for (size_t i = 0; i < count; i++)
		if (str_is(word, command_word(commands[i])))
			return commands[i];
	return NULL;
}

/*
 * What a functionConfig has, the user's own file has, and the filter and each of the commands that a row names, which is
 * about manifests; but for --help and --version.
 */
static void options_belong_to_places_and_commands_that_there_are(void **state)
{
	size_t of_all = 0;

	(void)state;
	for (size_t i = 0; i < table_count; i++) {
		const struct option *option = &table[i];
		struct str rest = str_from(option->commands);

		assert_for((option->places & ~(unsigned)(IN_FILE | IN_FUNCTION)) == 0, option->name);
		assert_for(!(option->places & IN_FUNCTION) || (option->places & IN_FILE), option->name);
		assert_for(!option->weakens || (option->places & IN_FUNCTION), option->name);
		assert_for(!option->places || option_is_taken(option, &stampcommand), option->name);
		assert_for(!option->commands || *option->commands, option->name);
		of_all += !option->commands;
		/* The message about one that is refused says the filter first. */
		assert_for(!option_is_taken(option, &stampcommand) || !option->commands ||
				   str_starts_with(rest, command_word(&stampcommand)),
			   option->name);
		while (rest.ptr) {
			const struct command *command = find_command(str_cut(&rest, ' '));

			assert_for(command && option_is_taken(option, command), option->name);
			assert_for(command && !command_only_informs(command), option->name);
		}
		assert_for(option_is_taken(option, &help_command) == !option->commands, option->name);
	}
	assert_int_equal(of_all, 2);
}

static void only_what_comes_before_the_configuration_file_is_early(void **state)
{
	static const char *const early[] = { "config", "git-timeout", "help", "version" };
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(early); i++)
		assert_for(option_find(str_from(early[i]))->is_early, early[i]);
	for (size_t i = 0; i < table_count; i++)
		count += table[i].is_early;
	assert_int_equal(count, COUNT(early));
}

static void a_beginning_is_no_name_but_may_be_guessed(void **state)
{
	(void)state;
	assert_null(option_find(S("inj")));
	assert_null(option_find(S("")));
	assert_ptr_equal(option_guess(S("inj")), option_find(S("inject")));
	assert_null(option_guess(S("git-a")));
	assert_null(option_guess(S("")));
	assert_null(option_guess(S("injected")));
	assert_null(option_find_letter('x'));
}

/* Why the words of a command can be looked for, and what help makes of them. */
static void commands_have_a_word_and_help(void **state)
{
	const struct command *const *commands;
	size_t count;

	(void)state;
	commands = command_table(&count);
	assert_ptr_equal(commands[0], &stampcommand);
	assert_null(command_find(S("")));
	for (size_t i = 0; i < count; i++) {
		assert_for(i == 0 || command_find(str_from(commands[i]->name)) == commands[i], commands[i]->name);
		assert_for(commands[i]->usage && strlen(commands[i]->help) > 0, commands[i]->name);
		assert_for(!commands[i]->inform == !!commands[i]->run, commands[i]->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OPTION(names_and_letters_are_of_one_option),
		OPTION(every_option_but_that_of_the_helm_plugin_has_help),
		OPTION(a_field_is_what_its_type_says),
		OPTION(no_two_options_share_a_part_of_a_field),
		OPTION(the_help_of_a_choice_has_its_words),
		OPTION(help_has_the_default_that_counts_without_the_option),
		OPTION(files_are_completed_where_files_are_meant),
		OPTION(options_belong_to_places_and_commands_that_there_are),
		OPTION(only_what_comes_before_the_configuration_file_is_early),
		OPTION(a_beginning_is_no_name_but_may_be_guessed),
		OPTION(commands_have_a_word_and_help),
	};

	return unit_run(tests);
}
