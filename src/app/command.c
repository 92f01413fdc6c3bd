/* SPDX-License-Identifier: Apache-2.0 */
#include "app/command.h"

#include "app/completion.h"
#include "app/digestcommand.h"
#include "app/help.h"
#include "app/listcommand.h"
#include "app/lockcommand.h"
#include "app/stampcommand.h"
#include "app/version.h"
#include "app/whycommand.h"

static const struct command *const table[] = {
	&stampcommand, &listcommand,        &digestcommand, &whycommand,
	&lockcommand,  &completion_command, &help_command,  &version_command,
};

#define COUNT (sizeof(table) / sizeof(*table))

const struct command *const *command_table(size_t *count)
{
	*count = COUNT;
	return table;
}

const struct command *command_filter(void)
{
	return table[0];
}

const struct command *command_find(struct str name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (name.len > 0 && str_is(name, table[i]->name))
			return table[i];
	return NULL;
}

const char *command_word(const struct command *command)
{
	return *command->name ? command->name : "filter";
}

bool command_only_informs(const struct command *command)
{
	return command->inform != NULL;
}
